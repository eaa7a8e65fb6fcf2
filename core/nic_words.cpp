#include "core/nic_words.hpp"

#include "core/text.hpp"

namespace shortfall {
namespace {

std::optional<NicWord> end_from(const std::string& text) {
  if (text == "nearest") return NicWord{};
  if (text.empty() || text.front() == ':') return std::nullopt;
  if (const auto index = parse_integer(text)) {
    if (*index < 0 || *index > 65535) return std::nullopt;
    return NicWord{.index = static_cast<int>(*index)};
  }
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) return NicWord{.device = text};
  const auto port = parse_integer(text.substr(colon + 1));
  if (!port || *port < 1 || *port > 255) return std::nullopt;
  return NicWord{.device = text.substr(0, colon), .port = static_cast<int>(*port)};
}

}  // namespace

std::optional<NicWords> nic_words_from(const std::string& text) {
  const std::size_t dots = text.find("..");
  const auto from = end_from(text.substr(0, dots));
  const auto to = dots == std::string::npos ? from : end_from(text.substr(dots + 2));
  if (!from || !to) return std::nullopt;
  return NicWords{*from, *to};
}

std::string text_of(const NicWord& word) {
  if (word.is_nearest()) return "nearest";
  if (word.index) return std::to_string(*word.index);
  return word.device + (word.port > 0 ? ":" + std::to_string(word.port) : "");
}

}  // namespace shortfall
