#include "app/named_runs.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "core/error.hpp"
#include "core/text.hpp"
#include "model/plan/asked_json.hpp"
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

// Nothing = it is no workload.
std::optional<RunRow> workload_called(const std::string& name) {
  if (std::ranges::count(names_of_workloads(), name) == 0) return std::nullopt;
  RunRow row;
  row.id = name;
  row.where = "workload " + name;
  row.run = workload_named(name);
  return row;
}

std::string text_of(const std::string& file) {
  refuse_what_is_no_file(file);
  return read_file(file);
}

}  // namespace

std::vector<RunRow> runs_named(const std::string& runs) {
  if (auto workload = workload_called(runs)) return {std::move(*workload)};
  return runs_from(text_of(runs), runs);
}

RunRow run_to_plan_named(const std::string& model) {
  if (auto workload = workload_called(model)) return std::move(*workload);
  return run_to_plan_from(text_of(model), model);
}

}  // namespace shortfall
