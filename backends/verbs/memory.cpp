#include "backends/verbs/memory.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <cerrno>
#include <system_error>

#include "core/error.hpp"
#include "core/text.hpp"

namespace shortfall::verbs {
namespace {

constexpr int plain_access =
    IBV_ACCESS_LOCAL_WRITE | IBV_ACCESS_REMOTE_WRITE | IBV_ACCESS_REMOTE_READ;

// Adapters that do no atomics refuse memory for them.
int flags_of(Access access) {
  return access == Access::atomic ? plain_access | IBV_ACCESS_REMOTE_ATOMIC : plain_access;
}

constexpr const char* how_gpus_are_reached =
    "Load nvidia_peermem (modprobe nvidia_peermem), or take what lends GPU memory by dmabuf: Linux "
    "5.12, NVIDIA's open kernel modules 515, rdma-core 34 or later of each. Memory of more bytes "
    "than BAR1 has ('nvidia-smi -q -d MEMORY') is refused, too. --set memory=host measures without "
    "the GPU's memory";

std::string answer(int error) { return std::generic_category().message(error); }

std::string doing(std::size_t bytes, const char* what, const Port& port) {
  return fmt::format("register {} of {} with {}", size_text(static_cast<std::int64_t>(bytes)), what,
                     port.device->name);
}

// Pages that are locked count against a limit of the process, unless it may lock as it likes.
std::string advice(int error, std::size_t bytes) {
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

// Looked up by name: rdma-core before 34 has no such function, and the program runs with it.
using RegisterFile = ibv_mr*(ibv_pd*, std::uint64_t offset, std::size_t bytes,
                             std::uint64_t address, int file, int access);
RegisterFile* register_file() {
  return reinterpret_cast<RegisterFile*>(dlsym(RTLD_DEFAULT, "ibv_reg_dmabuf_mr"));
}

}  // namespace

Registered::Registered(const Port& port, Buffer& buffer, RegisteredBy way) {
  if (buffer.kind() == MemoryKind::host) {
    register_on_host(port, buffer.address(), whole(buffer.size()));
  } else {
    register_on_gpu(port, buffer, way);
  }
}

void Registered::register_on_host(const Port& port, void* memory, std::size_t bytes) {
  path_ = "host memory";
  if (const int error = try_address(port, memory, bytes)) {
    throw Error(doing(bytes, "host memory", port), answer(error) + advice(error, bytes));
  }
}

void Registered::register_on_gpu(const Port& port, Buffer& buffer, RegisteredBy way) {
  const std::string no_file = way == RegisteredBy::address ? "not tried" : try_file(port, buffer);
  path_ = "GPU memory by dmabuf";
  if (no_file.empty()) return;
  const std::size_t bytes = whole(buffer.size());
  if (way == RegisteredBy::file)
    throw Error(doing(bytes, "GPU memory", port), "by dmabuf: " + no_file);
  path_ = fmt::format("GPU memory by peer memory (dmabuf: {})", no_file);
  if (const int error = try_address(port, buffer.address(), bytes)) {
    throw Error(doing(bytes, "GPU memory", port),
                fmt::format("by dmabuf: {}; by peer memory: {}. {}", no_file, answer(error),
                            how_gpus_are_reached));
  }
}

int Registered::try_address(const Port& port, void* memory, std::size_t bytes) {
  region_.reset(ibv_reg_mr(port.device->domain.get(), memory, bytes, flags_of(access_)));
  return region_ ? 0 : errno;
}

std::string Registered::try_file(const Port& port, Buffer& buffer) {
  RegisterFile* const with_adapter = register_file();
  if (with_adapter == nullptr) return "this libibverbs knows nothing of it";
  auto answered = buffer.lend();
  if (const auto* const no = std::get_if<Unsupported>(&answered)) return no->reason;
  lent_.emplace(std::get<DmaBuf>(std::move(answered)));
  region_.reset(with_adapter(port.device->domain.get(), lent_->offset(), whole(buffer.size()),
                             reinterpret_cast<std::uint64_t>(buffer.address()), lent_->file(),
                             flags_of(access_)));
  if (region_) return {};
  const int error = errno;
  lent_.reset();
  return fmt::format("{} answers '{}'", port.device->name, answer(error));
}

}  // namespace shortfall::verbs
