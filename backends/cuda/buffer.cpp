#include "backends/cuda/buffer.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace shortfall::cuda {

CudaBuffer::CudaBuffer(Bytes bytes) : bytes_(bytes) {
  const std::size_t size = std::max<std::size_t>(whole(bytes), 1);
  check(cudaMalloc(&address_, size), [&] {
    std::size_t free = 0, all = 0;
    cudaMemGetInfo(&free, &all);
    return "allocate " + scaled(bytes.value, "B") + " of GPU memory, of which " +
           scaled(static_cast<double>(free), "B") + " of " + scaled(static_cast<double>(all), "B") +
           " are free";
  });
}

CudaBuffer::~CudaBuffer() { cudaFree(address_); }

}  // namespace shortfall::cuda
