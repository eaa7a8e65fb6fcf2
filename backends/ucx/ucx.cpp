// UCX, as programs use it that do not go through MPI: what it makes of the devices at hand.
#include "backends/backend.hpp"
#include "backends/ucx/context.hpp"
#include "backends/ucx/link.hpp"

namespace shortfall {
namespace ucx {
namespace {

std::string why_unusable() {
  try {
    const Context context;
  } catch (const std::exception& no) {
    return no.what();
  }
  return {};
}

Probe probe() {
  static const std::string why = why_unusable();  // it takes some milliseconds
  if (why.empty()) return Usable{};
  return Unusable{why};
}

}  // namespace
}  // namespace ucx

Backend ucx_backend() {
  return {.name = "ucx",
          .summary = "put, get, tags, active messages and streams of UCX between two ranks",
          .probe = ucx::probe,
          .open_link = ucx::open_link,
          .links = {Carrier::ucx},
          .versions = [] {
            return Details{{"UCX", ucx::version()}};
          }};
}

}  // namespace shortfall
