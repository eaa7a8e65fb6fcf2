// Messages that both ends take part in, in the three ways of UCX: begun one by one, finished while
// the engine makes progress.
#pragma once

#include <cstddef>
#include <memory>

#include "backends/ucx/calls.hpp"
#include "backends/ucx/contact.hpp"

namespace shortfall::ucx {

// What goes out, again and again, and where arrivals are put: in turn in each of the slots.
struct Ends {
  Contact with;
  std::uint16_t number = 0;  // of Engine::next_number()
  std::byte* out = nullptr;
  std::byte* in = nullptr;
  std::size_t bytes = 0;  // of a message
  std::size_t slots = 1;
  bool on_host = true;
  bool is_burst = false;  // of several messages
};

class Slots {
 public:
  explicit Slots(const Ends& ends) : ends_(ends) {}
  std::byte* next() {
    std::byte* const slot = ends_.in + next_ * ends_.bytes;
    next_ = next_ + 1 == ends_.slots ? 0 : next_ + 1;
    return slot;
  }

 private:
  const Ends& ends_;
  std::size_t next_ = 0;
};

// What Tagged and Streamed have in common. Of each class below, send() and receive() begin one,
// sending() and receiving() say how many are under way.
class Requests {
 public:
  Requests(const Requests&) = delete;
  Requests& operator=(const Requests&) = delete;
  std::size_t sending() const { return out_->count; }
  std::size_t receiving() const { return in_->count; }

 protected:
  using ReceivingOf = ucp_request_param_t(Pending&);
  Requests(const Ends& ends, ReceivingOf* how_to_receive);
  ~Requests() = default;
  void check(const char* sending, const char* receiving) const;

  Ends ends_;
  Slots slots_{ends_};
  Calls out_{ends_.with.engine}, in_{ends_.with.engine};
  ucp_request_param_t how_to_send_, how_to_receive_;
};

class Tagged : public Requests {
 public:
  explicit Tagged(const Ends& ends);
  void send();
  void receive();
  void check() const { Requests::check("send tagged messages", "receive tagged messages"); }
};

class Streamed : public Requests {
 public:
  explicit Streamed(const Ends& ends);
  void send();
  void receive();
  void check() const { Requests::check("send on a stream", "receive from a stream"); }
};

// UCX hands over each message when it comes: it may be there before it is waited for.
class Active {
 public:
  explicit Active(const Ends& ends);
  ~Active();
  Active(const Active&) = delete;
  Active& operator=(const Active&) = delete;
  void send();
  void receive() { ++missing_; }
  std::size_t sending() const { return out_->count; }
  std::size_t receiving() const {
    const auto still = missing_ + static_cast<std::ptrdiff_t>(fetching_->count);
    return still > 0 ? static_cast<std::size_t>(still) : std::size_t{0};
  }
  void check() const;

 private:
  void listen(ucp_am_recv_callback_t callback);
  ucs_status_t take(void* data, std::size_t length, bool is_announced);

  Ends ends_;
  Slots slots_{ends_};
  Calls out_{ends_.with.engine}, fetching_{ends_.with.engine};
  std::ptrdiff_t missing_ = 0;  // not handed over yet; negative: more came than was waited for
  ucp_request_param_t how_to_send_, how_to_fetch_;
};

// Says to the other rank that something is done.
class Notice {
 public:
  Notice(const Contact& with, std::uint16_t number);
  Notice(const Notice&) = delete;
  Notice& operator=(const Notice&) = delete;
  void send();  // returns before it is taken
  void wait();
  // On both ranks: each makes progress until the other one needs nothing of it any more. A notice
  // leaves after all that UCX still had to send; the second one, after what the first one brought.
  void settle();

 private:
  Contact with_;
  std::byte sent_{}, taken_{};
  Calls out_{with_.engine}, in_{with_.engine};
  ucp_tag_t tag_;
  ucp_request_param_t how_to_send_, how_to_receive_;
};

}  // namespace shortfall::ucx
