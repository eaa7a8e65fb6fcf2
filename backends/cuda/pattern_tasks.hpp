// Patterns made ready for kernels.
#pragma once

#include <optional>

#include "backends/cuda/pattern_task.hpp"
#include "core/pattern.hpp"

namespace shortfall::cuda {

// Sums of passes are numbers that only the sum itself tells: what of, and what then is expected.
std::optional<SumTask> sum_of(const Pattern& pattern);

// Of any shape but Product. `quantiles` are those of normal_quantiles(), for code that can read
// them there; `sum` is that of sum_of().
PatternTask task_of(const Pattern& pattern, const float* quantiles, double sum = 0);

// One element of it, on the host.
double number_of(const PatternTask& task, std::size_t index);

// One element as it lies in memory, whose first byte is the first of `data`.
double number_of(DType type, const unsigned char* data, std::size_t index);

}  // namespace shortfall::cuda
