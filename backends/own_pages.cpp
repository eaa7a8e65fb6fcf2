#include "backends/own_pages.hpp"

#include <fmt/format.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstring>

#include "backends/numa.hpp"
#include "core/error.hpp"

namespace shortfall {
namespace {

constexpr std::size_t huge_page = std::size_t{2} << 20U;

constexpr std::size_t in_huge_pages(std::size_t bytes) {
  return (bytes + huge_page - 1) / huge_page * huge_page;
}

}  // namespace

void Unmap::operator()(std::byte* memory) const { munmap(memory, length_); }

// Not from the heap, which would hand out again what older advice has made of its pages.
OwnPages own_pages(std::size_t bytes, const Placement& placement) {
  // Larger than needed by a huge page, then cut to begin where one can.
  const std::size_t length = in_huge_pages(bytes);
  void* const all =
      mmap(nullptr, length + huge_page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  require(
      all != MAP_FAILED, [&] { return fmt::format("allocate {} bytes of host memory", bytes); },
      std::strerror(errno));
  auto* const first = static_cast<std::byte*>(all);
  const std::size_t before =
      in_huge_pages(reinterpret_cast<std::size_t>(first)) - reinterpret_cast<std::size_t>(first);
  if (before > 0) munmap(first, before);
  munmap(first + before + length, huge_page - before);
  OwnPages memory(first + before, Unmap(length));
  // Only advice: without huge pages everything works, a little slower.
  madvise(memory.get(), length, placement.pages == Pages::huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
  if (placement.node != local_node) bind_to_node(memory.get(), length, placement.node);
  return memory;
}

}  // namespace shortfall
