#include "backends/nccl/environment.hpp"

#include <fmt/format.h>
#include <ifaddrs.h>
#include <net/if.h>

#include <algorithm>
#include <memory>
#include <set>

#include "core/text.hpp"

namespace shortfall::nccl {
namespace {

std::string value_of(const Environment& environment, const char* name) {
  const char* const value = environment(name);
  return value == nullptr ? "" : value;
}

bool is_off(const Environment& environment, const char* name) {
  return value_of(environment, name) == "0";
}

std::string why_not_buffers(Collective::Buffers buffers, const Environment& environment) {
  if (buffers == Collective::Buffers::plain) return {};
  if (buffers == Collective::Buffers::registered) {
    return is_off(environment, "NCCL_LOCAL_REGISTER") ? "NCCL_LOCAL_REGISTER=0 registers nothing"
                                                      : "";
  }
  for (const char* const name : {"NCCL_WIN_ENABLE", "NCCL_CUMEM_ENABLE"}) {
    if (is_off(environment, name)) return fmt::format("{}=0 forbids symmetric windows", name);
  }
  return {};
}

std::string why_not_channels(int channels, const Environment& environment) {
  if (channels == 0) return {};
  for (const char* const name :
       {"NCCL_MIN_CTAS", "NCCL_MIN_NCHANNELS", "NCCL_MAX_CTAS", "NCCL_MAX_NCHANNELS"}) {
    const std::string set = value_of(environment, name);
    if (!set.empty()) return fmt::format("{}={} goes before channels={}", name, set, channels);
  }
  return {};
}

}  // namespace

bool is_taken(const std::string& list, const std::string& interface) {
  const bool excludes = list.starts_with('^');
  const std::string names = list.substr(excludes ? 1 : 0);
  const bool is_exact = names.starts_with('=');
  const auto all = split(names.substr(is_exact ? 1 : 0), ',');
  const bool is_named = std::ranges::any_of(all, [&](const std::string& name) {
    return is_exact ? interface == name : !name.empty() && interface.starts_with(name);
  });
  return is_named != excludes;
}

std::string why_not_at_all(const Environment& environment,
                           const std::vector<std::string>& interfaces) {
  const std::string list = value_of(environment, "NCCL_SOCKET_IFNAME");
  const auto takes = [&](const std::string& name) { return is_taken(list, name); };
  if (!list.empty() && std::ranges::none_of(interfaces, takes)) {
    return fmt::format("NCCL_SOCKET_IFNAME={} matches no interface of this host, which has {}",
                       list, interfaces.empty() ? "none" : join(interfaces, ", "));
  }
  if (const auto set = value_of(environment, "NCCL_COMM_BLOCKING"); set == "1") {
    return "NCCL_COMM_BLOCKING=1 makes every hang one of this program, too: unset it";
  }
  return {};
}

std::string why_not(const Collective& c, const Environment& environment) {
  if (auto why = why_not_buffers(c.buffers, environment); !why.empty()) return why;
  return why_not_channels(c.channels, environment);
}

std::vector<std::string> interfaces_of_host() {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(list, &freeifaddrs);
  std::set<std::string> names;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if ((entry->ifa_flags & IFF_UP) != 0) names.insert(entry->ifa_name);
  }
  return {names.begin(), names.end()};
}

}  // namespace shortfall::nccl
