#include "backends/cuda/host_copy.hpp"

#include "backends/cuda/copies.hpp"
#include "backends/cuda/host_memory.hpp"

namespace shortfall::cuda {
namespace {

using Direction = HostCopy::Direction;
using Memory = HostCopy::Memory;

// The part of each buffer that goes one way.
struct OneWay {
  bool is_to_device;
  std::size_t first;
};

std::vector<OneWay> ways_of(const HostCopy& copy, std::size_t bytes) {
  std::vector<OneWay> ways;
  if (copy.direction != Direction::to_host) ways.push_back({true, 0});
  if (copy.direction != Direction::to_device) ways.push_back({false, ways.size() * bytes});
  return ways;
}

class HostCopies final : public Prepared {
 public:
  HostCopies(const HostCopy& copy, Operands& on, const HostNode& node, const Card& card)
      : is_pinned_(copy.memory == Memory::pinned),
        node_(node),
        bytes_(whole(words_of(copy.bytes).bytes())),
        ways_(ways_of(copy, bytes_)),
        input_(static_cast<std::byte*>(on.inputs.at(0)->address())),
        output_(static_cast<std::byte*>(on.output->address())),
        host_(bytes_ * ways_.size(), is_pinned_, node),
        copies_(tasks(), copy.by, card) {}

  // The driver moves pageable memory with the help of the calling thread: a gate that waits for
  // this thread would be waited for by it.
  void enqueue(Stream& stream) override {
    if (!is_pinned_) own(stream).release();
    copies_.enqueue(own(stream));
  }

  void refresh() override {
    for (const auto& [is_to_device, first] : ways_) {
      if (is_to_device) copy_now(host_.data() + first, input_ + first, bytes_);
    }
  }

  void collect() override {
    for (const auto& [is_to_device, first] : ways_) {
      if (is_to_device) continue;
      copy_now(output_ + first, host_.data() + first, bytes_);
      host_.spoil(first, bytes_);
    }
  }

  Details details() const override {
    Details all = copies_.details();
    all.emplace_back("host_node", node_.text);
    return all;
  }

 private:
  std::vector<CopyTask> tasks() const {
    std::vector<CopyTask> all;
    for (const auto& [is_to_device, first] : ways_) {
      const std::byte* const from = is_to_device ? host_.data() : input_;
      std::byte* const to = is_to_device ? output_ : host_.data();
      all.push_back({from + first, to + first, bytes_});
    }
    return all;
  }

  bool is_pinned_;
  HostNode node_;
  std::size_t bytes_;  // each way
  std::vector<OneWay> ways_;
  std::byte *input_, *output_;
  HostMemory host_;
  Copies copies_;
};

}  // namespace

Preparation prepare_host_copy(const HostCopy& copy, Operands& on, const Card& card) {
  const bool is_pageable = copy.memory == Memory::pageable;
  if (is_pageable && copy.direction == Direction::both) {
    return Unsupported{
        "pageable memory is copied with the help of the calling thread: one way after the other"};
  }
  if (is_pageable && copy.by == Mover::kernel && !card.sees_pageable) {
    return Unsupported{"kernels on this GPU do not see pageable memory of the host"};
  }
  auto node = host_node(copy.node, held_by_host(copy), card);
  if (auto* const no = std::get_if<Unsupported>(&node)) return std::move(*no);
  return std::make_unique<HostCopies>(copy, on, std::get<HostNode>(node), card);
}

}  // namespace shortfall::cuda
