// Memory of the double's GPUs that several processes map: files without a name, which others open
// by way of the process that made them, and which are gone with the last one.
#pragma once

#include <sys/types.h>

#include <cstddef>

namespace shortfall::cuda_double {

struct SharedMemory {
  // What another process needs. Within one process, too, where ranks are threads; CUDA refuses
  // that.
  struct Handle {
    pid_t process = 0;
    int file = -1;
    std::size_t size = 0;
  };

  // nullptr: there is none. Filled with what nobody has written.
  static void* create(std::size_t size);
  static Handle handle_of(const void* address);  // without a file if it was not made here
  // The file of memory that begins there and has so many bytes at least, once more; -1: none has.
  static int lend(const void* address, std::size_t bytes);
  static void* open(const Handle& handle);       // nullptr: it is gone, or never was
  static bool forget(void* address);             // false if it was neither made nor opened here

  // Files alone, for memory that is mapped by its user.
  static int new_file(std::size_t size);
  static int file_of(const Handle& handle);
};

}  // namespace shortfall::cuda_double
