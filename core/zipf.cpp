#include "core/zipf.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.hpp"
#include "core/hash.hpp"
#include "core/text.hpp"

namespace shortfall {

std::vector<std::size_t> dealt_by_zipf(std::size_t count, std::size_t parts, double skew) {
  std::vector<std::size_t> order(parts), result(parts);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [](std::size_t part) { return mix64(part); });
  std::vector<double> weights(parts);
  for (std::size_t place = 0; place < parts; ++place) {
    weights[order[place]] = std::pow(static_cast<double>(place + 1), -skew);
  }
  const double all = std::accumulate(weights.begin(), weights.end(), 0.0);
  std::size_t given = 0;
  for (std::size_t part = 0; part < parts; ++part) {
    result[part] = static_cast<std::size_t>(static_cast<double>(count) * weights[part] / all);
    given += result[part];
  }
  // What rounding has left: to the most wanted first.
  for (std::size_t place = 0; given < count; place = (place + 1) % parts, ++given) {
    ++result[order[place]];
  }
  return result;
}

double skew_from(const std::string& word) {
  constexpr std::string_view zipf = "zipf:";
  constexpr double largest = 8;  // nearly everything goes to one
  if (word == "balanced") return 0;
  const auto exponent =
      word.starts_with(zipf) ? parse_number(word.substr(zipf.size())) : std::nullopt;
  if (exponent && *exponent > 0 && *exponent <= largest) return *exponent;
  throw BadUsage("'" + word +
                 "' is no distribution. One of: balanced, zipf:EXPONENT with an EXPONENT above 0, "
                 "at most 8");
}

}  // namespace shortfall
