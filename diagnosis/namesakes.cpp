#include "diagnosis/namesakes.hpp"

#include <fmt/format.h>

#include <map>
#include <set>

namespace shortfall {

std::vector<Finding> namesakes(const std::vector<std::string>& names,
                               const std::vector<std::string>& boots) {
  std::map<std::string, std::set<std::string>> by_name;
  for (std::size_t rank = 0; rank < names.size(); ++rank) {
    if (!boots[rank].empty()) by_name[names[rank]].insert(boots[rank]);
  }
  std::vector<Finding> findings;
  for (const auto& [name, hosts] : by_name) {
    if (hosts.size() < 2) continue;
    findings.push_back(
        {.kind = "hosts_of_one_name",
         .host = name,
         .metric = "machine.hosts",
         .value = static_cast<double>(hosts.size()),
         .expected = 1,
         .reason = fmt::format("{} hosts have the name {}: their ranks were taken for those of one "
                               "host, in groups within and across hosts and in what is said of it",
                               hosts.size(), name),
         .action = "give each host a name of its own (hostnamectl set-hostname NAME), or each "
                   "container (--hostname NAME), then measure again"});
  }
  return findings;
}

}  // namespace shortfall
