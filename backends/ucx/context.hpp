// UCX, started with the settings that the environment gives it.
#pragma once

#include <ucp/api/ucp.h>

#include <string>

#include "backends/device.hpp"

namespace shortfall::ucx {

class Context {
 public:
  Context();
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  ucp_context_h handle() const { return handle_; }
  bool takes(MemoryKind kind) const;

 private:
  ucp_context_h handle_ = nullptr;
};

std::string version();  // of the library that runs

// Those that decide which devices and transports are used, as far as they are set.
Details settings();

}  // namespace shortfall::ucx
