// Memory of the host that a GPU copies to and from: pinned, or as malloc gives it.
#pragma once

#include <string>

#include "backends/cuda/card.hpp"
#include "backends/device.hpp"
#include "backends/own_pages.hpp"

namespace shortfall::cuda {

// On which NUMA node such memory is to lie.
struct HostNode {
  int number = local_node;  // local: not bound, it lies near the thread that touches it first
  std::string text;         // for people
};

// The nearest to the GPU for local_node; or why memory cannot lie there.
std::variant<HostNode, Unsupported> host_node(int asked, Bytes bytes, const Card& card);

class HostMemory {
 public:
  HostMemory(std::size_t bytes, bool is_pinned, const HostNode& node);
  ~HostMemory();
  HostMemory(const HostMemory&) = delete;
  HostMemory& operator=(const HostMemory&) = delete;

  std::byte* data() const { return pages_.get(); }
  // So that what was never written again cannot pass.
  void spoil(std::size_t first, std::size_t bytes);

 private:
  OwnPages pages_;
  bool is_pinned_;
};

}  // namespace shortfall::cuda
