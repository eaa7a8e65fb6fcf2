#include "app/named_runs.hpp"

#include <algorithm>
#include <filesystem>

#include "core/error.hpp"
#include "core/text.hpp"
#include "model/workloads/workloads.hpp"
#include "report/json.hpp"

namespace shortfall {
namespace {

std::vector<std::string> names_of_workloads() {
  std::vector<std::string> names;
  for (const Workload& workload : workloads()) names.push_back(workload.name);
  return names;
}

void refuse_what_is_no_file(const std::string& runs) {
  if (runs == "-") {
    throw BadUsage("-: standard input is not read. Name a file of training runs or a workload.");
  }
  std::error_code ignored;
  if (std::filesystem::exists(runs, ignored)) return;
  constexpr std::size_t longest_name = 60;
  const std::vector<std::string> names = names_of_workloads();
  throw BadUsage(runs + ": neither a file nor a workload. Nearest workloads: " +
                 join(nearest(runs.substr(0, longest_name), names), ", ") +
                 ". All: " + join(names, ", "));
}

}  // namespace

std::vector<RunRow> runs_named(const std::string& runs) {
  if (std::ranges::count(names_of_workloads(), runs) > 0) {
    return {{.id = runs, .where = "workload " + runs, .run = workload_named(runs)}};
  }
  refuse_what_is_no_file(runs);
  return runs_from(read_file(runs), runs);
}

}  // namespace shortfall
