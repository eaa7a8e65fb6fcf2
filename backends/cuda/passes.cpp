#include "backends/cuda/passes.hpp"

namespace shortfall::cuda {

Preparation prepare_pass(const MemoryPass&, Operands&, const Card&) {
  return Unsupported{"not yet"};
}

}  // namespace shortfall::cuda
