// The words for the report's enumerations.
#pragma once

#include <array>

#include "report/report.hpp"
#include "topology/words.hpp"

namespace shortfall {

inline constexpr std::array<std::string_view, 2> run_status_words{"complete", "partial"};
inline constexpr std::array<std::string_view, 3> verification_words{"passed", "failed", "none"};
inline constexpr std::array<std::string_view, 2> primary_words{"throughput", "isolated"};
inline constexpr std::array<std::string_view, 3> severity_words{"warn", "fail", "unknown"};
inline constexpr std::array<std::string_view, 4> status_words{"pass", "warn", "fail", "unknown"};
inline constexpr std::array<std::string_view, 4> pair_class_words{"loopback", "same_host",
                                                                  "same_rail", "cross_rail"};
inline constexpr std::array<std::string_view, 2> fabric_metric_words{"bandwidth", "latency"};

// In the order of the enumerators.
constexpr Words words_of(Suite) { return suite_names; }
constexpr Words words_of(RunStatus) { return run_status_words; }
constexpr Words words_of(Verification::Status) { return verification_words; }
constexpr Words words_of(Timing::Primary) { return primary_words; }
constexpr Words words_of(Finding::Severity) { return severity_words; }
constexpr Words words_of(Status) { return status_words; }
constexpr Words words_of(PairClass) { return pair_class_words; }
constexpr Words words_of(FabricMetric) { return fabric_metric_words; }

}  // namespace shortfall
