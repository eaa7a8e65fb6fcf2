#include "harness/per_rank.hpp"

#include <algorithm>

#include "core/statistics.hpp"

namespace shortfall {

PerRank per_rank(World& job, std::optional<Seconds> mine) {
  constexpr std::size_t named = 5;
  PerRank result;
  std::vector<double> times;
  std::vector<RankTime> ranks;
  result.all = gather(job, mine.value_or(Seconds{0}));
  for (std::size_t rank = 0; rank < result.all.size(); ++rank) {
    if (result.all[rank] == Seconds{0}) continue;
    const auto number = static_cast<int>(rank);
    times.push_back(result.all[rank].value);
    ranks.push_back({number, job.host(number), result.all[rank]});
  }
  std::ranges::stable_sort(ranks, std::ranges::greater{}, &RankTime::median);
  if (ranks.empty()) return result;
  result.n = times.size();
  result.min = ranks.back().median;
  result.median = {median(times)};
  result.max = ranks.front().median;
  ranks.resize(std::min(ranks.size(), named));
  result.worst = std::move(ranks);
  return result;
}

}  // namespace shortfall
