#include "reporters/shortfall_bar.hpp"

#include <fmt/format.h>

#include <cmath>

#include "reporters/lines.hpp"
#include "reporters/loss_words.hpp"

namespace shortfall {
namespace {

constexpr double percent = 1e10;  // in shares

std::string centred(const std::string& text, std::size_t width, char fill) {
  const std::size_t before = (width - columns(text)) / 2;
  return std::string(before, fill) + text + std::string(width - columns(text) - before, fill);
}

// The longest of its names that fits.
std::string filled(const ShortfallRow& row, std::size_t width, char fill) {
  const std::string_view known = words_of_loss(row.id).mark;
  const std::string name = known.empty() ? shortened(row.id, 12) : std::string(known);
  const double points = static_cast<double>(row.share_ppt) / percent;
  for (const std::string& text :
       {fmt::format(" {} {:.1f} ", name, points), fmt::format("{} {:.1f}", name, points), name}) {
    if (columns(text) <= width) return centred(text, width, fill);
  }
  return std::string(width, fill);
}

}  // namespace

std::string bar_of(const std::vector<ShortfallRow>& rows, std::size_t columns) {
  double whole = 0;
  for (const ShortfallRow& row : rows) whole += std::fmax(0, static_cast<double>(row.share_ppt));
  if (!(whole > 0)) return "";
  const auto width = static_cast<double>(columns - 1);  // without the first line
  std::string bar = "|";
  double so_far = 0;
  bool is_even = false;
  for (const ShortfallRow& row : rows) {
    if (row.share_ppt <= 0) continue;
    so_far += static_cast<double>(row.share_ppt);
    const auto end = 1 + static_cast<std::size_t>(std::round(so_far / whole * width));
    const std::size_t drawn = shortfall::columns(bar);
    if (end <= drawn) continue;
    const char fill = row.id == "delivered" ? '#' : is_even ? '-' : '=';
    bar += filled(row, end - drawn - 1, fill) + '|';
    is_even = !is_even;
  }
  return bar;
}

}  // namespace shortfall
