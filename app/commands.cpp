#include "app/commands.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>

#include "app/job.hpp"
#include "app/list.hpp"
#include "app/survey.hpp"
#include "core/error.hpp"
#include "report/json.hpp"
#include "reporters/csv.hpp"
#include "reporters/machine_text.hpp"
#include "reporters/table.hpp"

namespace shortfall {
namespace {

void write_as(std::ostream& out, const std::string& format, const Report& report) {
  if (format == "csv") {
    write_csv(out, report);
  } else {
    write_table(out, report);
  }
}

}  // namespace

int list(const ListOptions& options) {
  if (!speaks()) return 0;
  std::cout << (options.json ? list_json(benchmarks(), backends())
                             : list_text(benchmarks(), backends()));
  return 0;
}

int show_machine(const MachineOptions& options) {
  Job job(Job::Without::launcher_stays_alone);
  const Machine machine = survey_job(job.world(), job.bound());
  if (!job.is_first()) return 0;
  if (options.json) {
    std::cout << json_of(machine);
  } else {
    write_machine(std::cout, machine);
  }
  return 0;
}

int show_report(const ReportOptions& options) {
  if (!speaks()) return 0;
  if (options.format != "table" && options.format != "csv") {
    throw BadUsage("--format=" + options.format + ": unknown format. One of: table, csv");
  }
  std::filesystem::path file = options.report;
  if (std::filesystem::is_directory(file)) file /= "report.json";
  const Report report = report_from(read_file(file), file.string());
  if (options.output.empty()) {
    write_as(std::cout, options.format, report);
    return 0;
  }
  std::ofstream out(options.output);
  write_as(out, options.format, report);
  if (!out.flush()) throw BadUsage("--output=" + options.output + ": cannot be written");
  return 0;
}

}  // namespace shortfall
