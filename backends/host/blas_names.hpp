// What BLAS libraries say of themselves.
#pragma once

#include <string>
#include <string_view>

namespace shortfall {

// "OpenBLAS 0.3.21" of "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH ...", as openblas_get_config()
// says.
std::string library_of(std::string_view openblas_config);

// Width of the vectors that BLIS multiplies with on an architecture of x86, by its name.
int vector_bits_of(std::string_view blis_architecture);

}  // namespace shortfall
