// The cases of a report as a model reads them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/groups.hpp"
#include "report/report.hpp"

namespace shortfall {

struct MeasuredCase {
  const Result* result = nullptr;
  const Measured* measured = nullptr;

  Seconds slowest() const { return measured->timing.of_primary().median; }

  // The median of all ranks, each by its own median; of an even number the lower one of the two in
  // the middle, so that one slow rank of two moves nothing.
  Seconds typical() const;

  // Of all ranks that took part, in their order; empty where they are not told one by one.
  std::vector<Seconds> of_ranks() const;
};

// Why its times or sizes cannot be; "" = they can.
std::string fault_in(const MeasuredCase& one);

// Those with right results, whatever their times are. Refers to the report.
std::vector<MeasuredCase> measured_cases(const Report& report);

// Those with right results. Refers to the report. Throws BadUsage, beginning with `source`, on
// times and sizes that cannot be.
std::vector<MeasuredCase> measured_cases(const Report& report, const std::string& source);

// Operations as they were measured in turn with this step, and as cases of their own where they
// were not; "" = all of them as cases of their own.
std::vector<MeasuredCase> in_turn_with(std::string_view step, std::vector<MeasuredCase> cases);

// Those alone that were measured in turn with this step.
std::vector<MeasuredCase> only_in_turn_with(std::string_view step, std::vector<MeasuredCase> cases);

// Nothing if there is no such parameter, or one of another kind.
std::optional<std::string> word_of(const Result& result, std::string_view parameter);
std::optional<std::int64_t> number_of(const Result& result, std::string_view parameter);

// Whether the parameter is `usual`, or there is none: reports of older versions have fewer.
bool is_usual(const Result& result, std::string_view parameter, std::string_view usual);

// The number of each rank's host; empty where bindings do not tell it of every rank.
HostOfRank hosts_by_rank(const Report& report);

}  // namespace shortfall
