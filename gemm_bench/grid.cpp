#include "gemm_bench/grid.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

namespace shortfall {
namespace {

// STEP, 2 STEP, ... up to LAST; nothing where the text is no such thing.
std::vector<std::int64_t> multiples_from(const std::string& text) {
  constexpr std::int64_t largest = std::int64_t{1} << 20, most = 64;
  const auto ends = split(text, ':');
  if (ends.size() != 2) return {};
  const auto step = parse_integer(ends[0]), last = parse_integer(ends[1]);
  const bool is_range = step && last && *step >= 1 && *step <= *last && *last <= largest;
  if (!is_range || *last / *step > most) return {};
  std::vector<std::int64_t> all;
  for (std::int64_t size = *step; size <= *last; size += *step) all.push_back(size);
  return all;
}

}  // namespace

std::vector<Axis> grid_from(const std::string& text) {
  std::vector<std::string> parts = split(text, 'x');
  if (parts.size() == 1) parts.resize(3, parts.front());
  std::vector<Axis> axes;
  for (const char* const name : {"m", "n", "k"}) {
    if (parts.size() != 3) break;
    const auto sizes = multiples_from(parts[axes.size()]);
    if (sizes.empty()) break;
    axes.push_back(integers(name, sizes, sizes, sizes));
  }
  if (axes.size() != 3) {
    throw BadUsage("'" + text +
                   "' is no grid. It is STEP:LAST, the multiples of STEP up to LAST, at most 64 of "
                   "them; or three of these for m, n and k, such as 64:1280x128:1280x128:1280");
  }
  return axes;
}

}  // namespace shortfall
