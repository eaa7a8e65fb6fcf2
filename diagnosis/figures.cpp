#include "diagnosis/figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace shortfall {

std::string text_of(Bytes bytes) {
  constexpr std::array<std::string_view, 5> units{"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  for (; std::abs(bytes.value) >= 1024 && unit + 1 < units.size(); ++unit) bytes.value /= 1024;
  return fmt::format("{:.4g} {}", bytes.value, units[unit]);
}

std::string text_of(Frequency clock) { return fmt::format("{:.4g} GHz", clock.value / 1e9); }

std::string text_of(BitRate rate) { return fmt::format("{:g} Gbit/s", rate.value / 1e9); }

double figure_of(const PcieLink& link) {
  const double per_lane = link.per_lane.value > 0 ? link.per_lane.value : 1;
  return per_lane * std::max(link.lanes, 1);
}

}  // namespace shortfall
