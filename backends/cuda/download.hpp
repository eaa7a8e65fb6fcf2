// Numbers on their way between host and GPU. Untimed: each is done on return.
#pragma once

#include <span>

#include "backends/cuda/stream.hpp"

namespace shortfall::cuda {

template <class T>
void upload(T* to, std::span<const T> from, CudaStream& on) {
  constexpr const char* doing = "copy to the GPU";
  check(cudaMemcpyAsync(to, from.data(), from.size_bytes(), cudaMemcpyHostToDevice, on.handle()),
        doing);
  check(cudaStreamSynchronize(on.handle()), doing);
}

// Of what was enqueued before, errors show here: `doing` says what that was.
template <class T>
void download(std::span<T> to, const T* from, CudaStream& on, const char* doing) {
  check(cudaMemcpyAsync(to.data(), from, to.size_bytes(), cudaMemcpyDeviceToHost, on.handle()),
        doing);
  check(cudaStreamSynchronize(on.handle()), doing);
}

}  // namespace shortfall::cuda
