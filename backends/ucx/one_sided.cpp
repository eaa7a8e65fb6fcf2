#include "backends/ucx/one_sided.hpp"

#include <cstring>

#include "backends/ucx/in_flight.hpp"

namespace shortfall::ucx {
namespace {

// Where a device serves the memory of a rank, that rank has nothing to do. Where its program must
// make progress, it is told when it may stop.
class OneSided final : public Prepared {
 public:
  OneSided(const Ends& ends, Remote remote, const OneSidedShare& share)
      : ends_(ends),
        remote_(std::move(remote)),
        share_(share),
        tells_early_(!share.is_put && share.calls == 1 && !share.is_reached),
        how_(sending(pending_)),
        notice_(ends.with, ends.number) {
    if (ends.is_burst) how_.op_attr_mask |= UCP_OP_ATTR_FLAG_MULTI_SEND;
  }

  void enqueue(Stream&) override {
    ends_.with.engine->exchange([this] { exchange(); });
  }

 private:
  void exchange() {
    const bool is_served = ends_.with.is_served;
    if (share_.calls > 0) {
      finish_calls(!is_served && tells_early_);
      if (share_.is_put) flush(ends_.with);
      if (!is_served) tell();
    }
    if (share_.is_reached && !is_served) {
      notice_.wait();
      flush(ends_.with);  // what it has answered
    }
  }

  void call(std::size_t slot) {
    const std::size_t offset = slot * ends_.bytes;
    if (share_.is_put) {
      pending_.begun(
          ucp_put_nbx(ends_.with.endpoint, ends_.out, ends_.bytes,
                      remote_.reached->address() + offset, remote_.reached->key(), &how_),
          "put");
    } else {
      pending_.begun(ucp_get_nbx(ends_.with.endpoint, ends_.in + offset, ends_.bytes,
                                 remote_.reached->address(), remote_.reached->key(), &how_),
                     "get");
    }
  }

  void finish_calls(bool tells) {
    std::size_t begun = 0;
    ends_.with.engine->progress_until([&] {
      for (; begun < share_.calls && pending_.count < most_in_flight; ++begun) call(begun);
      if (tells) notice_.send();
      tells = false;
      return begun == share_.calls && pending_.count == 0;
    });
    check(pending_.status, "put or get");
  }

  // Of a single get that is done already: while it was under way, as a lane keeps the order of what
  // it carries.
  void tell() {
    if (!tells_early_) notice_.send();
    flush(ends_.with);
  }

  Ends ends_;
  Remote remote_;
  OneSidedShare share_;
  bool tells_early_;
  Pending pending_;
  ucp_request_param_t how_;
  Notice notice_;
};

}  // namespace

std::unique_ptr<Prepared> one_sided(const Ends& ends, Remote remote, const OneSidedShare& share) {
  return std::make_unique<OneSided>(ends, std::move(remote), share);
}

Announcement::Announcement(const std::shared_ptr<const Context>& context)
    : lent_(std::make_shared<const Lent>(context, 2 * sizeof(std::uint64_t))) {
  std::memset(lent_->address(), 0, 2 * sizeof(std::uint64_t));
}

void Announcement::reach(const Contact& with, const std::string& key) {
  reached_ = std::make_shared<const Reached>(with.engine, with.endpoint, key);
}

std::uint64_t Announcement::read() const {
  return *static_cast<const volatile std::uint64_t*>(lent_->address());
}

void Announcement::write(const Contact& with, std::uint64_t value, Pending& pending) {
  auto* const source = static_cast<std::uint64_t*>(lent_->address()) + 1;
  *source = value;
  const ucp_request_param_t how = sending(pending);
  pending.begun(
      ucp_put_nbx(with.endpoint, source, sizeof value, reached_->address(), reached_->key(), &how),
      "announce a message");
}

}  // namespace shortfall::ucx
