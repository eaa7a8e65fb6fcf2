// How the numbers of several ranks become one, for code that also runs on accelerators: in C++17.
#pragma once

namespace shortfall {

enum class ReductionKind { sum, max, min, prod, avg };

}  // namespace shortfall
