// For builds without BLIS.
#include "backends/host/blas.hpp"

namespace shortfall {

std::optional<Blas> blis() { return std::nullopt; }

}  // namespace shortfall
