#include "app/survey.hpp"

#include <unistd.h>

#include <algorithm>

#include "core/error.hpp"
#include "core/text.hpp"
#include "topology/datasheet.hpp"
#include "topology/encode.hpp"
#include "topology/environment.hpp"
#include "topology/survey.hpp"

namespace shortfall {
namespace {

bool is_first_of_its_host(const World& job) {
  for (int rank = 0; rank < job.rank(); ++rank) {
    if (job.host(rank) == job.host(job.rank())) return false;
  }
  return true;
}

std::string text_of(const Bound& b) {
  return join({b.found, b.set, b.by, std::to_string(b.cpus), b.is_shared ? "1" : "0"}, "\t");
}

Binding binding_from(const std::string& text, int rank, const std::string& host) {
  const auto fields = split(text, '\t');
  return {rank,
          host,
          fields.at(0),
          fields.at(1),
          fields.at(2),
          std::stoi(fields.at(3)),
          fields.at(4) == "1"};
}

}  // namespace

Machine survey_job(World& job, const Bound& mine) {
  Machine machine;
  const auto hosts = gather(job, is_first_of_its_host(job) ? encode(survey_host()) : std::string());
  const auto bindings = gather(job, text_of(mine));
  for (int rank = 0; rank < job.size(); ++rank) {
    const auto number = static_cast<std::size_t>(rank);
    if (!hosts[number].empty()) {
      machine.hosts.push_back(decode_host(hosts[number]));
      machine.hosts.back().name = job.host(rank);
    }
    ++std::ranges::find(machine.hosts, job.host(rank), &Host::name)->ranks;
    machine.bindings.push_back(binding_from(bindings[number], rank, job.host(rank)));
  }
  machine.environment = allowed_environment(environ);
  machine.datasheet = datasheet_of(machine.hosts.front(), mine.cores);
  return machine;
}

}  // namespace shortfall
