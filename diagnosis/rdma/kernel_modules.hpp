// Kernel modules of a host, by the versions that it tells of them.
#pragma once

#include <algorithm>
#include <string_view>

#include "topology/host.hpp"

namespace shortfall {

inline bool is_loaded(const Host& host, std::string_view module) {
  return std::ranges::any_of(host.os.versions,
                             [&](const auto& version) { return version.first == module; });
}

// Whether a module that is not listed is not loaded: a container may hide all of them. Where that
// of the adapter's own driver is seen, others would be.
inline bool shows_modules(const Host& host, const Nic& nic) {
  return !nic.driver.empty() && is_loaded(host, nic.driver);
}

}  // namespace shortfall
