// A library that something keeps from using what the processor has.
#pragma once

#include <string>

namespace shortfall {

struct Handicap {
  std::string library;      // "OpenBLAS 0.3.21"
  std::string cause;        // "OPENBLAS_CORETYPE=Haswell"; what the library itself is to blame for
  std::string before;       // the kernels it would use: "Haswell"
  std::string after;        // the kernels that this processor can run: "SkylakeX"
  double gain = 1;          // rate of f64 products, after over before
  std::string gain_source;  // how that is known: "measured: ...", "expected: ..."
  std::string remedy;       // for the user's other programs: "unset OPENBLAS_CORETYPE"
  bool is_mended = false;   // in this process
};

}  // namespace shortfall
