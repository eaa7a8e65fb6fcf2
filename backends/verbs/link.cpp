#include "backends/verbs/link.hpp"

#include "backends/after_stream.hpp"
#include "backends/all_or_none.hpp"
#include "backends/call.hpp"
#include "backends/verbs/ports.hpp"
#include "backends/verbs/window.hpp"

namespace shortfall::verbs {
namespace {

using Verb = FabricTransfer::Verb;
using Shape = FabricTransfer::Shape;

Preparation prepare_wired(const FabricTransfer& transfer, const std::shared_ptr<Wiring>& wiring,
                          Operands& on) {
  if (is_atomic(transfer.verb)) return prepare_atomics(transfer, wiring, on);
  if (transfer.shape == Shape::ping_pong && !is_fetch(transfer.verb)) {
    return transfer.verb == Verb::write ? prepare_polling(transfer, wiring, on)
                                        : prepare_ping_pong(transfer, wiring, on);
  }
  return std::make_unique<Window>(transfer, wiring, on);
}

class VerbsLink final : public Communicator {
 public:
  VerbsLink(World& group, const PlaceOnHost& place) : group_(group), place_(place) {}

  std::string name() const override { return "verbs"; }
  // Of GPUs where their drivers do: that is found out when it is registered.
  bool accepts(MemoryKind) const override { return true; }

  Preparation prepare(const Operation& operation, Operands& on) override {
    Preparation answer = prepare_at_once(operation, on);
    auto* const work = std::get_if<std::unique_ptr<Prepared>>(&answer);
    if (work == nullptr || on.output->kind() == MemoryKind::host) return answer;
    return after_stream(std::move(*work), *on.output,
                        {"memory_of_verbs", "GPU memory, used when the stream is empty"});
  }

  void synchronize() override { group_.barrier(); }
  void line_up(Stream& stream) override {
    empty(stream);
    synchronize();
  }
  std::string abort() noexcept override { return {}; }
  // Calls have an end of their own, and hear of other ranks' failures meanwhile.
  bool survives_abort() const override { return true; }

 private:
  Preparation prepare_at_once(const Operation& operation, Operands& on) {
    if (const auto* const transfer = std::get_if<FabricTransfer>(&operation)) {
      return prepare_transfer(*transfer, on);
    }
    if (const auto* const registration = std::get_if<Registration>(&operation)) {
      return prepare_registration(*registration, on);
    }
    return Unsupported{"verbs move data between network adapters alone"};
  }

  // Queues of all ranks outlive the vote, whoever could not go on.
  Preparation prepare_transfer(const FabricTransfer& transfer, Operands& on) {
    if (group_.size() < 2 && !is_one_sided(transfer.verb)) {
      return Unsupported{"a rank alone sends itself no messages: take op=write or read"};
    }
    auto made = Wiring::agree(transfer, on, group_, ports_, place_);
    if (auto* const no = std::get_if<Unsupported>(&made)) return std::move(*no);
    const auto wiring = std::get<std::shared_ptr<Wiring>>(std::move(made));
    std::unique_ptr<Prepared> prepared;
    auto no = all_or_none(group_, [&]() -> std::optional<Unsupported> {
      auto answer = prepare_wired(transfer, wiring, on);
      if (auto* const refused = std::get_if<Unsupported>(&answer)) return std::move(*refused);
      prepared = std::get<std::unique_ptr<Prepared>>(std::move(answer));
      return std::nullopt;
    });
    if (no) return std::move(*no);
    return prepared;
  }

  Preparation prepare_registration(const Registration& registration, Operands& on) const {
    const auto words = nic_words_from(registration.nics);
    if (!words) return Unsupported{"'" + registration.nics + "' names no network adapters"};
    auto found = ports_.choose(words->from, {place_, on.output->device_address()});
    if (auto* const why = std::get_if<std::string>(&found)) return Unsupported{*why};
    const Port port = std::get<Port>(std::move(found));
    const Registered first(port, *on.output);  // it works, and so does its way
    return prepared_call(
        [port, &on, way = first.way()](Stream&) { const Registered known(port, *on.output, way); },
        {{"device", port.device->name}, {"registered", first.path()}});
  }

  World& group_;
  Ports ports_;
  PlaceOnHost place_;
};

}  // namespace

std::unique_ptr<Communicator> open_link(World& group, const PlaceOnHost& place) {
  return std::make_unique<VerbsLink>(group, place);
}

}  // namespace shortfall::verbs
