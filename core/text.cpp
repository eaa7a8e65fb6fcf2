#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numeric>

namespace shortfall {
namespace {

// Insertions, deletions and substitutions that turn `a` into `b`.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t above = row[j + 1];
      row[j + 1] = std::min({above + 1, row[j] + 1, diagonal + (a[i] == b[j] ? 0U : 1U)});
      diagonal = above;
    }
  }
  return row.back();
}

std::optional<int> shift_of(std::string_view suffix) {
  constexpr std::array<std::string_view, 5> prefixes{"", "K", "M", "G", "T"};
  if (suffix.ends_with('B')) suffix.remove_suffix(1);
  if (suffix.ends_with('i')) {
    suffix.remove_suffix(1);
    if (suffix.empty()) return std::nullopt;
  }
  const auto* const found = std::ranges::find(prefixes, suffix);
  if (found == prefixes.end()) return std::nullopt;
  return 10 * static_cast<int>(found - prefixes.begin());
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

std::optional<double> parse_number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole_text = error == std::errc{} && end == text.data() + text.size();
  if (!is_whole_text || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::optional<std::int64_t> parse_size(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("-0123456789"), text.size());
  const auto count = parse_integer(text.substr(0, digits));
  const auto shift = shift_of(text.substr(digits));
  if (!count || !shift) return std::nullopt;
  const std::int64_t most = (std::int64_t{1} << 62) >> *shift;
  if (*count > most || *count < -most) return std::nullopt;
  return *count * (std::int64_t{1} << *shift);
}

std::string size_text(std::int64_t bytes) {
  constexpr std::array<std::string_view, 5> units{"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  while (bytes != 0 && bytes % 1024 == 0 && unit + 1 < units.size()) {
    bytes /= 1024;
    ++unit;
  }
  return fmt::format("{} {}", bytes, units[unit]);
}

std::string scaled(double value, std::string_view unit) {
  constexpr std::array<std::string_view, 9> prefixes{"p", "n", "u", "m", "", "k", "M", "G", "T"};
  if (!std::isfinite(value)) return fmt::format("{} {}", value, unit);
  std::size_t prefix = 4;
  double shown = value;
  while (std::abs(shown) >= 999.5 && prefix + 1 < prefixes.size()) {
    shown /= 1000;
    ++prefix;
  }
  while (shown != 0 && std::abs(shown) < 0.9995 && prefix > 0) {
    shown *= 1000;
    --prefix;
  }
  const int decimals = std::abs(shown) < 9.995 ? 2 : std::abs(shown) < 99.95 ? 1 : 0;
  return fmt::format("{:.{}f} {}{}", shown, decimals, prefixes[prefix], unit);
}

std::string counted(std::int64_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  return fmt::format("{}", fmt::join(parts, separator));
}

std::string cpu_list(std::vector<int> cpus) {
  std::ranges::sort(cpus);
  std::vector<std::string> ranges;
  for (std::size_t first = 0, last = 0; first < cpus.size(); first = last + 1) {
    last = first;
    while (last + 1 < cpus.size() && cpus[last + 1] == cpus[last] + 1) ++last;
    ranges.push_back(last == first ? fmt::format("{}", cpus[first])
                                   : fmt::format("{}-{}", cpus[first], cpus[last]));
  }
  return join(ranges, ",");
}

std::vector<int> cpus_in(std::string_view list) {
  constexpr std::int64_t most = 1 << 16;  // no machine has more; a longer list is a mistake
  std::vector<int> cpus;
  for (const std::string& range : split(trimmed(list), ',')) {
    const auto ends = split(range, '-');
    const auto first = parse_integer(ends.front());
    const auto last = parse_integer(ends.back());
    if (!first || !last || *first < 0 || *last >= most) return {};
    for (std::int64_t cpu = *first; cpu <= *last; ++cpu) cpus.push_back(static_cast<int>(cpu));
  }
  std::ranges::sort(cpus);
  return cpus;
}

std::vector<std::string> nearest(const std::string& wanted, std::vector<std::string> names,
                                 std::size_t most) {
  std::ranges::stable_sort(names, {}, [&](const std::string& name) {
    return name.find(wanted) != std::string::npos ? 0 : edits(wanted, name);
  });
  names.resize(std::min(names.size(), most));
  return names;
}

}  // namespace shortfall
