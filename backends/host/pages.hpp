// The pages that memory of the host lies in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "backends/device.hpp"

namespace shortfall {

// Whether a buffer of so many bytes has pages of its own, rather than a place in the heap. From one
// page on: a curve over sizes must not have a step where the pages change.
constexpr bool has_own_pages(std::size_t bytes) { return bytes >= 4096; }

struct AddressRange {
  std::uint64_t begin = 0, end = 0;
};

struct PageUse {  // of memory that is present, in bytes
  double resident = 0;
  double huge = 0;
};

// Of the mappings that hold any of `ranges`, as the text of /proc/self/smaps tells.
PageUse page_use(std::string_view smaps, const std::vector<AddressRange>& ranges);

// "huge", "small", "huge asked, small granted", "huge asked, granted for 40 %", or "unknown".
std::string describe_pages(Pages asked, const PageUse& use);

// Where the buffers of an operation lie, for its details: pages as they were granted, and the node
// if one was asked for.
Details placement_details(const Placement& asked, const Operands& on);

}  // namespace shortfall
