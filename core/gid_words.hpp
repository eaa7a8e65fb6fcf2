// Values of the axis "gid": which address of a port is used, of those that it has.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace shortfall {

using GidBytes = std::array<std::uint8_t, 16>;  // an IPv6 address; ::ffff:A.B.C.D for an IPv4 one

// "10.0.0.0/8", "fd00::/64"; an address alone is a network of its own.
struct GidNetwork {
  GidBytes address{};
  int bits = 128;  // of the address, that those in the network share
  bool holds(const GidBytes& other) const;
  friend bool operator==(const GidNetwork&, const GidNetwork&) = default;
};

// What is not set may be anything.
struct GidWords {
  std::optional<int> index;
  std::string type;  // "RoCE v1", "RoCE v2"
  std::optional<GidNetwork> network;
  friend bool operator==(const GidWords&, const GidWords&) = default;
};

// "auto", an index, "v1", "v2", an address or a network. Nothing if the text is no such word.
std::optional<GidWords> gid_words_from(const std::string& text);

}  // namespace shortfall
