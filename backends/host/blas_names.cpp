#include "backends/host/blas_names.hpp"

#include <algorithm>
#include <array>

namespace shortfall {

std::string library_of(std::string_view openblas_config) {
  const auto name_end = openblas_config.find(' ');
  if (name_end == openblas_config.npos) return std::string(openblas_config);
  return std::string(openblas_config.substr(0, openblas_config.find(' ', name_end + 1)));
}

int vector_bits_of(std::string_view blis_architecture) {
  constexpr std::array<std::string_view, 4> of_512{"skx", "knl", "zen4", "zen5"};
  constexpr std::array<std::string_view, 9> of_256{"haswell",    "zen",         "zen2",
                                                   "zen3",       "sandybridge", "bulldozer",
                                                   "piledriver", "steamroller", "excavator"};
  if (std::ranges::find(of_512, blis_architecture) != of_512.end()) return 512;
  return std::ranges::find(of_256, blis_architecture) != of_256.end() ? 256 : 128;
}

}  // namespace shortfall
