#include "app/commands.hpp"

#include <iostream>
#include <sstream>

#include "app/job.hpp"
#include "app/list.hpp"
#include "app/read_report.hpp"
#include "app/survey.hpp"
#include "app/write_file.hpp"
#include "core/error.hpp"
#include "diagnosis/machine.hpp"
#include "diagnosis/verdict.hpp"
#include "report/json.hpp"
#include "reporters/csv.hpp"
#include "reporters/findings_text.hpp"
#include "reporters/machine_svg.hpp"
#include "reporters/machine_text.hpp"
#include "reporters/table.hpp"
#include "topology/datasheets/datasheets.hpp"

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
  const auto sheets = built_in().accelerators;
  std::cout << (options.json ? list_json(benchmarks(), backends(), workloads(), sheets)
                             : list_text(benchmarks(), backends(), workloads(), sheets));
  return 0;
}

int show_machine(const MachineOptions& options) {
  Job job(Job::Without::launcher_stays_alone);
  const HostWatch watch(job.world(), backends());
  const Survey survey = survey_job(job.world(), job.bound(), {}, watch, options.files);
  if (!job.is_first()) return 0;
  const Machine& machine = survey.machine;
  std::vector<Finding> findings = survey.findings;
  for (Finding& finding : machine_findings(machine)) findings.push_back(std::move(finding));
  if (!options.svg.empty()) {
    write_file("--svg", options.svg, machine_svg(machine.hosts.front(), machine.links));
  }
  if (options.json) {
    std::cout << json_of(machine, findings);
  } else {
    write_machine(std::cout, machine);
    write_findings(std::cout, findings);
  }
  return options.files.expect.empty() ? 0 : exit_status(findings);
}

int show_report(const ReportOptions& options) {
  if (!speaks()) return 0;
  if (options.format != "table" && options.format != "csv") {
    throw BadUsage("--format=" + options.format + ": unknown format. One of: table, csv");
  }
  const Report report = report_in(options.report);
  if (options.output.empty()) {
    write_as(std::cout, options.format, report);
    return 0;
  }
  std::ostringstream text;
  write_as(text, options.format, report);
  write_file("--output", options.output, text.str());
  return 0;
}

}  // namespace shortfall
