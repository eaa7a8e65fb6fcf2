#include "backends/host/buffer.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "backends/host/numa.hpp"
#include "backends/host/pages.hpp"
#include "backends/host/threads.hpp"
#include "core/error.hpp"

namespace shortfall {
namespace {

constexpr std::size_t cache_line = 64;
constexpr std::size_t huge_page = std::size_t{2} << 20U;

struct Release {
  std::size_t mapped = 0;  // bytes of its own pages; 0: from the heap
  void operator()(std::byte* memory) const {
    if (mapped > 0) {
      munmap(memory, mapped);
    } else {
      std::free(memory);
    }
  }
};
using Memory = std::unique_ptr<std::byte, Release>;

constexpr std::size_t in_whole(std::size_t pieces_of, std::size_t bytes) {
  return (bytes + pieces_of - 1) / pieces_of * pieces_of;
}

std::string doing(double bytes) {
  return fmt::format("allocate {:.0f} bytes of host memory", bytes);
}

Memory from_heap(std::size_t bytes) {
  const std::size_t length = std::max(in_whole(cache_line, bytes), cache_line);
  void* const memory = std::aligned_alloc(cache_line, length);
  require(
      memory != nullptr, [&] { return doing(static_cast<double>(bytes)); }, "not enough memory");
  return Memory(static_cast<std::byte*>(memory));
}

// Not from the heap, which would hand out again what older advice has made of its pages.
Memory in_own_pages(std::size_t bytes, const Placement& placement) {
  // Larger than needed by a huge page, then cut to begin where one can.
  const std::size_t length = in_whole(huge_page, bytes);
  void* const all =
      mmap(nullptr, length + huge_page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  require(
      all != MAP_FAILED, [&] { return doing(static_cast<double>(bytes)); }, std::strerror(errno));
  auto* const first = static_cast<std::byte*>(all);
  const std::size_t before = in_whole(huge_page, reinterpret_cast<std::size_t>(first)) -
                             reinterpret_cast<std::size_t>(first);
  if (before > 0) munmap(first, before);
  munmap(first + before + length, huge_page - before);
  Memory memory(first + before, Release{length});
  // Only advice: without huge pages everything works, a little slower.
  madvise(memory.get(), length, placement.pages == Pages::huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
  if (placement.node != local_node) bind_to_node(memory.get(), length, placement.node);
  return memory;
}

class HostBuffer final : public Buffer {
 public:
  HostBuffer(std::size_t bytes, int threads, const Placement& placement)
      : memory_(has_own_pages(bytes) ? in_own_pages(bytes, placement) : from_heap(bytes)),
        bytes_(bytes) {
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

std::unique_ptr<Buffer> allocate_on_host(Bytes bytes, int threads, const Placement& placement) {
  // More than there is might be promised, and would end the process when it is touched.
  const double all =
      static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  if (!(bytes.value >= 0 && bytes.value <= all)) {
    throw Error(doing(bytes.value), fmt::format("this computer has {:.0f}", all));
  }
  return std::make_unique<HostBuffer>(whole(bytes), threads, placement);
}

}  // namespace shortfall
