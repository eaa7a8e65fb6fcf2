#include "backends/verbs/memory.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <cerrno>
#include <fstream>
#include <system_error>

#include "core/error.hpp"
#include "core/text.hpp"

namespace shortfall::verbs {
namespace {

constexpr int all_access = IBV_ACCESS_LOCAL_WRITE | IBV_ACCESS_REMOTE_WRITE |
                           IBV_ACCESS_REMOTE_READ | IBV_ACCESS_REMOTE_ATOMIC;

std::string path_to(MemoryKind kind) {
  return kind == MemoryKind::host ? "host memory" : "GPU memory by the driver's peer memory";
}

// Pages that are locked count against a limit of the process, unless it may lock as it likes.
std::string advice(int error, std::size_t bytes, MemoryKind kind) {
  if (kind != MemoryKind::host) {
    return ". Load nvidia_peermem, or a driver and a kernel that lend GPU memory by dmabuf";
  }
  rlimit limit{};
  getrlimit(RLIMIT_MEMLOCK, &limit);
  const bool is_limited = limit.rlim_cur != RLIM_INFINITY;
  if (error != ENOMEM || !is_limited) return "";
  return fmt::format(
      ". This process may lock {} of memory and asked for {} more: raise the limit (ulimit -l "
      "unlimited, LimitMEMLOCK=infinity of the daemon that starts jobs)",
      size_text(static_cast<std::int64_t>(limit.rlim_cur)),
      size_text(static_cast<std::int64_t>(bytes)));
}

}  // namespace

Registered::Registered(const Port& port, void* memory, std::size_t bytes, MemoryKind kind)
    : path_(path_to(kind)) {
  region_.reset(ibv_reg_mr(port.device->domain.get(), memory, bytes, all_access));
  if (region_) return;
  const int error = errno;
  throw Error(fmt::format("register {} of {} with {}", size_text(static_cast<std::int64_t>(bytes)),
                          path_, port.device->name),
              std::generic_category().message(error) + advice(error, bytes, kind));
}

}  // namespace shortfall::verbs
