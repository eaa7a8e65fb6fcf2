#include "harness/shared_details.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace shortfall {
namespace {

// Behind each word, as no word has one: a library's version may be of several lines.
constexpr char end_of_word = '\0';

std::string encode(const Details& details) {
  std::string text;
  for (const auto& [name, value] : details) text += name + end_of_word + value + end_of_word;
  return text;
}

Details decode(const std::string& text) {
  Details details;
  const auto words = split(text, end_of_word);
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    details.emplace_back(words[i], words[i + 1]);
  }
  return details;
}

std::string value_of(const std::string& wanted, const Details& details) {
  const auto found = std::ranges::find(details, wanted, &Details::value_type::first);
  return found != details.end() ? found->second : "";
}

std::string adapter_in(const Details& details) {
  const std::string device = value_of("device", details), port = value_of("port", details);
  return device.empty() || port.empty() ? device : device + ":" + port;
}

}  // namespace

Details details_of_lowest(World& job, bool took_part, const Details& mine) {
  const auto taking_part = gather(job, static_cast<int>(took_part));
  const auto lowest = std::ranges::find(taking_part, 1);
  if (lowest == taking_part.end()) return {};
  return decode(broadcast(job, encode(mine), static_cast<int>(lowest - taking_part.begin())));
}

std::vector<std::string> adapters_by_rank(World& job, const Details& mine,
                                          const Details& of_lowest) {
  if (adapter_in(of_lowest).empty()) return {};
  return gather(job, adapter_in(mine));
}

}  // namespace shortfall
