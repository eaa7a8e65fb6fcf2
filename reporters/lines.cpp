#include "reporters/lines.hpp"

#include <algorithm>

namespace shortfall {
namespace {

std::vector<std::string> words_in(std::string_view text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (code > ' ' && code != 0x7f) {
      words.back() += c;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

}  // namespace

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
  const std::string margin(indent, ' ');
  std::string all;
  std::string line;
  for (const std::string& word : words_in(text)) {
    if (!line.empty() && indent + columns(line) + 1 + columns(word) > width) {
      all += margin + line + '\n';
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return line.empty() ? all : all + margin + line + '\n';
}

std::string item(std::string_view name, std::string_view text, std::size_t width,
                 std::size_t indent) {
  std::string lines = wrapped(text, width, indent);
  if (lines.empty() || name.size() >= indent) return std::string(name) + '\n' + lines;
  return lines.replace(0, name.size(), name);
}

std::string shortened(std::string_view text, std::size_t width) {
  constexpr std::string_view dots = "...";
  const bool is_cut = columns(text) > width;
  const std::size_t most = is_cut ? width - dots.size() : width;
  std::string all;
  std::size_t taken = 0;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    const bool begins_a_column = (code & 0xc0U) != 0x80U;
    if (begins_a_column && taken++ == most) break;
    all += code < ' ' || code == 0x7f ? ' ' : c;
  }
  return is_cut ? all.append(dots) : all;
}

std::string ranges(const std::vector<int>& numbers) {
  std::string text;
  for (std::size_t first = 0; first < numbers.size();) {
    std::size_t last = first;
    while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
    if (!text.empty()) text += ", ";
    text += std::to_string(numbers[first]);
    if (last > first) text += (last == first + 1 ? ", " : "-") + std::to_string(numbers[last]);
    first = last + 1;
  }
  return text;
}

}  // namespace shortfall
