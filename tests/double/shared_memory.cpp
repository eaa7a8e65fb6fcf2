#include "tests/double/shared_memory.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "tests/double/runtime_state.hpp"

namespace shortfall::cuda_double {
namespace {

struct Mapping {
  int file;
  std::size_t size;
};

struct Mappings {
  std::mutex mutex;
  std::map<const void*, Mapping> all;
};

Mappings& mappings() {
  static Mappings* const all = new Mappings;  // streams may end after everything else
  return *all;
}

void* mapped(int file, std::size_t size) {
  void* const address = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (address == MAP_FAILED) return nullptr;
  const std::scoped_lock lock(mappings().mutex);
  mappings().all[address] = {file, size};
  return address;
}

}  // namespace

int SharedMemory::new_file(std::size_t size) {
  const int file = memfd_create("memory of a GPU's double", MFD_CLOEXEC);
  if (file >= 0 && ftruncate(file, static_cast<off_t>(size)) == 0) return file;
  if (file >= 0) close(file);
  return -1;
}

int SharedMemory::file_of(const Handle& handle) {
  const std::string path =
      "/proc/" + std::to_string(handle.process) + "/fd/" + std::to_string(handle.file);
  return ::open(path.c_str(), O_RDWR | O_CLOEXEC);
}

void* SharedMemory::create(std::size_t size) {
  const int file = new_file(size);
  if (file < 0) return nullptr;
  void* const address = mapped(file, size);
  if (address == nullptr) {
    close(file);
    return nullptr;
  }
  std::memset(address, 0xcd, size);
  make_visible(address, {size});
  return address;
}

SharedMemory::Handle SharedMemory::handle_of(const void* address) {
  const std::scoped_lock lock(mappings().mutex);
  const auto found = mappings().all.find(address);
  if (found == mappings().all.end()) return {};
  return {getpid(), found->second.file, found->second.size};
}

int SharedMemory::lend(const void* address, std::size_t bytes) {
  const Handle handle = handle_of(address);
  return bytes <= handle.size ? fcntl(handle.file, F_DUPFD_CLOEXEC, 0) : -1;
}

void* SharedMemory::open(const Handle& handle) {
  const int file = file_of(handle);
  if (file < 0) return nullptr;
  void* const address = mapped(file, handle.size);
  if (address == nullptr) {
    close(file);
    return nullptr;
  }
  make_visible(address, {handle.size, true});
  return address;
}

bool SharedMemory::forget(void* address) {
  const std::scoped_lock lock(mappings().mutex);
  const auto found = mappings().all.find(address);
  if (found == mappings().all.end()) return false;
  munmap(address, found->second.size);
  close(found->second.file);
  mappings().all.erase(found);
  return true;
}

}  // namespace shortfall::cuda_double
