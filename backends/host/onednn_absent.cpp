// For builds without oneDNN.
#include "backends/host/onednn.hpp"

namespace shortfall {

Preparation prepare_onednn_gemm(const Gemm& gemm, Operands&, int) {
  return Unsupported{"this build has no oneDNN, which would multiply " +
                     std::string(name_of(gemm.type)) + ": install libdnnl-dev and configure again"};
}

Details onednn_details() { return {}; }

}  // namespace shortfall
