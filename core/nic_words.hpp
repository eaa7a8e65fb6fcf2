// Values of the axis "nics": the adapters that two ranks use.
#pragma once

#include <optional>
#include <string>

namespace shortfall {

// An active RDMA port of a host.
struct NicWord {
  std::optional<int> index;  // among them, in the natural order of their names
  std::string device;        // "mlx5_0"; empty with an index, or: the nearest to the rank
  int port = 0;              // 0: the first
  bool is_nearest() const { return !index && device.empty(); }
  friend bool operator==(const NicWord&, const NicWord&) = default;
};

struct NicWords {
  NicWord from, to;  // of the rank that stands first in its group, and of the others
  friend bool operator==(const NicWords&, const NicWords&) = default;
};

// "nearest", or one end ("0", "mlx5_0", "mlx5_0:1") for all ranks, or two: "0..1",
// "mlx5_0..mlx5_3". Nothing if the text is no such word.
std::optional<NicWords> nic_words_from(const std::string& text);

std::string text_of(const NicWord& word);

// Stand for several of these, which a plan puts in their place: each adapter by its number, for all
// ranks; each two of them, for the first rank and the others.
inline constexpr const char* every_nic = "every";
inline constexpr const char* every_nic_pair = "every_pair";

}  // namespace shortfall
