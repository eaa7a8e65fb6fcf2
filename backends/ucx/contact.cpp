#include "backends/ucx/contact.hpp"

#include <chrono>

#include "backends/all_or_none.hpp"
#include "backends/ucx/memory.hpp"
#include "backends/ucx/messages.hpp"

namespace shortfall::ucx {
namespace {

using Clock = std::chrono::steady_clock;

// What every rank shows the others, and asks of its peer's.
class Meeting {
 public:
  Meeting(const std::shared_ptr<const Context>& context, World& group)
      : group_(group), sample_(context, sizeof(std::uint64_t)) {
    with_.engine = std::make_shared<Engine>(context, group);
    if (group.size() > 1 && group.rank() < 2) with_.peer = 1 - group.rank();
  }

  std::string address() const { return with_.engine->address(); }
  std::string key() const { return sample_.key(); }

  void reach(const std::vector<std::string>& addresses, const std::vector<std::string>& keys) {
    number_ = with_.engine->next_number();
    if (with_.peer < 0) return;
    const auto peer = static_cast<std::size_t>(with_.peer);
    with_.endpoint = with_.engine->connect(with_.peer, addresses[peer]);
    reached_ = std::make_unique<Reached>(with_.engine, with_.endpoint, keys[peer]);
    with_.shares_memory = reached_->is_in_reach();
  }

  // Until both ends know which transports they use.
  void greet() {
    if (with_.peer < 0) return;
    with_.engine->exchange([this] {
      Notice notice(with_, number_);
      notice.send();
      notice.wait();
      flush(with_);
    });
  }

  // Collective: rank 0 gets something from rank 1, whose program meanwhile does nothing of UCX.
  void try_without_help() {
    with_.engine->exchange([this] { get_without_help(); });
  }

  const Contact& contact() const { return with_; }

 private:
  void get_without_help() {
    constexpr std::chrono::milliseconds enough{20};
    Pending pending;
    std::uint64_t taken = 0;
    if (group_.rank() == 0 && with_.peer > 0) {
      const ucp_request_param_t how = sending(pending);
      pending.begun(ucp_get_nbx(with_.endpoint, &taken, sizeof taken, reached_->address(),
                                reached_->key(), &how),
                    "get");
      const auto end = Clock::now() + enough;
      while (pending.count > 0 && Clock::now() < end) ucp_worker_progress(with_.engine->handle());
    }
    with_.is_served = broadcast(group_, pending.count == 0);
    if (with_.is_served || with_.peer < 0) return;
    Notice notice(with_, number_);
    if (group_.rank() == 0) {
      notice.send();
      with_.engine->progress_until([&] { return pending.count == 0; });
    } else {
      notice.wait();
    }
    flush(with_);
  }

  World& group_;
  Lent sample_;
  Contact with_;
  std::unique_ptr<Reached> reached_;
  std::uint16_t number_ = 0;
};

// Collective: nothing if every rank could.
std::optional<Unsupported> together(World& group, const std::function<void()>& step) {
  return all_or_none(group, [&]() -> std::optional<Unsupported> {
    step();
    return std::nullopt;
  });
}

}  // namespace

std::variant<Contact, Unsupported> connect(const std::shared_ptr<const Context>& context,
                                           World& group) {
  std::unique_ptr<Meeting> meeting;
  std::string address, key;
  const auto come = [&] {
    meeting = std::make_unique<Meeting>(context, group);
    address = meeting->address();
    key = meeting->key();
  };
  if (auto no = together(group, come)) return std::move(*no);
  const auto addresses = gather(group, address);
  const auto keys = gather(group, key);
  if (auto no = together(group, [&] { meeting->reach(addresses, keys); })) return std::move(*no);
  if (auto no = together(group, [&] { meeting->greet(); })) return std::move(*no);
  meeting->try_without_help();
  return meeting->contact();
}

void flush(const Contact& with) {
  Pending pending;
  const ucp_request_param_t how = sending(pending);
  pending.begun(ucp_ep_flush_nbx(with.endpoint, &how), "flush what UCX has begun");
  with.engine->progress_until([&] { return pending.count == 0; });
  check(pending.status, "flush what UCX has begun");
}

}  // namespace shortfall::ucx
