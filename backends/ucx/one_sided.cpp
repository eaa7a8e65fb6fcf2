#include "backends/ucx/one_sided.hpp"

#include <cstring>

#include "backends/ucx/in_flight.hpp"

namespace shortfall::ucx {
namespace {

class OneSided final : public Prepared {
 public:
  OneSided(const Ends& ends, Remote remote, const OneSidedCalls& calls)
      : ends_(ends), remote_(std::move(remote)), calls_(calls), how_(sending(*pending_)) {
    if (ends.is_burst) how_.op_attr_mask |= UCP_OP_ATTR_FLAG_MULTI_SEND;
  }

  void enqueue(Stream&) override {
    if (calls_.count > 0) ends_.with.engine->exchange([this] { exchange(); });
  }

 private:
  void exchange() {
    std::size_t begun = 0;
    ends_.with.engine->progress_until([&] {
      for (; begun < calls_.count && pending_->count < most_in_flight; ++begun) begin(begun);
      return begun == calls_.count && pending_->count == 0;
    });
    check(pending_->status, "put or get");
    if (calls_.are_puts) flush(ends_.with, pending_);
  }

  void begin(std::size_t slot) {
    const std::size_t offset = slot * ends_.bytes;
    if (calls_.are_puts) {
      pending_->begun(
          ucp_put_nbx(ends_.with.endpoint, ends_.out, ends_.bytes,
                      remote_.reached->address() + offset, remote_.reached->key(), &how_),
          "put");
    } else {
      pending_->begun(ucp_get_nbx(ends_.with.endpoint, ends_.in + offset, ends_.bytes,
                                  remote_.reached->address(), remote_.reached->key(), &how_),
                      "get");
    }
  }

  Ends ends_;
  Remote remote_;
  OneSidedCalls calls_;
  Calls pending_{ends_.with.engine};
  ucp_request_param_t how_;
};

}  // namespace

std::unique_ptr<Prepared> one_sided(const Ends& ends, Remote remote, const OneSidedCalls& calls) {
  return std::make_unique<OneSided>(ends, std::move(remote), calls);
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
