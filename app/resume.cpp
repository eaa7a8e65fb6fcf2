#include "app/resume.hpp"

#include "app/agree.hpp"
#include "core/error.hpp"
#include "report/json.hpp"

namespace shortfall {
namespace {

bool asks_for_something(const Request& r) {
  return !r.benchmarks.empty() || !r.suites.empty() || r.sizes || !r.dtypes.empty() ||
         !r.sets.empty() || r.profile != Profile::standard;
}

}  // namespace

RunOptions resumed(const RunOptions& now, World& world) {
  const std::filesystem::path folder = now.resume;
  const std::string line = agree(world, [&] {
    const auto file = folder / "report.json";
    try {
      return report_from(read_file(file), file.string()).run.command;
    } catch (const BadUsage& e) {
      throw BadUsage("--resume=" + now.resume +
                     ": must be the folder of an interrupted run: " + e.what());
    }
  });
  if (asks_for_something(now.request) || !now.workload.empty()) return now;
  const Command before = parse_line(line);
  const auto* const original = std::get_if<RunOptions>(&before);
  if (!original) throw BadUsage("--resume=" + now.resume + ": its report names no 'run' command");
  RunOptions merged = *original;
  merged.out.clear();
  merged.resume = now.resume;
  merged.is_quiet = now.is_quiet;
  merged.is_dry_run = now.is_dry_run;
  return merged;
}

std::vector<Result> finished_in(const std::filesystem::path& folder) {
  const auto file = folder / "journal.jsonl";
  std::vector<Result> results = journal_from(read_file(file), file.string());
  std::erase_if(results,
                [](const Result& r) { return !std::holds_alternative<Measured>(r.outcome); });
  return results;
}

bool is_in_turn_with(const std::string& benchmark, const Result& result) {
  return result.params.has("turn") && result.params.text("turn") == benchmark;
}

}  // namespace shortfall
