#include "backends/ucx/messages.hpp"

#include <algorithm>
#include <cstring>

namespace shortfall::ucx {
namespace {

enum Kind : ucp_tag_t { message, notice };

constexpr ucp_tag_t every_bit = ~ucp_tag_t{0};

ucp_tag_t tag_of(std::uint16_t number, Kind kind) { return ucp_tag_t{number} << 8 | kind; }

ucp_request_param_t sending_of(const Ends& ends, Pending& pending) {
  ucp_request_param_t how = sending(pending);
  if (ends.is_burst) how.op_attr_mask |= UCP_OP_ATTR_FLAG_MULTI_SEND;
  return how;
}

ucp_request_param_t receiving_tagged(Pending& pending) {
  ucp_request_param_t how = sending(pending);
  how.cb.recv = [](void* request, ucs_status_t status, const ucp_tag_recv_info_t*, void* of) {
    static_cast<Pending*>(of)->ended(request, status);
  };
  return how;
}

ucp_request_param_t receiving_streamed(Pending& pending) {
  ucp_request_param_t how = sending(pending);
  how.op_attr_mask |= UCP_OP_ATTR_FIELD_FLAGS;
  how.flags = UCP_STREAM_RECV_FLAG_WAITALL;
  how.cb.recv_stream = [](void* request, ucs_status_t status, std::size_t, void* of) {
    static_cast<Pending*>(of)->ended(request, status);
  };
  return how;
}

}  // namespace

Requests::Requests(const Ends& ends, ReceivingOf* how_to_receive)
    : ends_(ends), how_to_send_(sending_of(ends, *out_)), how_to_receive_(how_to_receive(*in_)) {}

void Requests::check(const char* sending, const char* receiving) const {
  ucx::check(out_->status, sending);
  ucx::check(in_->status, receiving);
}

Tagged::Tagged(const Ends& ends) : Requests(ends, receiving_tagged) {}

void Tagged::send() {
  out_->begun(ucp_tag_send_nbx(ends_.with.endpoint, ends_.out, ends_.bytes,
                               tag_of(ends_.number, message), &how_to_send_),
              "send a tagged message");
}

void Tagged::receive() {
  in_->begun(ucp_tag_recv_nbx(ends_.with.engine->handle(), slots_.next(), ends_.bytes,
                              tag_of(ends_.number, message), every_bit, &how_to_receive_),
             "receive a tagged message");
}

Streamed::Streamed(const Ends& ends) : Requests(ends, receiving_streamed) {}

void Streamed::send() {
  out_->begun(ucp_stream_send_nbx(ends_.with.endpoint, ends_.out, ends_.bytes, &how_to_send_),
              "send on a stream");
}

void Streamed::receive() {
  std::size_t length = 0;  // all, or not yet
  in_->begun(ucp_stream_recv_nbx(ends_.with.endpoint, slots_.next(), ends_.bytes, &length,
                                 &how_to_receive_),
             "receive from a stream");
}

Active::Active(const Ends& ends)
    : ends_(ends), how_to_send_(sending_of(ends, *out_)), how_to_fetch_(ucx::sending(*fetching_)) {
  how_to_fetch_.op_attr_mask |= UCP_OP_ATTR_FLAG_NO_IMM_CMPL;
  how_to_fetch_.cb.recv_am = [](void* request, ucs_status_t status, std::size_t, void* of) {
    static_cast<Pending*>(of)->ended(request, status);
  };
  listen([](void* to, const void*, std::size_t, void* data, std::size_t length,
            const ucp_am_recv_param_t* how) {
    const bool is_announced = (how->recv_attr & UCP_AM_RECV_ATTR_FLAG_RNDV) != 0;
    return static_cast<Active*>(to)->take(data, length, is_announced);
  });
}

Active::~Active() { listen(nullptr); }

void Active::listen(ucp_am_recv_callback_t callback) {
  ucp_am_handler_param_t wanted{};
  wanted.field_mask = UCP_AM_HANDLER_PARAM_FIELD_ID | UCP_AM_HANDLER_PARAM_FIELD_CB |
                      UCP_AM_HANDLER_PARAM_FIELD_ARG | UCP_AM_HANDLER_PARAM_FIELD_FLAGS;
  wanted.id = ends_.number;
  // Other memory than the host's is written by UCX alone, from data that outlive the callback.
  wanted.flags = UCP_AM_FLAG_WHOLE_MSG;
  if (!ends_.on_host) wanted.flags |= UCP_AM_FLAG_PERSISTENT_DATA;
  wanted.cb = callback;
  wanted.arg = this;
  const ucs_status_t status = ucp_worker_set_am_recv_handler(ends_.with.engine->handle(), &wanted);
  if (callback != nullptr) ucx::check(status, "listen to active messages");
}

// A callback must not throw.
ucs_status_t Active::take(void* data, std::size_t length, bool is_announced) {
  std::byte* const slot = slots_.next();
  --missing_;
  if (length != ends_.bytes) fetching_->status = UCS_ERR_MESSAGE_TRUNCATED;
  if (!is_announced && ends_.on_host) {
    std::memcpy(slot, data, std::min(length, ends_.bytes));
    return UCS_OK;
  }
  const ucs_status_ptr_t fetching =
      ucp_am_recv_data_nbx(ends_.with.engine->handle(), data, slot, ends_.bytes, &how_to_fetch_);
  if (UCS_PTR_IS_ERR(fetching)) {
    fetching_->status = UCS_PTR_STATUS(fetching);
  } else {
    ++fetching_->count;  // its end is told always, and maybe was by now
  }
  return UCS_INPROGRESS;
}

void Active::send() {
  out_->begun(ucp_am_send_nbx(ends_.with.endpoint, ends_.number, nullptr, 0, ends_.out, ends_.bytes,
                              &how_to_send_),
              "send an active message");
}

void Active::check() const {
  ucx::check(out_->status, "send active messages");
  ucx::check(fetching_->status, "receive active messages");
}

Notice::Notice(const Contact& with, std::uint16_t number)
    : with_(with),
      tag_(tag_of(number, notice)),
      how_to_send_(sending(*out_)),
      how_to_receive_(receiving_tagged(*in_)) {}

void Notice::send() {
  out_->begun(ucp_tag_send_nbx(with_.endpoint, &sent_, sizeof sent_, tag_, &how_to_send_),
              "tell the other rank that all is done");
}

void Notice::wait() {
  in_->begun(ucp_tag_recv_nbx(with_.engine->handle(), &taken_, sizeof taken_, tag_, every_bit,
                              &how_to_receive_),
             "wait for the other rank");
  with_.engine->progress_until([&] { return in_->count == 0; });
  check(in_->status, "wait for the other rank");
}

void Notice::settle() {
  for (int i = 0; i < 2; ++i) {
    send();
    wait();
    with_.engine->progress_until([&] { return out_->count == 0; });
  }
  check(out_->status, "tell the other rank that all is done");
}

}  // namespace shortfall::ucx
