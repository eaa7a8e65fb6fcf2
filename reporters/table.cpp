#include "reporters/table.hpp"

#include <fmt/ostream.h>

#include <algorithm>
#include <array>
#include <set>

#include "core/text.hpp"
#include "diagnosis/gpu_findings.hpp"
#include "report/words.hpp"
#include "reporters/case_text.hpp"
#include "reporters/fabric_text.hpp"
#include "reporters/lines.hpp"
#include "reporters/pair_matrix.hpp"
#include "reporters/shortfall_text.hpp"

namespace shortfall {
namespace {

constexpr std::size_t width = 100;
constexpr std::size_t label_width = 48;
constexpr char disturbed_mark = '~', braked_mark = '!';

struct Column {
  std::string_view title;
  std::string (*text)(const Entry&);
};
using Columns = std::array<Column, 5>;

constexpr std::array<int, 5> column_widths{9, 13, 11, 11, 6};

bool tells_clock(const Entry& entry) { return entry.attainment.of_datasheet_at_clock.has_value(); }

// What is worth knowing of each suite; the widths are the same, so that the eye can follow. Where
// clocks were measured, what shapes cost stands in the place of the measured peak.
Columns columns_of(Suite suite, const std::vector<Entry>& entries) {
  switch (suite) {
    case Suite::collectives:
      return {{{"time", time_text},
               {"bus", rate_text},
               {"algorithm", algorithm_text},
               {"skew", skew_text},
               {"data", data_text}}};
    case Suite::device_link:
    case Suite::network:
      return {{{"time", time_text},
               {"bus", rate_text},
               {"algorithm", algorithm_text},
               {"datasheet", datasheet_text},
               {"data", data_text}}};
    case Suite::latency:
      return {{{"time", time_text},
               {"rate", rate_text},
               {"p95", p95_text},
               {"datasheet", datasheet_text},
               {"data", data_text}}};
    case Suite::gemm:
    case Suite::memory:
    case Suite::workload:
      break;
  }
  const bool is_by_clock = std::ranges::any_of(entries, tells_clock);
  return {{{"time", time_text},
           {"rate", rate_text},
           {"datasheet", datasheet_text},
           is_by_clock ? Column{"at clock", at_clock_text} : Column{"peak", peak_text},
           {"data", data_text}}};
}

bool is_measured(const Entry& entry) {
  return std::holds_alternative<Measured>(entry.result.outcome);
}

bool is_disturbed(const Entry& entry) {
  const auto* const measured = std::get_if<Measured>(&entry.result.outcome);
  return measured && measured->vitals.is_disturbed;
}

bool is_of_braked_device(const Entry& entry) {
  const auto* const measured = std::get_if<Measured>(&entry.result.outcome);
  return measured && is_braked(*measured);
}

// The weightier of the two, where both apply.
char mark_of(const Entry& entry) {
  if (is_of_braked_device(entry)) return braked_mark;
  return is_disturbed(entry) ? disturbed_mark : ' ';
}

class Table {
 public:
  Table(std::ostream& out, const Report& report, TableStyle style)
      : out_(out), report_(report), style_(style) {}

  void write() {
    write_heading();
    write_cases();
    write_findings(out_, report_.findings, style_);
    write_step();
    write_verdict();
  }

 private:
  void write_heading();
  void write_cases();
  void write_suite(Suite suite);
  void write_case(const Entry& entry, const Columns& columns);
  void write_step();
  void write_verdict();

  std::ostream& out_;
  const Report& report_;
  TableStyle style_;
};

void Table::write_heading() {
  const Run& run = report_.run;
  fmt::print(out_, "{} {}: {} on {}, profile {}, seed {}, {}\n", report_.program.name,
             report_.program.version, counted(run.ranks, "rank"), counted(run.hosts, "host"),
             run.profile, run.seed, run.started_at);
  const Datasheet& datasheet = report_.machine.datasheet;
  if (!datasheet.name.empty()) {
    out_ << wrapped(fmt::format("datasheet of one rank: {} ({})", datasheet.name, datasheet.source),
                    width, 0);
  }
  if (run.status == RunStatus::partial) {
    out_ << painted(wrapped("PARTIAL RUN: " + run.reason, width, 0), Paint::doubtful, style_);
  }
}

void Table::write_cases() {
  std::set<Suite> present;
  for (const Entry& entry : report_.entries) present.insert(entry.result.suite);
  for (const Suite suite : present) write_suite(suite);
  if (std::ranges::any_of(report_.entries, is_disturbed)) {
    fmt::print(out_, "\n{} disturbed while it was measured; why is in results[].vitals.reason\n",
               disturbed_mark);
  }
  if (std::ranges::any_of(report_.entries, is_of_braked_device)) {
    fmt::print(out_, "\n{} a device was braked; why is in results[].vitals.device.clock_reasons\n",
               braked_mark);
  }
}

void Table::write_suite(Suite suite) {
  std::vector<const Entry*> entries;
  for (const Entry& entry : report_.entries) {
    if (entry.result.suite == suite) entries.push_back(&entry);
  }
  const Columns columns = columns_of(suite, report_.entries);
  fmt::print(out_, "\n{:<{}}", word(suite), label_width + 2);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const bool is_empty = std::ranges::all_of(entries, [&](const Entry* entry) {
      return !is_measured(*entry) || columns[i].text(*entry).empty();
    });
    fmt::print(out_, "{:>{}}", is_empty ? "" : columns[i].title, column_widths[i]);
  }
  out_ << '\n';
  for (const Entry* const entry : entries) {
    if (!is_in_a_matrix(*entry)) write_case(*entry, columns);
  }
  if (suite == Suite::device_link) write_pair_matrices(out_, report_.entries);
  if (suite == Suite::network) write_fabric(out_, report_.fabric);
}

void Table::write_case(const Entry& entry, const Columns& columns) {
  const std::string label =
      fmt::format("{} {:<{}}", mark_of(entry), label_of(entry.result), label_width);
  if (const auto* const skipped = std::get_if<Skipped>(&entry.result.outcome)) {
    out_ << item(label, "skipped: " + skipped->reason, width, label_width + 4);
    return;
  }
  if (const auto* const failed = std::get_if<Failed>(&entry.result.outcome)) {
    const std::string text = fmt::format("  FAILED on rank {}, see below\n", failed->rank);
    out_ << label << painted(text, Paint::bad, style_);
    return;
  }
  out_ << label;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string text = fmt::format("{:>{}}", columns[i].text(entry), column_widths[i]);
    const bool is_wrong = i + 1 == columns.size() && data_text(entry) == "WRONG";
    out_ << (is_wrong ? painted(text, Paint::bad, style_) : text);
  }
  out_ << '\n' << wrapped(remark_text(entry), width, 6);
}

void Table::write_step() {
  if (!report_.shortfall) return;
  out_ << '\n';
  write_shortfall(out_, *report_.shortfall);
}

void Table::write_verdict() {
  const Verdict& verdict = report_.verdict;
  const Paint paint = verdict.status == Status::pass   ? Paint::good
                      : verdict.status == Status::fail ? Paint::bad
                                                       : Paint::doubtful;
  fmt::print(out_, "\nverdict: {}, {} of {} measured, {} unknown, {} excluded\n",
             painted(std::string(word(verdict.status)), paint, style_), verdict.tested,
             counted(verdict.expected, "case"), verdict.unknown.size(), verdict.excluded.size());
}

}  // namespace

void write_table(std::ostream& out, const Report& report, TableStyle style) {
  Table(out, report, style).write();
}

}  // namespace shortfall
