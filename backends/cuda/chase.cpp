#include "backends/cuda/chase.hpp"

namespace shortfall::cuda {

Preparation prepare_chase(const Chase&, Operands&) { return Unsupported{"not yet"}; }

}  // namespace shortfall::cuda
