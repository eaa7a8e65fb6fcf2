#include "core/natural_order.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace shortfall {
namespace {

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

// Takes the number that `text` begins with, without its leading zeros.
std::string_view take_number(std::string_view& text) {
  const auto is_no_digit = [](char c) { return !is_digit(c); };
  const auto end = static_cast<std::size_t>(std::ranges::find_if(text, is_no_digit) - text.begin());
  std::string_view number = text.substr(0, end);
  text.remove_prefix(end);
  while (number.size() > 1 && number.front() == '0') number.remove_prefix(1);
  return number;
}

std::strong_ordering compare(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    if (is_digit(a.front()) && is_digit(b.front())) {
      const auto of_a = take_number(a), of_b = take_number(b);
      if (of_a.size() != of_b.size()) return of_a.size() <=> of_b.size();
      if (of_a != of_b) return of_a <=> of_b;
      continue;
    }
    if (a.front() != b.front()) return a.front() <=> b.front();
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  return a.size() <=> b.size();
}

}  // namespace

std::strong_ordering operator<=>(const NaturalName& a, const NaturalName& b) {
  const auto order = compare(a.text, b.text);
  return order != 0 ? order : a.text <=> b.text;  // 02 is no 2
}

}  // namespace shortfall
