#include "backends/ucx/context.hpp"

#include <array>
#include <cstdlib>

#include "backends/ucx/calls.hpp"

namespace shortfall::ucx {

Context::Context() {
  ucp_config_t* config = nullptr;
  check(ucp_config_read(nullptr, nullptr, &config), "read the settings of UCX");
  ucp_params_t wanted{};
  wanted.field_mask = UCP_PARAM_FIELD_FEATURES;
  wanted.features = UCP_FEATURE_RMA | UCP_FEATURE_TAG | UCP_FEATURE_AM | UCP_FEATURE_STREAM;
  const ucs_status_t status = ucp_init(&wanted, config, &handle_);
  ucp_config_release(config);
  if (status == UCS_OK) return;
  std::string doing = "start UCX " + version();
  for (const auto& [name, value] : settings()) doing.append(", ").append(name + "=" + value);
  fail(status, doing + " ('ucx_info -d' lists what this machine has)");
}

Context::~Context() { ucp_cleanup(handle_); }

bool Context::takes(MemoryKind kind) const {
  if (kind == MemoryKind::host) return true;
  ucp_context_attr_t found{};
  found.field_mask = UCP_ATTR_FIELD_MEMORY_TYPES;
  check(ucp_context_query(handle_, &found), "ask UCX which memory it takes");
  return (found.memory_types >> UCS_MEMORY_TYPE_CUDA & 1) != 0;
}

std::string version() {
  unsigned major = 0, minor = 0, patch = 0;
  ucp_get_version(&major, &minor, &patch);
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

Details settings() {
  Details set;
  for (const char* const name : std::array{"UCX_TLS", "UCX_NET_DEVICES", "UCX_SHM_DEVICES"}) {
    if (const char* const value = std::getenv(name)) set.emplace_back(name, value);
  }
  return set;
}

}  // namespace shortfall::ucx
