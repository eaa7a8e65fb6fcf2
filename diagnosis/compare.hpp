// Two sides of reports against one another: what became slower or faster, and which causes moved
// the MFU by how much. docs/compare.md has the formulas.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "report/report.hpp"

namespace shortfall {

struct NamedReport {
  std::string name;  // its file
  Report report;
};
using Side = std::vector<NamedReport>;

// The time of a case on one side: of its samples, or of the medians of several reports.
struct SideTime {
  std::size_t n = 0;  // samples, or reports
  Seconds median;
  Interval range;                // of all n
  std::optional<Interval> ci95;  // of the median; nothing below 6
};

enum class Change { same, slower, faster, unclear };  // unclear: by more than the floor, perhaps
inline constexpr std::array<std::string_view, 4> change_words{"same", "slower", "faster",
                                                              "unclear"};

struct ComparedCase {
  std::string key;
  SideTime baseline, candidate;
  double ratio = 1;  // of the medians: candidate over baseline
  Change change = Change::same;
};

struct OneSidedCase {
  std::string key;
  bool is_of_baseline = true;
  bool is_wrong = false;  // on the other side its data were
  std::string reason;     // why the other side has none
};

// How much of the change of MFU one row of the waterfall is behind, as a share of the datasheet.
struct MfuTerm {
  std::string id, label;
  double change = 0;                                 // negative: it lowers the MFU
  std::int64_t baseline_ppt = 0, candidate_ppt = 0;  // of the step; 0 where there is no such row
  std::optional<Culprit> culprit;                    // the candidate's
};

struct MfuOfSide {
  std::string report;  // whose step is the median one
  Seconds step;
  bool is_measured = false;
  double mfu = 0;  // the share of its step that `delivered` takes
};

struct MfuComparison {
  MfuOfSide baseline, candidate;
  std::vector<MfuTerm> terms;  // together candidate.mfu - baseline.mfu; what moved most first
};

struct ReportComparison {
  std::vector<std::string> baseline, candidate;  // names
  double floor = 0.05;
  std::optional<MfuComparison> mfu;
  bool is_mfu_one_sided = false;
  std::vector<ComparedCase> cases;  // in the order of the baseline
  std::vector<OneSidedCase> one_sided;
  std::vector<std::string> remarks;  // sentences: what makes the comparison weaker
};

// `floor`: a share of the time, below which no change is told. Throws BadUsage if a side has no
// report, or if topology_class is not the same everywhere and `is_forced` is not set.
ReportComparison compared(const Side& baseline, const Side& candidate, double floor,
                          bool is_forced);

std::size_t count_of(const ReportComparison& comparison, Change change);

// 2 if a case became slower or its data wrong, else 0; `is_strict`: 3 rather than 0 if something is
// on one side alone or unclear.
int exit_status(const ReportComparison& comparison, bool is_strict);

}  // namespace shortfall
