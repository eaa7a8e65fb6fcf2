#include "backends/ucx/contact.hpp"

#include "backends/all_or_none.hpp"
#include "backends/ucx/calls.hpp"
#include "backends/ucx/messages.hpp"

namespace shortfall::ucx {
namespace {

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
  Contact with;
  std::string mine;
  const auto come = [&] {
    with.engine = std::make_shared<Engine>(context, group);
    if (group.size() > 1 && group.rank() < 2) with.peer = 1 - group.rank();
    mine = with.engine->address();
  };
  if (auto no = together(group, come)) return std::move(*no);
  const auto addresses = gather(group, mine);
  const std::uint16_t number = with.engine->next_number();
  const auto reach = [&] {
    if (with.peer < 0) return;
    const auto peer = static_cast<std::size_t>(with.peer);
    with.endpoint = with.engine->connect(with.peer, addresses[peer]);
  };
  if (auto no = together(group, reach)) return std::move(*no);
  const auto greet = [&] {  // then both ends know which transports they use
    if (with.peer < 0) return;
    Notice notice(with, number);
    with.engine->exchange([&] { notice.settle(); });
  };
  if (auto no = together(group, greet)) return std::move(*no);
  return with;
}

void flush(const Contact& with, Calls& calls) {
  const ucp_request_param_t how = sending(*calls);
  calls->begun(ucp_ep_flush_nbx(with.endpoint, &how), "flush what UCX has begun");
  with.engine->progress_until([&] { return calls->count == 0; });
  check(calls->status, "flush what UCX has begun");
}

}  // namespace shortfall::ucx
