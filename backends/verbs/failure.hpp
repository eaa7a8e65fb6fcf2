// What is said of work that an adapter could not do.
#pragma once

#include <infiniband/verbs.h>

#include <string>

namespace shortfall::verbs {

// "IBV_WC_RETRY_EXC_ERR": as the library's header spells it.
std::string name_of(ibv_wc_status status);

// The name, the library's words, the vendor's code, and what to look at.
std::string text_of(const ibv_wc& completion);

}  // namespace shortfall::verbs
