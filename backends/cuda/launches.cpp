#include "backends/cuda/launches.hpp"

namespace shortfall::cuda {

Preparation prepare_launch(const Launch&, Operands&) { return Unsupported{"not yet"}; }

}  // namespace shortfall::cuda
