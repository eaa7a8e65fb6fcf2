#include "backends/cuda/error.hpp"

namespace shortfall::cuda {

std::string answer_of(cudaError_t status) {
  return std::string(cudaGetErrorString(status)) + " (" + cudaGetErrorName(status) + ")";
}

}  // namespace shortfall::cuda
