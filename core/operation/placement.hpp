// Where the memory of an operation lies.
#pragma once

namespace shortfall {

enum class Pages { huge, small };  // of 2 MiB where the system grants them; of 4 KiB

inline constexpr int local_node = -1;  // nearest to who works on it

struct Placement {
  Pages pages = Pages::huge;
  int node = local_node;    // or the number of a NUMA node
  bool is_on_host = false;  // also where the device has memory of its own
  bool is_lent = false;     // to other devices, by whole pages: nothing else may lie in them
  friend bool operator==(const Placement&, const Placement&) = default;
};

}  // namespace shortfall
