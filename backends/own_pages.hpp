// Memory of the host in pages of its own, of the size and on the node that were asked for.
#pragma once

#include <cstddef>
#include <memory>

#include "core/operation/placement.hpp"

namespace shortfall {

class Unmap {
 public:
  explicit Unmap(std::size_t length = 0) : length_(length) {}
  void operator()(std::byte* memory) const;

 private:
  std::size_t length_;
};
using OwnPages = std::unique_ptr<std::byte, Unmap>;

// Begins a page of 2 MiB; huge pages only if the system grants them. Nothing is touched yet. Throws
// Error when there is not so much memory, or it cannot lie there.
OwnPages own_pages(std::size_t bytes, const Placement& placement);

}  // namespace shortfall
