#include "diagnosis/align.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace shortfall {
namespace {

// The labels that most hosts use; of equally many the longer list, then the first by its letters.
const std::pair<const Labels, int>& most_common(const std::map<Labels, int>& counts) {
  return *std::ranges::max_element(counts, [](const auto& a, const auto& b) {
    return std::tuple(a.second, a.first.size(), b.first) <
           std::tuple(b.second, b.first.size(), a.first);
  });
}

Alignment::Elements placed(const Labels& labels, const Labels& reference) {
  Alignment::Elements elements{.places = std::vector<int>(labels.size(), -1), .missing = {}};
  std::vector<bool> is_taken(reference.size(), false);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    for (std::size_t place = 0; place < reference.size(); ++place) {
      if (is_taken[place] || reference[place] != labels[i]) continue;
      is_taken[place] = true;
      elements.places[i] = static_cast<int>(place);
      break;
    }
  }
  const bool all_known = std::ranges::count(elements.places, -1) == 0;
  for (std::size_t place = 0; all_known && place < reference.size(); ++place) {
    if (!is_taken[place]) elements.missing.push_back(reference[place]);
  }
  for (int& place : elements.places) {
    if (place >= 0) continue;
    const auto next = std::ranges::find(is_taken, false);
    if (next == is_taken.end()) break;
    place = static_cast<int>(next - is_taken.begin());
    *next = true;
  }
  return elements;
}

}  // namespace

Alignment aligned(const std::vector<Labels>& hosts) {
  Alignment alignment;
  std::map<Labels, int> counts;
  for (const Labels& labels : hosts) ++counts[labels];
  if (counts.empty()) return alignment;
  const auto& [reference, sharing] = most_common(counts);
  const bool is_majority = 2 * static_cast<std::size_t>(sharing) > hosts.size();
  for (std::size_t place = 0; place < reference.size(); ++place) {
    alignment.names.push_back(is_majority ? reference[place] : "#" + std::to_string(place));
  }
  std::map<Labels, Alignment::Elements> known;
  for (const Labels& labels : hosts) {
    auto found = known.find(labels);
    if (found == known.end()) found = known.emplace(labels, placed(labels, reference)).first;
    alignment.hosts.push_back(found->second);
  }
  return alignment;
}

}  // namespace shortfall
