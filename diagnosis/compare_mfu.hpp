// The change of MFU, term by term.
#pragma once

#include "diagnosis/compare.hpp"

namespace shortfall {

// With the share f of a step that its arithmetic takes and the shares s of its losses,
//   f_b - f_a = sum over losses of f_b s_a - f_a s_b,
// exactly, because f and all s are one together. A row of one side alone counts as 0 on the other.
std::vector<MfuTerm> mfu_terms(const std::vector<ShortfallRow>& baseline,
                               const std::vector<ShortfallRow>& candidate);

// Of the reports that have a shortfall with the row `delivered`; nothing if a side has none.
std::optional<MfuComparison> compared_mfu(const Side& baseline, const Side& candidate);

bool tells_mfu(const Side& side);

}  // namespace shortfall
