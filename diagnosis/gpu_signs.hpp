// The cases of a report as the watched devices saw them.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "report/report.hpp"

namespace shortfall {

// The worst that one rank's device showed in any case, and in how many cases it was the worst.
struct WorstOfRank {
  AtRank at;
  double expected = 0;
  std::string metric;  // the key of the case
  int cases = 0;
};

// What one case says of one rank; nothing if there is nothing to say.
struct Complaint {
  AtRank at;
  double expected = 0;
};

// The complaints of all cases, by rank. The weightiest is the one whose value is furthest from what
// is expected.
std::map<int, WorstOfRank> worst_by_rank(
    const Report& report, const std::function<std::optional<Complaint>(const DeviceVitals&)>& of);

// The address of the device that a rank uses; "" = not told.
std::string device_of(const Report& report, int rank);

// "; also in 2 other cases", of those in which it was the worst; "" = in none.
std::string also_in(const WorstOfRank& worst);

// With what all findings of a rank's device have; without a reason.
Finding finding_of_device(const Report& report, Finding::Severity severity, std::string kind,
                          const WorstOfRank& worst, std::string unit);

// Nothing above zero is no complaint.
std::optional<Complaint> any_of(const std::optional<OverDevices>& figure);

}  // namespace shortfall
