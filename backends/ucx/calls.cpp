#include "backends/ucx/calls.hpp"

#include "core/error.hpp"

namespace shortfall::ucx {

void fail(ucs_status_t status, std::string_view doing, std::source_location at) {
  if (status == UCS_ERR_NO_MEMORY) throw OutOfMemory(doing, ucs_status_string(status), at);
  throw Error(doing, ucs_status_string(status), at);
}

ucp_request_param_t sending(Pending& pending) {
  ucp_request_param_t how{};
  how.op_attr_mask = UCP_OP_ATTR_FIELD_CALLBACK | UCP_OP_ATTR_FIELD_USER_DATA;
  how.cb.send = [](void* request, ucs_status_t status, void* of) {
    static_cast<Pending*>(of)->ended(request, status);
  };
  how.user_data = &pending;
  return how;
}

}  // namespace shortfall::ucx
