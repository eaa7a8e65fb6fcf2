// Memory of a device as its driver lends it to the drivers of others: a file of the kernel
// (dma-buf).
#pragma once

#include <cstdint>
#include <utility>

namespace shortfall {

class DmaBuf {
 public:
  // Takes over the file, in which what is lent begins at `offset`.
  DmaBuf(int file, std::uint64_t offset) : file_(file), offset_(offset) {}
  ~DmaBuf();
  DmaBuf(DmaBuf&& other) noexcept : file_(std::exchange(other.file_, -1)), offset_(other.offset_) {}
  DmaBuf& operator=(DmaBuf&&) = delete;

  int file() const { return file_; }
  std::uint64_t offset() const { return offset_; }
  void skip(std::uint64_t bytes) { offset_ += bytes; }

 private:
  int file_;  // -1: moved away
  std::uint64_t offset_;
};

}  // namespace shortfall
