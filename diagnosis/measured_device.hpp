// A device of a model, from what a report measured of it.
#pragma once

#include <vector>

#include "diagnosis/measured_cases.hpp"
#include "diagnosis/measured_rates.hpp"
#include "model/system/system.hpp"

namespace shortfall {

struct ProductsWanted {
  DType type;
  // Without, attention goes by batched products.
  bool has_published_attention;
  Contention contention;
};

// Replaces what `system.device` says of products by what was measured in the type that is wanted,
// or in the one that comes nearest; adds to `system.sources` where it comes from.
void set_products(SystemModel& system, const Report& report, const std::vector<MeasuredCase>& cases,
                  const ProductsWanted& wanted);

// The same of passes over memory.
void set_passes(SystemModel& system, const std::vector<MeasuredCase>& cases);

}  // namespace shortfall
