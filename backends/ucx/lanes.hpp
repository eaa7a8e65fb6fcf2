// What UCX prints of an endpoint, in short.
#pragma once

#include <string>
#include <string_view>

namespace shortfall::ucx {

// "posix/memory (am, am_bw), cma/memory (rma_bw)" of ucp_ep_print_info()'s text: by lane the
// transport, its device, and what it is used for.
std::string lanes_in(std::string_view info);

}  // namespace shortfall::ucx
