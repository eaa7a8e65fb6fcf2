#include "backends/ucx/lanes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <sstream>
#include <vector>

#include "core/text.hpp"

namespace shortfall::ucx {
namespace {

// "0:posix/memory.0" without the numbers of the resource and of the path.
std::string name_of(std::string resource) {
  resource.erase(0, resource.find(':') + 1);
  return resource.substr(0, resource.rfind('.'));
}

// Uses follow the other end, which is told as "md[0]/posix/sysdev[255]"; "#0" numbers equal ones.
std::vector<std::string> uses_in(std::istringstream& words) {
  std::vector<std::string> uses;
  bool is_after_arrow = false;
  for (std::string word; words >> word;) {
    if (is_after_arrow && !word.starts_with("md[")) uses.push_back(word.substr(0, word.find('#')));
    is_after_arrow = is_after_arrow || word == "->";
  }
  return uses;
}

}  // namespace

std::string lanes_in(std::string_view info) {
  std::vector<std::string> lanes;
  for (const std::string& line : split(std::string(info), '\n')) {
    const auto lane = line.find("lane[");
    if (lane == std::string::npos) continue;
    std::istringstream words(line.substr(lane));
    std::string number, resource;
    words >> number >> resource;
    const auto uses = uses_in(words);
    lanes.push_back(name_of(resource) +
                    (uses.empty() ? "" : fmt::format(" ({})", fmt::join(uses, ", "))));
  }
  return fmt::format("{}", fmt::join(lanes, ", "));
}

}  // namespace shortfall::ucx
