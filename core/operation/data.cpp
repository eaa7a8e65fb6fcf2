#include "core/operation/data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "core/error.hpp"

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

std::optional<double> share_from(std::string_view text) {
  double share = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), share);
  const bool is_number = error == std::errc{} && end == text.data() + text.size();
  if (!is_number || !(share >= 0 && share <= 1)) return std::nullopt;
  return share;
}

}  // namespace

Data data_from(const std::string& text) {
  const auto plain =
      std::ranges::find(plain_kinds, text, &std::pair<std::string_view, Kind>::first);
  if (plain != plain_kinds.end()) return {plain->second};
  if (text.starts_with(sparse)) {
    if (const auto share = share_from(std::string_view(text).substr(sparse.size())))
      return {Kind::sparse, *share};
  }
  throw BadUsage(fmt::format(
      "'{}' is no data for a product. One of: normal, uniform, integers, zeros, sorted, "
      "sparse:SHARE with a SHARE of zeros from 0 to 1",
      text));
}

}  // namespace shortfall
