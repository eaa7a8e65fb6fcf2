// Memory that network adapters read and write.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "backends/device.hpp"
#include "backends/verbs/ports.hpp"

namespace shortfall::verbs {

class Registered {
 public:
  // Throws Error if the adapter refuses, with what is to be changed where that is known.
  Registered(const Port& port, void* memory, std::size_t bytes, MemoryKind kind);
  Registered(const Port& port, Buffer& buffer)
      : Registered(port, buffer.address(), whole(buffer.size()), buffer.kind()) {}

  std::uint32_t local_key() const { return region_->lkey; }
  std::uint32_t remote_key() const { return region_->rkey; }
  // How the adapter reaches it: "host memory", "GPU memory by peer memory".
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  MemoryRegion region_;
};

// A few words that the link needs for itself, in memory of its own that is registered.
class Words {
 public:
  Words(const Port& port, std::size_t count)
      : words_(count),
        region_(port, words_.data(), count * sizeof(std::uint64_t), MemoryKind::host) {}
  // What an adapter may change at any time.
  volatile std::uint64_t& operator[](std::size_t i) { return words_[i]; }
  std::uint64_t address(std::size_t i) const {
    return reinterpret_cast<std::uint64_t>(words_.data() + i);
  }
  const Registered& region() const { return region_; }

 private:
  std::vector<std::uint64_t> words_;
  Registered region_;
};

}  // namespace shortfall::verbs
