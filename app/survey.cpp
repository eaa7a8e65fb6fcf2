#include "app/survey.hpp"

#include <unistd.h>

#include <map>

#include "app/agree.hpp"
#include "core/error.hpp"
#include "core/text.hpp"
#include "diagnosis/drift.hpp"
#include "diagnosis/expect.hpp"
#include "report/json.hpp"
#include "topology/datasheet.hpp"
#include "topology/datasheets.hpp"
#include "topology/encode.hpp"
#include "topology/environment.hpp"
#include "topology/hwloc_file.hpp"
#include "topology/link_promises.hpp"
#include "topology/paths.hpp"

namespace shortfall {
namespace {

std::string text_of(const Bound& b) {
  return join({b.found, b.set, b.by, std::to_string(b.cpus), b.is_shared ? "1" : "0", b.core_list},
              "\t");
}

Binding binding_from(const std::string& text, int rank, const std::string& host) {
  const auto fields = split(text, '\t');
  return {rank,
          host,
          fields.at(0),
          fields.at(1),
          fields.at(2),
          std::stoi(fields.at(3)),
          fields.at(4) == "1",
          "",
          fields.at(5)};
}

// By what every rank has told of itself, and the first rank of each host of its host.
Machine assembled(const World& job, const std::vector<std::string>& hosts,
                  const std::vector<std::string>& bindings) {
  Machine machine;
  std::map<std::string, std::size_t> places;
  for (int rank = 0; rank < job.size(); ++rank) {
    const auto number = static_cast<std::size_t>(rank);
    const std::string name = job.host(rank);
    if (!hosts[number].empty()) {
      places[name] = machine.hosts.size();
      machine.hosts.push_back(decode_host(hosts[number]));
    }
    ++machine.hosts[places.at(name)].ranks;
    machine.bindings.push_back(binding_from(bindings[number], rank, name));
  }
  return machine;
}

Datasheets datasheets_of(const MachineFiles& files) {
  if (files.datasheet.empty()) return built_in();
  return before(parsed_datasheets(read_file(files.datasheet), "--datasheet=" + files.datasheet),
                built_in());
}

// Of the first of each kind of hosts: the same for the others.
std::vector<Link> links_of_kinds(const std::vector<Host>& hosts) {
  std::vector<Link> links;
  std::map<std::string, bool> seen;
  for (const Host& host : hosts) {
    if (!seen.try_emplace(common_part(host), true).second) continue;
    for (Link& link : links_of(host)) links.push_back(std::move(link));
    for (Link& link : paths_of(host)) links.push_back(std::move(link));
  }
  return links;
}

std::vector<Finding> unmet_by(const Machine& machine, const std::string& file) {
  if (file.empty()) return {};
  return unmet(parsed_expectation(read_file(file), "--expect=" + file), machine);
}

}  // namespace

Survey survey_job(World& job, const Bound& mine, const HostWatch& watch,
                  const MachineFiles& files) {
  const auto hosts = job.collect(watch.host() ? encode(*watch.host()) : std::string());
  const auto bindings = job.collect(text_of(mine));
  Survey survey;
  agree(job, [&] {
    const Datasheets sheets = datasheets_of(files);
    Machine& machine = survey.machine = assembled(job, hosts, bindings);
    if (!files.topology.empty()) {
      for (Host& host : machine.hosts) host = with_topology(std::move(host), files.topology);
    }
    machine.environment = allowed_environment(environ);
    machine.datasheet = datasheet_of(machine.hosts.front(), mine.cores, sheets);
    machine.links = links_of_kinds(machine.hosts);
    machine.drift = drift_of(machine.hosts);
    survey.unmet = unmet_by(machine, files.expect);
    return std::string();
  });
  return survey;
}

}  // namespace shortfall
