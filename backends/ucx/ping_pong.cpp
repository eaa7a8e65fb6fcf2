#include "backends/ucx/ping_pong.hpp"

#include <optional>

namespace shortfall::ucx {
namespace {

template <class Messages>
class PingPong final : public Prepared {
 public:
  PingPong(const Ends& ends, bool begins) : with_(ends.with), begins_(begins), messages_(ends) {}

  void enqueue(Stream&) override {
    with_.engine->exchange([this] { call(); });
  }

 private:
  void call() {
    if (begins_) messages_.send();
    messages_.receive();
    finish();
    if (begins_) return;
    messages_.send();
    finish();  // as far as it must: what is left, Link::settle() does
  }

  void finish() {
    with_.engine->progress_until(
        [&] { return messages_.receiving() == 0 && messages_.sending() == 0; });
    messages_.check();
  }

  Contact with_;
  bool begins_;
  Messages messages_;
};

// A message has come when its last byte has. So that a rank sees the same byte come again, it
// writes another one there before it answers. Which byte it is, the first message of a round tells:
// a word with the number of the round is put behind it. Memory of GPUs cannot be polled: there the
// word follows every message.
class PutPingPong final : public Prepared {
 public:
  PutPingPong(const Ends& ends, Remote remote, Announcement word, bool begins)
      : ends_(ends),
        remote_(std::move(remote)),
        word_(std::move(word)),
        begins_(begins),
        last_sent_(ends.out + ends.bytes - 1),
        last_(ends.in + ends.bytes - 1),
        how_(sending(*pending_)) {}

  void enqueue(Stream&) override {
    ends_.with.engine->exchange([this] { call(); });
  }

  // Every message of a round is the same.
  void refresh() override {
    ++round_;
    is_announced_ = false;
    awaited_.reset();
  }
  void collect() override {
    if (awaited_ && ends_.on_host) *last_ = *awaited_;
  }
  Details details() const override {
    return {{"arrival", ends_.on_host ? "seen in the last byte" : "told by a second put"}};
  }

 private:
  void call() {
    if (begins_) send();
    receive();
    if (begins_) return;
    send();
  }

  void send() {
    pending_->begun(ucp_put_nbx(ends_.with.endpoint, ends_.out, ends_.bytes,
                                remote_.reached->address(), remote_.reached->key(), &how_),
                    "put");
    if (!is_announced_) announce();
    ends_.with.engine->progress_until([&] { return pending_->count == 0; });
    check(pending_->status, "put");
  }

  void announce() {
    is_announced_ = ends_.on_host;
    const std::uint64_t number = ends_.on_host ? round_ : ++announced_;
    const auto byte = ends_.on_host ? std::to_integer<std::uint64_t>(*last_sent_) : 0;
    check(ucp_worker_fence(ends_.with.engine->handle()), "keep puts in order");
    word_.write(ends_.with, number << 8 | byte, *pending_);
  }

  void receive() {
    if (awaited_) {
      const volatile std::byte* const last = last_;
      const std::byte awaited = *awaited_;
      ends_.with.engine->progress_until([&] { return *last == awaited; });
    } else {
      learn();
    }
    if (awaited_) *last_ = ~*awaited_;
  }

  void learn() {
    const std::uint64_t wanted = ends_.on_host ? round_ : ++taken_;
    ends_.with.engine->progress_until([&] { return word_.read() >> 8 == wanted; });
    if (ends_.on_host) awaited_ = static_cast<std::byte>(word_.read() & 0xff);
  }

  Ends ends_;
  Remote remote_;
  Announcement word_;
  bool begins_;
  const std::byte* last_sent_;
  std::byte* last_;
  std::uint64_t round_ = 0;
  std::uint64_t announced_ = 0, taken_ = 0;  // each message of a GPU's memory
  bool is_announced_ = false;
  std::optional<std::byte> awaited_;
  Calls pending_{ends_.with.engine};
  ucp_request_param_t how_;
};

}  // namespace

std::unique_ptr<Prepared> tagged_ping_pong(const Ends& ends, bool begins) {
  return std::make_unique<PingPong<Tagged>>(ends, begins);
}
std::unique_ptr<Prepared> streamed_ping_pong(const Ends& ends, bool begins) {
  return std::make_unique<PingPong<Streamed>>(ends, begins);
}
std::unique_ptr<Prepared> active_ping_pong(const Ends& ends, bool begins) {
  return std::make_unique<PingPong<Active>>(ends, begins);
}

std::unique_ptr<Prepared> put_ping_pong(const Ends& ends, Remote remote, Announcement word,
                                        bool begins) {
  return std::make_unique<PutPingPong>(ends, std::move(remote), std::move(word), begins);
}

}  // namespace shortfall::ucx
