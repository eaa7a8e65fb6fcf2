// One measured case in words and figures with units: the only place that scales for people.
#pragma once

#include <string>

#include "report/report.hpp"

namespace shortfall {

// "all_reduce 64 KiB f32 sum": sizes readable, words as they are, other numbers with their name.
std::string label_of(const Result& result);

// Each of a case that was measured; "" where it does not apply or is not known.
std::string time_text(const Entry& entry);
std::string p95_text(const Entry& entry);
std::string rate_text(const Entry& entry);       // the one that this suite is about
std::string algorithm_text(const Entry& entry);  // of what the caller asked to move
std::string datasheet_text(const Entry& entry);  // delivered over promised
// Delivered over what is promised at the measured clock.
std::string at_clock_text(const Entry& entry);
std::string peak_text(const Entry& entry);  // delivered over the peak that the run measured
std::string skew_text(const Entry& entry);  // between the first and the last rank's arrival
// What a case tells beside its times, and who has the most of it.
std::string remark_text(const Entry& entry);
std::string data_text(const Entry& entry);  // "ok", "WRONG", "-" (nothing to compare)

}  // namespace shortfall
