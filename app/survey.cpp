#include "app/survey.hpp"

#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "app/agree.hpp"
#include "app/systems.hpp"
#include "backends/process.hpp"
#include "diagnosis/drift/drift.hpp"
#include "diagnosis/expect.hpp"
#include "diagnosis/namesakes.hpp"
#include "report/json.hpp"
#include "topology/datasheets/datasheet.hpp"
#include "topology/datasheets/datasheets.hpp"
#include "topology/datasheets/link_promises.hpp"
#include "topology/encode.hpp"
#include "topology/environment.hpp"
#include "topology/hwloc/file.hpp"
#include "topology/paths.hpp"

namespace shortfall {
namespace {

Binding binding_of(const World& job, const Bound& bound, const DeviceFacts& device) {
  return {.rank = job.rank(),
          .host = job.host(job.rank()),
          .found = bound.found,
          .set = bound.set,
          .by = bound.by,
          .cpus = bound.cpus,
          .is_shared = bound.is_shared,
          .gpu = device.address,
          .cores = bound.core_list};
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
    machine.bindings.push_back(decode_binding(bindings[number]));
  }
  return machine;
}

// Of the first of each kind of hosts: the same for the others.
std::vector<Link> links_of_kinds(const std::vector<Host>& hosts, const Datasheets& sheets) {
  std::vector<Link> links;
  std::set<std::string> seen;
  for (const Host& host : hosts) {
    if (!seen.insert(common_part(host)).second) continue;
    std::ranges::move(links_of(host), std::back_inserter(links));
    std::ranges::move(gpu_links_of(host, sheets), std::back_inserter(links));
    std::ranges::move(paths_of(host), std::back_inserter(links));
  }
  return links;
}

std::vector<GpuDatasheet> datasheets_of_gpus(const std::vector<Host>& hosts,
                                             const Datasheets& sheets) {
  std::map<std::string, Datasheet> known;
  for (const Host& host : hosts) {
    for (const Gpu& gpu : host.gpus) {
      if (!known.contains(gpu.name)) known[gpu.name] = datasheet_of(gpu, sheets);
    }
  }
  std::vector<GpuDatasheet> all;
  for (auto& [name, datasheet] : known) all.push_back({name, std::move(datasheet)});
  return all;
}

// Of what rank 0 computes with.
Datasheet datasheet_of_first(const Machine& machine, const Bound& bound, const Datasheets& sheets) {
  const Host& host = machine.hosts.front();
  const std::string& address = machine.bindings.front().gpu;
  const auto gpu =
      std::ranges::find(host.gpus, address, [](const Gpu& g) { return g.slot.address; });
  const bool is_host = address.empty() || gpu == host.gpus.end();
  return is_host ? datasheet_of(host, bound.cores, sheets) : datasheet_of(*gpu, sheets);
}

std::vector<Finding> unmet_by(const Machine& machine, const std::string& file) {
  if (file.empty()) return {};
  return unmet(parsed_expectation(read_file(file), "--expect=" + file), machine);
}

}  // namespace

Survey survey_job(World& job, const Bound& mine, const DeviceFacts& device, const HostWatch& watch,
                  const MachineFiles& files) {
  const auto hosts = job.collect(watch.host() ? encode(*watch.host()) : std::string());
  const auto bindings = job.collect(encode(binding_of(job, mine, device)));
  const auto boots = job.collect(boot_id());
  Survey survey;
  agree(job, [&] {
    const Datasheets sheets = datasheets_named(files.datasheet);
    Machine& machine = survey.machine = assembled(job, hosts, bindings);
    if (!files.topology.empty()) {
      for (Host& host : machine.hosts) host = with_topology(std::move(host), files.topology);
    }
    machine.environment = allowed_environment(environ);
    machine.datasheet = datasheet_of_first(machine, mine, sheets);
    machine.gpu_datasheets = datasheets_of_gpus(machine.hosts, sheets);
    machine.links = links_of_kinds(machine.hosts, sheets);
    machine.drift = drift_of(machine.hosts);
    survey.findings = unmet_by(machine, files.expect);
    std::ranges::move(namesakes(hosts_of_ranks(job), boots), std::back_inserter(survey.findings));
    return std::string();
  });
  return survey;
}

}  // namespace shortfall
