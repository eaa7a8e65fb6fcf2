#include "backends/host/detours.hpp"

#include <algorithm>
#include <numeric>

namespace shortfall {

void Detours::add(std::span<const Seconds> quanta) {
  for (std::size_t first = 0; first < quanta.size(); first += window) {
    add_window(quanta.subspan(first, std::min(window, quanta.size() - first)));
  }
}

void Detours::add_window(std::span<const Seconds> quanta) {
  std::array<Seconds, window> sorted{};
  const auto end = std::ranges::copy(quanta, sorted.begin()).out;
  const auto quartile = sorted.begin() + static_cast<std::ptrdiff_t>(quanta.size() / 4);
  std::nth_element(sorted.begin(), quartile, end);
  for (const Seconds quantum : quanta) {
    const Seconds detour = quantum - *quartile;
    if (detour >= shortest) count(detour);
    observed_ = observed_ + quantum;
  }
  yardsticks_ = yardsticks_ + *quartile * static_cast<double>(quanta.size());
  quanta_ += static_cast<std::int64_t>(quanta.size());
}

void Detours::count(Seconds detour) {
  const auto bucket =
      std::ranges::find_if(buckets, [&](const Bucket& b) { return detour < b.below; });
  ++counts_[static_cast<std::size_t>(bucket - buckets.begin())];
  lost_ = lost_ + detour;
  longest_ = std::max(longest_, detour);
}

std::vector<Figure> Detours::figures() const {
  const double all = static_cast<double>(std::accumulate(counts_.begin(), counts_.end(), 0L));
  const auto over = [](double amount, double total) { return total > 0 ? amount / total : 0; };
  std::vector<Figure> told{{"noise_share", over(lost_.value, observed_.value)},
                           {"longest_detour_s", longest_.value},
                           {"detours_per_s", over(all, observed_.value)},
                           {"quantum_s", over(yardsticks_.value, static_cast<double>(quanta_))},
                           {"observed_s", observed_.value}};
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    told.push_back({buckets[i].name, static_cast<double>(counts_[i])});
  }
  return told;
}

}  // namespace shortfall
