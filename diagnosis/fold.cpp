#include "diagnosis/fold.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/text.hpp"

namespace shortfall {
namespace {

struct Rest {
  std::size_t at = 0;  // where in the result its finding stands
  std::size_t count = 0;
  std::vector<std::string> hosts;
};

}  // namespace

std::string names_text(const std::vector<std::string>& names, std::size_t all) {
  constexpr std::size_t most = 8;
  const auto end = names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), most));
  const std::vector<std::string> shown(names.begin(), end);
  const std::string text = join(shown, ", ");
  return all > shown.size() ? fmt::format("{} and {} more", text, all - shown.size()) : text;
}

std::vector<Finding> folded(std::vector<Finding> findings) {
  std::vector<Finding> kept;
  std::map<std::pair<std::string, std::string>, std::size_t> counts;
  std::map<std::pair<std::string, std::string>, Rest> rests;
  for (Finding& finding : findings) {
    const std::pair key(finding.kind, finding.metric);
    if (++counts[key] <= most_of_a_kind) {
      kept.push_back(std::move(finding));
      continue;
    }
    Rest& rest = rests[key];
    if (rest.count++ == 0) {
      rest.at = kept.size();
      kept.push_back({.severity = finding.severity,
                      .kind = finding.kind,
                      .metric = finding.metric,
                      .action = finding.action});
    }
    if (rest.hosts.empty() || rest.hosts.back() != finding.host) rest.hosts.push_back(finding.host);
  }
  for (const auto& [key, rest] : rests) {
    kept[rest.at].value = static_cast<double>(rest.count);
    kept[rest.at].unit = "findings";
    kept[rest.at].reason = fmt::format("{} more findings of this kind are left out, on {}",
                                       rest.count, names_text(rest.hosts, rest.hosts.size()));
  }
  return kept;
}

}  // namespace shortfall
