#include "backends/host/buffer.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "backends/host/pages.hpp"
#include "backends/host/threads.hpp"
#include "backends/own_pages.hpp"
#include "core/error.hpp"

namespace shortfall {
namespace {

constexpr std::size_t cache_line = 64;
struct Free {
  void operator()(std::byte* memory) const { std::free(memory); }
};
using FromHeap = std::unique_ptr<std::byte, Free>;

std::string doing(double bytes) {
  return fmt::format("allocate {:.0f} bytes of host memory", bytes);
}

FromHeap from_heap(std::size_t bytes) {
  const std::size_t lines = std::max((bytes + cache_line - 1) / cache_line, std::size_t{1});
  void* const memory = std::aligned_alloc(cache_line, lines * cache_line);
  require(
      memory != nullptr, [&] { return doing(static_cast<double>(bytes)); }, "not enough memory");
  return FromHeap(static_cast<std::byte*>(memory));
}

class HostBuffer final : public Buffer {
 public:
  HostBuffer(std::size_t bytes, int threads, const Placement& placement) : bytes_(bytes) {
    if (has_own_pages(bytes)) {
      pages_ = own_pages(bytes, placement);
    } else {
      small_ = from_heap(bytes);
    }
    const int touching = threads_for(bytes, threads);
    on_threads(touching, [&](int thread) {
      const Part mine = part_of(bytes, cache_line, thread, touching);
      std::memset(data() + mine.first, 0, mine.count);
    });
  }
  void* address() override { return data(); }
  Bytes size() const override { return {static_cast<double>(bytes_)}; }
  MemoryKind kind() const override { return MemoryKind::host; }

 private:
  std::byte* data() const { return pages_ ? pages_.get() : small_.get(); }

  std::size_t bytes_;
  OwnPages pages_;
  FromHeap small_;  // where it has no pages of its own
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
