// For builds without OpenBLAS.
#include "backends/host/blas.hpp"

namespace shortfall {

std::optional<Blas> openblas() { return std::nullopt; }

}  // namespace shortfall
