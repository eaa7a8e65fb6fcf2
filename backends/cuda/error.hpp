// Answers of the CUDA runtime, as exceptions.
#pragma once

#include <cuda_runtime_api.h>

#include <source_location>
#include <string>

#include "core/error.hpp"

namespace shortfall::cuda {

// "out of memory (cudaErrorMemoryAllocation)"
std::string answer_of(cudaError_t status);

// Throws Error, OutOfMemory where that is the reason. `doing` returns text and is called only then.
template <std::invocable Message>
void check(cudaError_t status, Message doing,
           std::source_location at = std::source_location::current()) {
  if (status == cudaSuccess) [[likely]]
    return;
  cudaGetLastError();  // what can be forgotten is: it must not show up in the next call
  if (status == cudaErrorMemoryAllocation) throw OutOfMemory(doing(), answer_of(status), at);
  throw Error(doing(), answer_of(status), at);
}

inline void check(cudaError_t status, const char* doing,
                  std::source_location at = std::source_location::current()) {
  check(
      status, [doing] { return std::string(doing); }, at);
}

}  // namespace shortfall::cuda
