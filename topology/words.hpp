// The words for topology's enumerations.
#pragma once

#include <array>

#include "core/words.hpp"
#include "topology/machine.hpp"

namespace shortfall {

inline constexpr std::array<std::string_view, 8> distance_words{"X",   "NVLINK", "PIX", "PXB",
                                                                "PHB", "NODE",   "SYS", "unknown"};
inline constexpr std::array<std::string_view, 5> link_words{"pcie", "nvlink", "infiniband",
                                                            "ethernet", "path"};
inline constexpr std::array<std::string_view, 4> counter_words{"grew", "restarted", "appeared",
                                                               "vanished"};
inline constexpr std::array<std::string_view, 4> drift_words{"differs", "less", "missing",
                                                             "degraded"};

constexpr Words words_of(Distance) { return distance_words; }
constexpr Words words_of(Link::Kind) { return link_words; }
constexpr Words words_of(CounterChange::Kind) { return counter_words; }
constexpr Words words_of(Drift::Kind) { return drift_words; }

}  // namespace shortfall
