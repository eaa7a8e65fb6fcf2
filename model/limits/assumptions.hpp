// What the paper takes for granted about models, memories and batches; a reference file may say
// otherwise. The equations stand in docs/limits.md.
#pragma once

#include <cstdint>
#include <vector>

#include "core/units.hpp"

namespace shortfall {

struct BatchLaw {  // tokens = at_start * (flop / start)^exponent * experts^experts_exponent
  double at_start = 4194304, start_flop = 3e23, exponent = 1.0 / 6, experts_exponent = 0.5;
};

struct DirectBatchLaw {  // tokens = factor * flop^exponent * experts^experts_exponent
  double factor = 0.2920, exponent = 0.3271;
};

struct Assumptions {
  Seconds year{3.154e7};
  double run_years = 0.25;
  std::int64_t tensor_core_chunk = 8;  // products are padded to multiples of it
  double useful_registers = 0.75, useful_l2 = 0.75;
  double shared_bytes_per_clock = 32 * 4;  // of one multiprocessor: banks times their width
  double optimizer_copies = 4;             // of the parameters, whatever the data parallelism
  double tokens_per_parameter = 20;
  std::int64_t sequence = 2048;  // tokens
  std::int64_t ff_ratio = 4;     // d_ff over d_model
  double layers_factor = 0.10056, layers_exponent = 0.3751;
  BatchLaw batch;
  DirectBatchLaw optimistic_batch;
  double experts_factor = 8, experts_ratio = 4, experts_width = 12288;
  double linear_fraction = 0.8;  // of the sustained rate: where scaling ceases to be linear
  std::vector<std::int64_t> significands = {1, 3, 5, 7, 9};  // times powers of two: "nice" numbers

  Seconds run() const { return {run_years * year.value}; }
  Seconds month() const { return year / 12; }
};

}  // namespace shortfall
