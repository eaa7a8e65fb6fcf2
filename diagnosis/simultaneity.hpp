// What ranks, and groups of ranks, lose by working at the same time.
#pragma once

#include <vector>

#include "diagnosis/measured_cases.hpp"

namespace shortfall {

// Every operation of a training step that was measured both ways: by rank 0 alone ("one") and by
// all, by the first group alone ("first_blocks_of_4") and by all groups; in turn with `step`, where
// there are such. Times are those of the typical rank among those that worked.
std::vector<Simultaneity> simultaneity_in(const std::vector<MeasuredCase>& cases,
                                          std::string_view step);

}  // namespace shortfall
