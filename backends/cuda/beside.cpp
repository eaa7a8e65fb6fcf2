#include "backends/cuda/beside.hpp"

#include <algorithm>
#include <cstring>

#include "backends/own_pages.hpp"

namespace shortfall::cuda {
namespace {

class BufferBeside final : public Buffer {
 public:
  BufferBeside(Bytes bytes, const Placement& placement)
      : bytes_(bytes), pages_(own_pages(std::max<std::size_t>(whole(bytes), 1), placement)) {
    std::memset(pages_.get(), 0, whole(bytes));
  }
  void* address() override { return pages_.get(); }
  Bytes size() const override { return bytes_; }
  MemoryKind kind() const override { return MemoryKind::host; }

 private:
  Bytes bytes_;
  OwnPages pages_;
};

}  // namespace

std::unique_ptr<Buffer> allocate_beside(Bytes bytes, const Placement& placement) {
  return std::make_unique<BufferBeside>(bytes, placement);
}

std::span<std::byte> bytes_beside(Buffer& buffer, const Pattern& pattern) {
  return {static_cast<std::byte*>(buffer.address()), bytes_of(pattern.type, pattern.count)};
}

}  // namespace shortfall::cuda
