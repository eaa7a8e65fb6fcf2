#include "app/compare.hpp"

#include <iostream>

#include "app/job.hpp"
#include "app/read_report.hpp"
#include "core/error.hpp"
#include "diagnosis/compare.hpp"
#include "reporters/compare_json.hpp"
#include "reporters/compare_text.hpp"

namespace shortfall {
namespace {

namespace fs = std::filesystem;

bool are_one_file(const fs::path& one, const fs::path& other) {
  std::error_code no;
  return fs::equivalent(one, other, no);
}

// A report that is compared with itself says that nothing changed, and one that stands twice on a
// side makes its median look sure.
void refuse_repeats(const CompareOptions& options) {
  std::vector<fs::path> files;
  for (const auto* const side : {&options.baseline, &options.candidate}) {
    for (const std::string& named : *side) {
      const fs::path file = report_file(named);
      for (const fs::path& earlier : files) {
        if (!are_one_file(earlier, file)) continue;
        throw BadUsage(earlier.string() + " and " + file.string() +
                       ": one file is named twice. Each report may stand on one side, once");
      }
      files.push_back(file);
    }
  }
}

Side side_of(const std::vector<std::string>& named) {
  Side side;
  for (const std::string& one : named) {
    side.push_back({report_file(one).string(), report_in(one)});
  }
  return side;
}

}  // namespace

int compare(const CompareOptions& options) {
  if (!speaks()) return 0;
  refuse_repeats(options);
  const ReportComparison comparison = compared(
      side_of(options.baseline), side_of(options.candidate), options.floor, options.is_forced);
  const int status = exit_status(comparison, options.is_strict);
  if (options.json) {
    std::cout << json_of(comparison, status);
  } else {
    write_comparison(std::cout, comparison);
  }
  return status;
}

}  // namespace shortfall
