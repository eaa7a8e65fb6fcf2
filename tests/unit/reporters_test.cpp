// What reports for people and spreadsheets must do beyond the golden files.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "core/text.hpp"
#include "reporters/csv.hpp"
#include "reporters/lines.hpp"
#include "reporters/machine_text.hpp"
#include "reporters/table.hpp"
#include "tests/unit/sample_report.hpp"

namespace shortfall {
namespace {

std::string table_of(const Report& report, TableStyle style = {}) {
  std::ostringstream out;
  write_table(out, report, style);
  return out.str();
}

std::string csv_of(const Report& report) {
  std::ostringstream out;
  write_csv(out, report);
  return out.str();
}

std::string machine_text_of(const Machine& machine) {
  std::ostringstream out;
  write_machine(out, machine);
  return out.str();
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// The rows of RFC 4180, unquoted; the text must end with a line end.
std::vector<std::vector<std::string>> rows_of(const std::string& csv) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> row(1);
  bool is_quoted = false;
  for (std::size_t i = 0; i < csv.size(); ++i) {
    if (csv[i] == '"') {
      const bool is_doubled = is_quoted && i + 1 < csv.size() && csv[i + 1] == '"';
      if (is_doubled)
        row.back() += csv[i++];
      else
        is_quoted = !is_quoted;
    } else if (!is_quoted && csv[i] == ',') {
      row.emplace_back();
    } else if (!is_quoted && csv[i] == '\r') {
      rows.push_back(std::exchange(row, {""}));
      ++i;
    } else {
      row.back() += csv[i];
    }
  }
  return rows;
}

TEST(Table, IsNotWiderThan100Columns) {
  for (const std::string& line : split(table_of(sample::report()), '\n')) {
    EXPECT_LE(line.size(), 100U) << line;
  }
}

TEST(Table, EndsWithTheVerdict) {
  const auto lines = split(table_of(sample::report()), '\n');

  EXPECT_EQ(lines.at(lines.size() - 2),
            "verdict: fail, 30 of 32 cases measured, 1 unknown, 2 excluded");
}

TEST(Table, NamesRankHostAndElementOfWrongData) {
  const std::string text = table_of(sample::report());

  EXPECT_TRUE(contains(text, "wrong_data  rank 1 on node02, all_reduce/bytes=64"));
  EXPECT_TRUE(contains(text, "element 15 is nan, should be 7"));
}

TEST(Table, HasNoEscapesUnlessTold) {
  EXPECT_FALSE(contains(table_of(sample::report()), "\x1b"));
  EXPECT_TRUE(contains(table_of(sample::report(), {.is_coloured = true}), "\x1b[31mfail\x1b[0m"));
}

TEST(Table, SaysThatARunIsPartialAndWhy) {
  Report report = sample::report();
  report.run.status = RunStatus::partial;
  report.run.reason = "interrupted by SIGTERM";

  EXPECT_TRUE(contains(table_of(report), "PARTIAL RUN: interrupted by SIGTERM"));
}

TEST(Table, MarksDisturbedCasesAndExplainsTheMark) {
  const std::string text = table_of(sample::report());

  EXPECT_TRUE(contains(text, "\n~ os_noise all"));
  EXPECT_TRUE(contains(text, "\n  core_clock all"));
  EXPECT_TRUE(contains(text, "~ disturbed while it was measured"));
}

TEST(Table, ExplainsNoMarkThatItDoesNotUse) {
  Report report = sample::report();
  for (Entry& entry : report.entries) {
    if (auto* const m = std::get_if<Measured>(&entry.result.outcome)) m->vitals = {};
  }

  EXPECT_FALSE(contains(table_of(report), "~"));
}

TEST(Table, NamesRankAndHostOfTheLongestInterruption) {
  EXPECT_TRUE(contains(table_of(sample::report()),
                       "longest interruption 5.21 ms on\n      rank 1 of node02"));
}

TEST(Table, OfNothingHasAVerdict) {
  EXPECT_TRUE(contains(table_of(Report{}), "verdict: unknown, 0 of 0 cases measured"));
}

TEST(Table, BreaksLongReasonsAndKeepsControlCharactersOut) {
  Report report = sample::report();
  report.entries[0].result.outcome =
      Skipped{"a\x1b[2J\n" + std::string(40, 'b') + " " + std::string(40, 'c')};

  const std::string text = table_of(report);

  EXPECT_FALSE(contains(text, "\x1b"));
  EXPECT_TRUE(contains(text, std::string(40, 'b') + "\n"));
}

TEST(Csv, HasOneRowForEachCaseAndAsManyCellsInEach) {
  const auto rows = rows_of(csv_of(sample::report()));

  ASSERT_EQ(rows.size(), sample::entries().size() + 1);
  for (const auto& row : rows) EXPECT_EQ(row.size(), rows[0].size());
}

TEST(Csv, QuotesCommasQuotesAndLineEnds) {
  Report report = sample::report();
  report.entries = {report.entries[0]};
  report.entries[0].result.outcome = Skipped{"a,\"b\"\r\nc"};

  const auto rows = rows_of(csv_of(report));

  const auto column = std::ranges::find(rows[0], "reason") - rows[0].begin();
  EXPECT_EQ(rows[1][static_cast<std::size_t>(column)], "a,\"b\"\r\nc");
}

TEST(Csv, LeavesUnknownFiguresEmpty) {
  const auto rows = rows_of(csv_of(sample::report()));

  const auto column = static_cast<std::size_t>(std::ranges::find(rows[0], "rates.bus_bytes_per_s") -
                                               rows[0].begin());
  ASSERT_LT(column, rows[0].size());
  EXPECT_EQ(rows[1][column], "");
}

TEST(MachineText, TellsEqualHostsOnce) {
  const std::string text = machine_text_of(sample::machine());

  EXPECT_TRUE(contains(text, "2 equal hosts: node01, node02"));
  EXPECT_TRUE(contains(text, "at least 11.0 GiB available"));
  EXPECT_TRUE(contains(text, "host node03"));
}

TEST(MachineText, NamesSharedCpus) {
  EXPECT_TRUE(contains(machine_text_of(sample::machine()),
                       "rank 2: CPUs 0-1 by shortfall, found 0-3; SHARED"));
}

TEST(Wrapped, KeepsWordsThatAreTooLong) {
  EXPECT_EQ(wrapped("a bbbbbbbb c", 6, 2), "  a\n  bbbbbbbb\n  c\n");
}

TEST(Wrapped, CountsCharactersRatherThanBytes) { EXPECT_EQ(wrapped("üü üü", 5, 0), "üü üü\n"); }

TEST(Ranges, FoldRuns) { EXPECT_EQ(ranges({0, 1, 2, 3, 5, 7, 8}), "0-3, 5, 7, 8"); }

Entry copy_between(const std::string& group, Outcome outcome) {
  const Work work{.payload = 1_GiB, .link = 1_GiB};
  return sample::entry("peer_copy", Suite::device_link,
                       Params({{"bytes", 1 << 30}, {"way", "write"}, {"group", group}}), work,
                       std::move(outcome));
}

TEST(PairMatrix, ShowsSourcesAsRowsAndWhyNotBeneath) {
  Report report;
  report.entries = {copy_between("within_host_0-1", sample::measured(0.004, 1)),
                    copy_between("within_host_1-0", sample::measured(0.008, 1)),
                    copy_between("within_host_0-2", Skipped{"no NVLink"}),
                    copy_between("within_host_2-0", Skipped{"no NVLink"}),
                    copy_between("next_pairs", sample::measured(0.004, 1))};

  const std::string table = table_of(report);

  EXPECT_TRUE(contains(table,
                       "  peer_copy 1 GiB, GB/s from row to column\n"
                       "                 0        1        2\n"
                       "        0        -    268.4        -\n"
                       "        1    134.2        -        -\n"
                       "        2        -        -        -\n"
                       "    - 0-2 2-0: no NVLink\n"))
      << table;
  EXPECT_TRUE(contains(table, "next_pairs"));
  EXPECT_FALSE(contains(table, "within_host_")) << "told once";
}

TEST(PairMatrix, LeavesWrongDataAmongTheCases) {
  Measured wrong = sample::measured(0.004, 1);
  wrong.verification.status = Verification::Status::failed;
  Report report;
  report.entries = {copy_between("within_host_0-1", wrong)};

  EXPECT_TRUE(contains(table_of(report), "WRONG"));
}

}  // namespace
}  // namespace shortfall
