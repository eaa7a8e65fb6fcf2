#include "core/gid_words.hpp"

#include <arpa/inet.h>

#include <algorithm>

#include "core/text.hpp"

namespace shortfall {
namespace {

constexpr int bits_before_ipv4 = 96;  // of ::ffff:A.B.C.D

std::optional<GidNetwork> address_from(const std::string& text) {
  GidBytes bytes{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  const bool is_ipv4 = inet_pton(AF_INET, text.c_str(), bytes.data() + bits_before_ipv4 / 8) == 1;
  if (!is_ipv4 && inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return std::nullopt;
  return GidNetwork{.address = bytes};
}

std::optional<GidNetwork> network_from(const std::string& text) {
  const std::size_t slash = text.find('/');
  auto network = address_from(text.substr(0, slash));
  if (!network || slash == std::string::npos) return network;
  const bool is_ipv4 = text.find(':') == std::string::npos;
  const auto bits = parse_integer(text.substr(slash + 1));
  if (!bits || *bits < 0 || *bits > (is_ipv4 ? 32 : 128)) return std::nullopt;
  network->bits = static_cast<int>(*bits) + (is_ipv4 ? bits_before_ipv4 : 0);
  return network;
}

}  // namespace

bool GidNetwork::holds(const GidBytes& other) const {
  const int whole = bits / 8;
  const int rest = bits % 8;  // the first ones of the byte behind
  if (!std::equal(address.begin(), address.begin() + whole, other.begin())) return false;
  const auto differing =
      rest == 0 ? 0
                : address[static_cast<std::size_t>(whole)] ^ other[static_cast<std::size_t>(whole)];
  return differing >> (8 - rest) == 0;
}

std::optional<GidWords> gid_words_from(const std::string& text) {
  if (text == "auto") return GidWords{};
  if (text == "v1" || text == "v2") return GidWords{.type = "RoCE " + text};
  if (const auto index = parse_integer(text)) {
    if (*index < 0 || *index > 65535) return std::nullopt;
    return GidWords{.index = static_cast<int>(*index)};
  }
  const auto network = network_from(text);
  if (!network) return std::nullopt;
  return GidWords{.network = network};
}

}  // namespace shortfall
