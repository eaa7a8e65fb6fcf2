// The list of Steps as it grows: what is added belongs to one phase and is done equally often.
#pragma once

#include <utility>
#include <vector>

#include "model/training/stage_rank.hpp"

namespace shortfall {

// A product of activations, tokens x in, with parameters, in x out; several of them if `batch` > 1.
struct Linear {
  std::int64_t tokens, in, out;
  std::int64_t batch = 1;
};

// The ranks that a Collective joins.
struct Joined {
  Axis axis;
  std::int64_t ranks;
};

class StepList {
 public:
  explicit StepList(const StageRank& rank);

  // Of all that follows. What is done zero times is not added.
  void begin(Phase phase, double times);

  // The product, or in the backward phase the two that give the gradients of its operands.
  void linear(Part part, const Linear& linear);
  void attention(const Attention& attention);
  void pass(Part part, MemoryPass::Kind kind, Bytes bytes);
  // Not added where one rank is alone.
  void collective(Part part, Joined joined, Collective::Kind kind, Bytes bytes, DType type,
                  double repeated = 1);
  void send(Joined joined, Bytes bytes);

  std::vector<Step> take() && { return std::move(steps_); }

 private:
  void add(const Step& step);
  void gemm(Part part, std::int64_t m, std::int64_t n, std::int64_t k, std::int64_t batch);

  std::vector<Step> steps_;
  DType type_;
  Precision precision_;
  Phase phase_ = Phase::forward;
  double times_ = 0;
};

}  // namespace shortfall
