// What no training run can be: how many ways it cannot be split, and where numbers end that can be
// computed with.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/training/training_run.hpp"

namespace shortfall {

// Far beyond what is built, and small enough that no product of them that is computed in whole
// numbers overflows.
inline constexpr std::int64_t most_layers = 100'000;
inline constexpr std::int64_t most_width = std::int64_t{1} << 26;  // of hidden, heads, ffn, vocab
inline constexpr std::int64_t most_experts = std::int64_t{1} << 20;
inline constexpr std::int64_t most_tokens = std::int64_t{1} << 28;     // of a sequence
inline constexpr std::int64_t most_sequences = std::int64_t{1} << 36;  // of a step
inline constexpr std::int64_t most_gpus = std::int64_t{1} << 30;
inline constexpr std::int64_t most_local_steps = std::int64_t{1} << 30;

// Other figures are in another unit.
inline constexpr Throughput least_peak{1e8}, most_peak{1e18};
inline constexpr Bandwidth least_link{1e6}, most_link{1e15};
inline constexpr Seconds most_measured{1e9};
inline constexpr Seconds most_pause{1e12};                   // between failures, and that one takes
inline constexpr double most_parameters = 9007199254740992;  // 2^53: exact in a double

struct Fault {
  std::string field;    // as it is called in files: "arch.heads"
  std::string problem;  // "expected ..., found ..."
};

// The first that is found; nothing = the run can be.
std::optional<Fault> fault_in(const TrainingRun& run);

}  // namespace shortfall
