#include "backends/ucx/engine.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

#include "backends/ucx/calls.hpp"
#include "backends/ucx/lanes.hpp"
#include "core/error.hpp"

namespace shortfall::ucx {
namespace {

constexpr const char* what_to_check =
    "see that the process still runs, that UCX_TLS and UCX_NET_DEVICES name devices through which "
    "both hosts reach each other, and that no firewall stands between them";

}  // namespace

Engine::Engine(std::shared_ptr<const Context> context, World& group)
    : context_(std::move(context)), group_(group) {
  ucp_worker_params_t wanted{};
  wanted.field_mask = UCP_WORKER_PARAM_FIELD_THREAD_MODE;
  wanted.thread_mode = UCS_THREAD_MODE_SINGLE;
  check(ucp_worker_create(context_->handle(), &wanted, &handle_), "open the devices of UCX");
}

Engine::~Engine() {
  if (!is_broken_) close();
  ucp_worker_destroy(handle_);
}

// In order, so that no rank takes the end of the others for a failure of theirs; a rank that does
// not answer is left behind.
void Engine::close() noexcept {
  constexpr std::chrono::milliseconds enough{300};
  const auto end = Clock::now() + enough;
  for (const auto& [rank, endpoint] : endpoints_) {
    const ucp_request_param_t gently{};
    ucs_status_ptr_t closing = ucp_ep_close_nbx(endpoint->handle, &gently);
    if (!UCS_PTR_IS_PTR(closing)) continue;
    while (ucp_request_check_status(closing) == UCS_INPROGRESS && Clock::now() < end) {
      ucp_worker_progress(handle_);
    }
    ucp_request_free(closing);
  }
}

std::string Engine::address() const {
  ucp_address_t* bytes = nullptr;
  std::size_t length = 0;
  check(ucp_worker_get_address(handle_, &bytes, &length), "ask UCX for this rank's address");
  std::string copy(reinterpret_cast<const char*>(bytes), length);
  ucp_worker_release_address(handle_, bytes);
  return copy;
}

// Without UCP_ERR_HANDLING_MODE_PEER: with it UCX 1.13 takes no shared memory, and most rendezvous
// protocols fall back to copies. What transports notice is told here all the same; who is silent
// runs into the patience.
ucp_ep_h Engine::connect(int peer, const std::string& address) {
  const auto& endpoint = endpoints_[peer] = std::make_unique<Endpoint>();
  endpoint->rank = peer;
  ucp_ep_params_t wanted{};
  wanted.field_mask = UCP_EP_PARAM_FIELD_REMOTE_ADDRESS | UCP_EP_PARAM_FIELD_ERR_HANDLING_MODE |
                      UCP_EP_PARAM_FIELD_ERR_HANDLER;
  wanted.address = reinterpret_cast<const ucp_address_t*>(address.data());
  wanted.err_mode = UCP_ERR_HANDLING_MODE_NONE;
  wanted.err_handler.cb = [](void* to, ucp_ep_h, ucs_status_t status) {
    static_cast<Endpoint*>(to)->status = status;
  };
  wanted.err_handler.arg = endpoint.get();
  const ucs_status_t status = ucp_ep_create(handle_, &wanted, &endpoint->handle);
  if (status == UCS_OK) return endpoint->handle;
  endpoints_.erase(peer);
  fail(status, fmt::format("connect UCX to rank {} on {} ({})", group_.rank_in_job(peer),
                           group_.host(peer), what_to_check));
}

std::string lanes_of(ucp_ep_h endpoint) {
  char* text = nullptr;
  std::size_t length = 0;
  std::FILE* const stream = open_memstream(&text, &length);
  if (stream == nullptr) return {};
  ucp_ep_print_info(endpoint, stream);
  std::fclose(stream);
  const std::string info(text, length);
  std::free(text);
  return lanes_in(info);
}

std::string Engine::peers() const {
  std::string names;
  for (const auto& [rank, endpoint] : endpoints_) {
    names += fmt::format("{}rank {} on {}", names.empty() ? "" : ", ", group_.rank_in_job(rank),
                         group_.host(rank));
  }
  return names;
}

void Engine::blame() const {
  for (const auto& [rank, endpoint] : endpoints_) {
    if (endpoint->status == UCS_OK) continue;
    throw Error(fmt::format("exchange data with rank {} on {} by UCX", group_.rank_in_job(rank),
                            group_.host(rank)),
                fmt::format("{}; {}", ucs_status_string(endpoint->status), what_to_check));
  }
}

void Engine::look(Watch& watch) {
  const auto now = Clock::now();
  if (watch.events > 0 || !watch.last_event) watch.last_event = now;
  watch.events = 0;
  blame();
  if (group_.hears_alarm()) throw Forsaken("exchange data by UCX", "another rank has failed");
  const double patience = group_.deadline().patience.value / 3;
  const std::chrono::duration<double> silence = now - *watch.last_event;
  if (silence.count() < patience) return;
  throw Error("exchange data with " + peers() + " by UCX",
              fmt::format("timeout: nothing for {:.3g} s; {}", patience, what_to_check));
}

}  // namespace shortfall::ucx
