#include "backends/cuda/host_memory.hpp"

#include <fmt/format.h>

#include <cstring>

#include "backends/cuda/error.hpp"
#include "backends/numa.hpp"

namespace shortfall::cuda {

std::variant<HostNode, Unsupported> host_node(int asked, Bytes bytes, const Card& card) {
  const bool is_local = asked == local_node;
  const int node = is_local ? card.nearest_node : asked;
  if (node == local_node) {
    return HostNode{local_node, "not bound: the driver does not tell which is nearest to the GPU"};
  }
  const auto why_not = why_not_on_node(node, bytes, "/");
  if (!why_not)
    return HostNode{node, fmt::format("{}{}", node, is_local ? ", nearest to the GPU" : "")};
  if (!is_local) return Unsupported{*why_not};
  return HostNode{local_node, "not bound: " + *why_not};
}

HostMemory::HostMemory(std::size_t bytes, bool is_pinned, const HostNode& node)
    : pages_(own_pages(bytes, {Pages::huge, node.number})), is_pinned_(is_pinned) {
  spoil(0, bytes);  // and touched: no page fault is timed
  if (!is_pinned_) return;
  check(cudaHostRegister(data(), bytes, cudaHostRegisterMapped | cudaHostRegisterPortable),
        [&] { return fmt::format("pin {} bytes of host memory (see ulimit -l)", bytes); });
}

HostMemory::~HostMemory() {
  if (is_pinned_) cudaHostUnregister(data());
}

void HostMemory::spoil(std::size_t first, std::size_t bytes) {
  constexpr int no_number = 0x7f;  // that a test would draw, in all of its bytes
  std::memset(data() + first, no_number, bytes);
}

}  // namespace shortfall::cuda
