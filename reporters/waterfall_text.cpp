#include "reporters/waterfall_text.hpp"

#include <fmt/ostream.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "core/text.hpp"

namespace shortfall {
namespace {

constexpr double whole_step = 1e12;  // in shares
constexpr double least = 1e8;        // a ten-thousandth
constexpr std::size_t columns_of_bar = 28;

bool is_small(const WaterfallRow& row) { return std::abs(static_cast<double>(row.share)) < least; }

// How far the rows reach before what gives time back.
double highest(std::span<const WaterfallRow> rows) {
  double sum = 0, most = 1;
  for (const WaterfallRow& row : rows) {
    sum += static_cast<double>(row.share) / whole_step;
    most = std::max(most, sum);
  }
  return most;
}

std::size_t column_of(double place) {
  const double column = std::round(std::clamp(place, 0.0, 1.0) * columns_of_bar);
  return static_cast<std::size_t>(column);
}

// From where the rows before it end to where it ends; what gives time back ends further left.
std::string bar_of(double before, double after) {
  const std::size_t first = column_of(std::min(before, after));
  const std::size_t last = std::max(column_of(std::max(before, after)), first + 1);
  return std::string(first, ' ') + std::string(last - first, after < before ? '<' : '#');
}

// "-3.21 ms".
std::string signed_time(Seconds time) {
  return (time.value < 0 ? "-" : "") + scaled(std::abs(time.value), "s");
}

}  // namespace

void write_waterfall(std::ostream& out, std::span<const WaterfallRow> rows, Seconds step) {
  const double most = highest(rows);
  double before = 0;
  for (const WaterfallRow& row : rows) {
    const double share = static_cast<double>(row.share) / whole_step;
    const double after = before + share;
    if (!is_small(row)) {
      fmt::print(out, "  {:<46} {:>9} {:>7.2f} %  {}\n", row.label, signed_time(row.delta),
                 100 * share, bar_of(before / most, after / most));
    }
    before = after;
  }
  fmt::print(out, "  {:<46} {:>9} {:>7.2f} %\n", "one step", signed_time(step), 100 * before);
  const auto small = std::ranges::count_if(rows, is_small);
  if (small > 0) {
    fmt::print(out, "  {} of less than 0.01 % {} not shown\n", counted(small, "row"),
               small == 1 ? "is" : "are");
  }
}

}  // namespace shortfall
