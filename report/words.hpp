// The words that stand for enumerators, in files and in text for people.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "report/report.hpp"

namespace shortfall {

using Words = std::span<const std::string_view>;

inline constexpr std::array<std::string_view, 2> run_status_words{"complete", "partial"};
inline constexpr std::array<std::string_view, 3> verification_words{"passed", "failed", "none"};
inline constexpr std::array<std::string_view, 2> primary_words{"throughput", "isolated"};
inline constexpr std::array<std::string_view, 3> severity_words{"warn", "fail", "unknown"};
inline constexpr std::array<std::string_view, 4> status_words{"pass", "warn", "fail", "unknown"};
inline constexpr std::array<std::string_view, 2> pci_words{"gpu", "rdma"};

// In the order of the enumerators.
constexpr Words words_of(Suite) { return suite_names; }
constexpr Words words_of(RunStatus) { return run_status_words; }
constexpr Words words_of(Verification::Status) { return verification_words; }
constexpr Words words_of(Timing::Primary) { return primary_words; }
constexpr Words words_of(Finding::Severity) { return severity_words; }
constexpr Words words_of(Status) { return status_words; }
constexpr Words words_of(PciDevice::Kind) { return pci_words; }

template <class Enum>
concept Worded = requires(Enum e) {
  words_of(e);
};

constexpr std::string_view word(Worded auto e) { return words_of(e)[static_cast<std::size_t>(e)]; }

}  // namespace shortfall
