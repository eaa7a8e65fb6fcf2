// Memory that network adapters read and write.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "backends/device.hpp"
#include "backends/verbs/ports.hpp"

namespace shortfall::verbs {

enum class Access { plain, atomic };  // of other ranks

// How an adapter gets to memory: by what file or address stands for it; `any`: by what works.
enum class RegisteredBy { any, file, address };

class Registered {
 public:
  // Of the host. Throws Error if the adapter refuses, with what is to be changed where that is
  // known.
  Registered(const Port& port, void* memory, std::size_t bytes, Access access) : access_(access) {
    register_on_host(port, memory, bytes);
  }
  // Also of GPUs: as a file that the GPU's driver lends (dmabuf), else by its address, which
  // drivers of adapters know to be a GPU's where there is a module for that (peer memory). Throws
  // Error with what was said to either. A way that is known to work is taken alone: an attempt that
  // fails takes time, too.
  Registered(const Port& port, Buffer& buffer, RegisteredBy way = RegisteredBy::any);

  std::uint32_t local_key() const { return region_->lkey; }
  std::uint32_t remote_key() const { return region_->rkey; }
  // How the adapter reaches it: "host memory", "GPU memory by dmabuf", "GPU memory by peer memory
  // (dmabuf: why not)".
  const std::string& path() const { return path_; }
  RegisteredBy way() const { return lent_ ? RegisteredBy::file : RegisteredBy::address; }

 private:
  void register_on_host(const Port& port, void* memory, std::size_t bytes);
  void register_on_gpu(const Port& port, Buffer& buffer, RegisteredBy way);
  int try_address(const Port& port, void* memory,
                  std::size_t bytes);                      // the error; 0: there is none
  std::string try_file(const Port& port, Buffer& buffer);  // why not; "": it is done

  Access access_ = Access::plain;
  std::string path_;
  std::optional<DmaBuf> lent_;  // for as long as the adapter may use it
  MemoryRegion region_;
};

// A few words that the link needs for itself, in memory of its own that is registered.
class Words {
 public:
  Words(const Port& port, std::size_t count, Access access)
      : words_(count), region_(port, words_.data(), count * sizeof(std::uint64_t), access) {}
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
