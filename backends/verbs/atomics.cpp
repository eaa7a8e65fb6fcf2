// Atomics on a counter of the other rank. What it counts to and what each answer held must come out
// right: the output is by how much they do not.
#include <cstring>

#include "backends/verbs/window.hpp"

namespace shortfall::verbs {
namespace {

class Atomics final : public Prepared {
 public:
  Atomics(const FabricTransfer& transfer, std::shared_ptr<Wiring> wiring, Operands& on)
      : window_(transfer, std::move(wiring), on),
        on_(on),
        messages_(static_cast<std::uint64_t>(
            transfer.shape == FabricTransfer::Shape::ping_pong ? 1 : messages_of(transfer))),
        compares_(transfer.verb == FabricTransfer::Verb::compare_swap) {
    World& group = window_.wiring().group();
    for (const FabricFlow& flow : flows_of(transfer, group.size())) {
      is_counter_ = is_counter_ || flow.to == group.rank();
    }
  }

  void refresh() override {
    window_.wiring().words()[Wiring::counter] = 0;
    called_ = wrong_ = 0;
  }

  void enqueue(Stream& stream) override {
    const std::uint64_t before = called_ * messages_;
    if (compares_) {
      for (Outbox& outbox : window_.outboxes()) outbox.expect(before);
    }
    window_.enqueue(stream);
    if (!window_.outboxes().empty()) wrong_ |= off_by(before);
    ++called_;
  }

  void collect() override {
    const std::uint64_t counted = window_.wiring().words()[Wiring::counter];
    if (is_counter_) wrong_ |= counted - called_ * messages_;
    const auto difference = static_cast<std::int32_t>(wrong_ | wrong_ >> 32);
    std::memcpy(on_.output->address(), &difference, sizeof(difference));
  }

  Details details() const override { return window_.details(); }

 private:
  // Every old value once, in whatever order several queues bring them.
  std::uint64_t off_by(std::uint64_t first) {
    std::uint64_t sum = 0;
    for (std::uint64_t i = 0; i < messages_; ++i) {
      sum += window_.wiring().words()[Wiring::fetched + i];
    }
    return sum - (messages_ * first + messages_ * (messages_ - 1) / 2);
  }

  Window window_;
  Operands& on_;
  std::uint64_t messages_, called_ = 0, wrong_ = 0;
  bool compares_, is_counter_ = false;
};

}  // namespace

Preparation prepare_atomics(const FabricTransfer& transfer, std::shared_ptr<Wiring> wiring,
                            Operands& on) {
  if (on.output->kind() != MemoryKind::host) {
    return Unsupported{"atomics count in the host's memory"};
  }
  if (transfer.verb == FabricTransfer::Verb::compare_swap && transfer.queue_pairs > 1) {
    return Unsupported{"each compare_swap expects what the one before it left: qps=1"};
  }
  return std::make_unique<Atomics>(transfer, std::move(wiring), on);
}

}  // namespace shortfall::verbs
