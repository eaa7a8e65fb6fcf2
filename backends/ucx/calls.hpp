// Answers of UCX, and how many of the things that were begun are still under way.
#pragma once

#include <ucp/api/ucp.h>

#include <cstddef>
#include <source_location>
#include <string_view>

namespace shortfall::ucx {

[[noreturn]] void fail(ucs_status_t status, std::string_view doing,
                       std::source_location at = std::source_location::current());

inline void check(ucs_status_t status, std::string_view doing,
                  std::source_location at = std::source_location::current()) {
  if (status != UCS_OK) [[unlikely]]
    fail(status, doing, at);
}

// Calls of one kind that UCX finishes while its engine makes progress.
struct Pending {
  std::size_t count = 0;
  ucs_status_t status = UCS_OK;  // the last that was not good

  void ended(void* request, ucs_status_t how) {
    --count;
    if (how != UCS_OK) status = how;
    ucp_request_free(request);
  }
  // What a call has answered: done already, under way, or refused.
  void begun(ucs_status_ptr_t answer, std::string_view doing,
             std::source_location at = std::source_location::current()) {
    if (answer == nullptr) return;
    if (UCS_PTR_IS_ERR(answer)) [[unlikely]]
      fail(UCS_PTR_STATUS(answer), doing, at);
    ++count;
  }
};

// For calls that send, put, get or flush, with what tells `pending` of their ends.
ucp_request_param_t sending(Pending& pending);

}  // namespace shortfall::ucx
