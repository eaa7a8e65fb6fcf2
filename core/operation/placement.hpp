// Where the memory of an operation lies.
#pragma once

namespace shortfall {

enum class Pages { huge, small };  // of 2 MiB where the system grants them; of 4 KiB

inline constexpr int local_node = -1;  // nearest to who works on it

struct Placement {
  Pages pages = Pages::huge;
  int node = local_node;  // or the number of a NUMA node
  friend bool operator==(const Placement&, const Placement&) = default;
};

}  // namespace shortfall
