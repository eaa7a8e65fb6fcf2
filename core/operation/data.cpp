#include "core/operation/data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/error.hpp"
#include "core/text.hpp"

namespace shortfall {
namespace {

using Kind = Data::Kind;

constexpr std::array<std::pair<std::string_view, Kind>, 5> plain_kinds{{
    {"normal", Kind::normal},
    {"uniform", Kind::uniform},
    {"integers", Kind::integers},
    {"zeros", Kind::zeros},
    {"sorted", Kind::sorted},
}};
constexpr std::string_view sparse = "sparse:";

}  // namespace

Data data_from(const std::string& text) {
  const auto plain =
      std::ranges::find(plain_kinds, text, &std::pair<std::string_view, Kind>::first);
  if (plain != plain_kinds.end()) return {plain->second};
  if (text.starts_with(sparse)) {
    const auto share = parse_number(std::string_view(text).substr(sparse.size()));
    if (share && *share >= 0 && *share <= 1) return {Kind::sparse, *share};
  }
  throw BadUsage(fmt::format(
      "'{}' is no data for a product. One of: normal, uniform, integers, zeros, sorted, "
      "sparse:SHARE with a SHARE of zeros from 0 to 1",
      text));
}

}  // namespace shortfall
