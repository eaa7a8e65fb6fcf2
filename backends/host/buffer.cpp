#include "backends/host/buffer.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "backends/host/threads.hpp"
#include "core/error.hpp"

namespace shortfall {
namespace {

constexpr std::size_t cache_line = 64;
constexpr std::size_t page = 4096;
constexpr std::size_t huge_page = std::size_t{2} << 20U;

struct Free {
  void operator()(std::byte* memory) const { std::free(memory); }
};
using Memory = std::unique_ptr<std::byte, Free>;

std::string doing(double bytes) {
  return fmt::format("allocate {:.0f} bytes of host memory", bytes);
}

Memory aligned_memory(std::size_t bytes) {
  // From the first page on: a curve over sizes must not have a step where the pages change.
  const bool is_paged = bytes >= page;
  const std::size_t alignment = is_paged ? huge_page : cache_line;
  const std::size_t pieces = std::max<std::size_t>(bytes / alignment + (bytes % alignment != 0), 1);
  void* const memory = std::aligned_alloc(alignment, pieces * alignment);
  require(
      memory != nullptr, [&] { return doing(static_cast<double>(bytes)); }, "not enough memory");
  // Only advice: without huge pages everything works, a little slower.
  if (is_paged) madvise(memory, pieces * alignment, MADV_HUGEPAGE);
  return Memory(static_cast<std::byte*>(memory));
}

class HostBuffer final : public Buffer {
 public:
  HostBuffer(std::size_t bytes, int threads) : memory_(aligned_memory(bytes)), bytes_(bytes) {
    const int touching = threads_for(bytes, threads);
    on_threads(touching, [&](int thread) {
      const Part mine = part_of(bytes, cache_line, thread, touching);
      std::memset(memory_.get() + mine.first, 0, mine.count);
    });
  }
  void* address() override { return memory_.get(); }
  Bytes size() const override { return {static_cast<double>(bytes_)}; }
  MemoryKind kind() const override { return MemoryKind::host; }

 private:
  Memory memory_;
  std::size_t bytes_;
};

}  // namespace

std::unique_ptr<Buffer> allocate_on_host(Bytes bytes, int threads) {
  // More than there is might be promised, and would end the process when it is touched.
  const double all =
      static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  if (!(bytes.value >= 0 && bytes.value <= all)) {
    throw Error(doing(bytes.value), fmt::format("this computer has {:.0f}", all));
  }
  return std::make_unique<HostBuffer>(whole(bytes), threads);
}

}  // namespace shortfall
