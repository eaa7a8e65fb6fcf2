// For builds without a BLAS.
#include "backends/host/blas.hpp"

namespace shortfall {

std::optional<Blas> start_blas(int) { return std::nullopt; }

Details blas_details() { return {}; }

}  // namespace shortfall
