// Which losses of a step are worth a word, and that word.
#pragma once

#include <string>
#include <vector>

#include "report/shortfall.hpp"

namespace shortfall {

// Rows that take time: no more than `most` of them, those that take most first.
std::vector<const ShortfallRow*> largest_losses(const std::vector<ShortfallRow>& rows,
                                                std::size_t most);

double points_of(const ShortfallRow& row);       // percent of the step
std::string loss_text(const ShortfallRow& row);  // "tensor-parallel traffic"
std::string whom_text(const Culprit& culprit);   // "rank 1 on node17"; never empty

// "Of 80.0 GFLOP/s per rank on the datasheet, 31.2 GFLOP/s reach this training step (39.0 %). 12.1
// points go to memory, 9.3 to shapes; 3.2 to waiting for the slowest rank (rank 1 on node17)."
std::string shortfall_sentence(const Shortfall& shortfall);

}  // namespace shortfall
