#include "backends/ucx/window.hpp"

#include "backends/ucx/in_flight.hpp"

namespace shortfall::ucx {
namespace {

template <class Messages>
class Window final : public Prepared {
 public:
  Window(const Ends& ends, const Share& share)
      : with_(ends.with), share_(share), messages_(ends), notice_(ends.with, ends.number) {}

  void enqueue(Stream&) override {
    with_.engine->exchange([this] {
      exchange();
      messages_.check();
      finish();
    });
  }

 private:
  void exchange() {
    std::size_t to_send = share_.sends, to_receive = share_.receives;
    with_.engine->progress_until([&] {
      for (; to_receive > 0 && messages_.receiving() < most_in_flight; --to_receive) {
        messages_.receive();
      }
      for (; to_send > 0 && messages_.sending() < most_in_flight; --to_send) messages_.send();
      return to_send + to_receive + messages_.sending() + messages_.receiving() == 0;
    });
  }

  void finish() {
    if (share_.receives == 0) notice_.wait();
    if (share_.sends == 0) notice_.send();
  }

  Contact with_;
  Share share_;
  Messages messages_;
  Notice notice_;
};

}  // namespace

std::unique_ptr<Prepared> tagged_window(const Ends& ends, const Share& share) {
  return std::make_unique<Window<Tagged>>(ends, share);
}
std::unique_ptr<Prepared> streamed_window(const Ends& ends, const Share& share) {
  return std::make_unique<Window<Streamed>>(ends, share);
}
std::unique_ptr<Prepared> active_window(const Ends& ends, const Share& share) {
  return std::make_unique<Window<Active>>(ends, share);
}

}  // namespace shortfall::ucx
