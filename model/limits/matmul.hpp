// Time of one matrix product on one GPU: the slowest of three memory levels and the arithmetic.
#pragma once

#include "model/limits/accelerator.hpp"

namespace shortfall {

// Weights of d1 x d2 times activations of d2 x batch.
struct MatrixProduct {
  double d1 = 0, d2 = 0, batch = 0;
  bool for_weight_gradients = false;
};

// Where tiles of the weights stay while activations stream past.
struct TileStore {
  Bytes capacity;          // of one
  double concurrent = 1;   // as many work at once
  bool is_shared = false;  // they read from each other instead of from the level above
};

struct Traffic {
  Bytes from_above;  // from the level that is larger and slower
  Bytes between_stores;
};

Traffic traffic(const MatrixProduct& product, const TileStore& store, double word_bytes);

Seconds product_time(const MatrixProduct& product, const Accelerator& gpu,
                     const Assumptions& assumed);

}  // namespace shortfall
