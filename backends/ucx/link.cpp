#include "backends/ucx/link.hpp"

#include <algorithm>

#include "backends/after_stream.hpp"
#include "backends/all_or_none.hpp"
#include "backends/ucx/memory.hpp"
#include "backends/ucx/ping_pong.hpp"
#include "backends/ucx/window.hpp"
#include "core/error.hpp"

namespace shortfall::ucx {
namespace {

using Shape = FabricTransfer::Shape;
using Verb = FabricTransfer::Verb;

bool is_of_memory(Verb verb) { return verb == Verb::put || verb == Verb::get; }

class Bystander final : public Prepared {  // a rank of a larger group
  void enqueue(Stream&) override {}
};

// How many flows begin and end here.
struct Flows {
  bool begins = false, ends = false;
};
Flows flows_at(const FabricTransfer& t, const Group& group) {
  Flows found;
  for (const FabricFlow& flow : flows_of(t, group.size)) {
    found.begins = found.begins || flow.from == group.rank;
    found.ends = found.ends || flow.to == group.rank;
  }
  return found;
}

std::unique_ptr<Prepared> ping_pong(Verb verb, const Ends& ends, bool begins) {
  if (verb == Verb::tag) return tagged_ping_pong(ends, begins);
  return verb == Verb::am ? active_ping_pong(ends, begins) : streamed_ping_pong(ends, begins);
}

std::unique_ptr<Prepared> window(Verb verb, const Ends& ends, const Share& share) {
  if (verb == Verb::tag) return tagged_window(ends, share);
  return verb == Verb::am ? active_window(ends, share) : streamed_window(ends, share);
}

class Link final : public Communicator {
 public:
  explicit Link(World& group) : group_(group), context_(std::make_shared<const Context>()) {}

  std::string name() const override { return "ucx"; }
  bool accepts(MemoryKind) const override { return true; }  // so that prepare() says why not

  Preparation prepare(const Operation& operation, Operands& on) override {
    const auto* const t = std::get_if<FabricTransfer>(&operation);
    if (t == nullptr || !is_of_ucx(t->verb)) return Unsupported{"UCX has no such call"};
    if (t->shape > Shape::both_ways) return Unsupported{"by UCX only two ranks exchange data"};
    if (group_.size() < 2) return Unsupported{"a rank alone sends nothing by UCX"};
    const MemoryKind kind = on.output->kind();
    if (auto no = all_or_none(group_, [&] { return refusal_of(kind); })) return std::move(*no);
    if (auto no = connect_if_needed()) return std::move(*no);
    auto answer = prepare(*t, on);
    auto* const work = std::get_if<std::unique_ptr<Prepared>>(&answer);
    if (work == nullptr || kind == MemoryKind::host) return answer;
    return after_stream(std::move(*work), *on.output,
                        {"memory_of_ucx", "GPU addresses, given to UCX when the stream is empty"});
  }

  // Of other processes' memory only that of UCX itself can be within reach.
  std::unique_ptr<Buffer> allocate(const Operation& operation, Bytes bytes,
                                   MemoryKind kind) override {
    const auto* const t = std::get_if<FabricTransfer>(&operation);
    if (t == nullptr || !is_of_memory(t->verb) || kind != MemoryKind::host) return nullptr;
    return ucx::allocate(context_, whole(bytes));
  }

  void synchronize() override { group_.barrier(); }
  // Whoever waits for the others in the control plane does nothing for UCX: what a call that has
  // ended here left to be told, the other side may be waiting for.
  void line_up(Stream& stream) override {
    settle();
    empty(stream);
    synchronize();
  }
  void settle() override {
    if (settling_) with_.engine->exchange([this] { settling_->settle(); });
  }
  std::string abort() noexcept override { return {}; }  // every wait here has an end of its own

  Details details() const override {
    Details all{{"ucx", version()}};
    if (with_.peer >= 0) {
      all.emplace_back("transports", lanes_of(with_.endpoint));
    }
    const Details set = settings();
    all.insert(all.end(), set.begin(), set.end());
    return all;
  }

 private:
  std::optional<Unsupported> refusal_of(MemoryKind kind) const {
    if (context_->takes(kind)) return std::nullopt;
    return Unsupported{"UCX " + version() +
                       " takes no memory of GPUs: it was built without CUDA, or UCX_TLS leaves out "
                       "cuda_copy ('ucx_info -d' lists what there is). Take memory=host"};
  }

  // Anew after what failed, with nothing left of what was under way then.
  std::optional<Unsupported> connect_if_needed() {
    const int is_ready = with_.engine && !with_.engine->is_broken() ? 1 : 0;
    if (std::ranges::min(gather(group_, is_ready)) == 1) return std::nullopt;
    settling_.reset();
    with_ = {};
    auto found = connect(context_, group_);
    if (auto* const no = std::get_if<Unsupported>(&found)) return std::move(*no);
    with_ = std::get<Contact>(std::move(found));
    const auto number = with_.engine->next_number();
    if (with_.peer >= 0) settling_ = std::make_unique<Notice>(with_, number);
    return std::nullopt;
  }

  Ends ends_of(const FabricTransfer& t, Operands& on) const {
    const auto messages = static_cast<std::size_t>(messages_of(t));
    return {.with = with_,
            .number = with_.engine->next_number(),
            .out = static_cast<std::byte*>(on.inputs.at(0)->address()),
            .in = static_cast<std::byte*>(on.output->address()),
            .bytes = whole(words_of(t.bytes).bytes()),
            .slots = has_slots(t) ? messages : 1,
            .on_host = on.output->kind() == MemoryKind::host,
            .is_burst = t.shape != Shape::ping_pong && messages > 1};
  }

  Preparation prepare(const FabricTransfer& t, Operands& on) {
    const Ends ends = ends_of(t, on);
    if (is_of_memory(t.verb)) return prepare_of_memory(t, ends, on);
    return make([&]() -> std::unique_ptr<Prepared> {
      const Flows at = flows_at(t, {group_.rank(), group_.size()});
      if (t.shape == Shape::ping_pong) return ping_pong(t.verb, ends, group_.rank() == 0);
      const auto messages = static_cast<std::size_t>(messages_of(t));
      return window(t.verb, ends, {at.begins ? messages : 0, at.ends ? messages : 0});
    });
  }

  Preparation prepare_of_memory(const FabricTransfer& t, const Ends& ends, Operands& on) {
    const bool is_put = t.verb == Verb::put;
    Remote remote;
    std::optional<Announcement> word;
    std::string key, key_of_word;
    const auto lends = [&]() -> std::optional<Unsupported> {
      remote.lent = lend(context_, is_put ? *on.output : *on.inputs.at(0));
      key = remote.lent->key();
      key_of_word = word.emplace(context_).key();
      return std::nullopt;
    };
    if (auto no = all_or_none(group_, lends)) return std::move(*no);
    const auto keys = gather(group_, key);
    const auto keys_of_words = gather(group_, key_of_word);
    return make([&]() -> std::unique_ptr<Prepared> {
      const auto peer = static_cast<std::size_t>(with_.peer);
      remote.reached = std::make_shared<const Reached>(with_.engine, with_.endpoint, keys[peer]);
      if (is_put && t.shape == Shape::ping_pong) {
        word->reach(with_, keys_of_words[peer]);
        return put_ping_pong(ends, std::move(remote), std::move(*word), group_.rank() == 0);
      }
      const Flows at = flows_at(t, {group_.rank(), group_.size()});
      const auto calls = static_cast<std::size_t>(messages_of(t));
      return one_sided(ends, std::move(remote), {is_put, at.begins ? calls : 0});
    });
  }

  // Collective.
  Preparation make(const std::function<std::unique_ptr<Prepared>()>& one) {
    std::unique_ptr<Prepared> made;
    auto no = all_or_none(group_, [&]() -> std::optional<Unsupported> {
      made = with_.peer >= 0 ? one() : std::make_unique<Bystander>();
      return std::nullopt;
    });
    if (no) return std::move(*no);
    return made;
  }

  World& group_;
  std::shared_ptr<const Context> context_;
  Contact with_;
  std::unique_ptr<Notice> settling_;
};

}  // namespace

std::unique_ptr<Communicator> open_link(World& group, const PlaceOnHost&) {
  return std::make_unique<Link>(group);
}

}  // namespace shortfall::ucx
