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
  RankAxis axis;
  std::int64_t ranks;
};

class StepList {
 public:
  // How often the Steps of each block are done.
  StepList(const StageRank& rank, const BlockCounts& times);

  // Of all that follows. What is done zero times is not added.
  void begin(StepPhase phase, StepBlock block);
  void begin(StepPhase phase, double times);  // of the stage

  // Of the stage, too: exchanges of one block's parameters or of their gradients.
  void begin(StepPhase phase, StepBlock parameters_of, double times);

  // Products that follow are done by half, attention and exchanges not at all: a policy that keeps
  // every second product and what is costly beside products.
  void only_every_second_product() { is_partial_ = true; }

  // The product, or in the backward phase the two that give the gradients of its operands.
  void linear(StepPart part, const Linear& linear);
  void attention(const Attention& attention);
  void pass(StepPart part, MemoryPass::Kind kind, Bytes bytes);
  // Not added where one rank is alone, or nothing is exchanged.
  void collective(StepPart part, Joined joined, Collective::Kind kind, Bytes bytes, DType type,
                  double repeated = 1);
  void send(Joined joined, Bytes bytes);

  std::vector<Step> take() && { return std::move(steps_); }

 private:
  void add(const Step& step);
  void attention_apart(const Attention& attention);
  void quantize(StepPart part, const Linear& linear, std::int64_t width);
  void gemm(StepPart part, std::int64_t m, std::int64_t n, std::int64_t k, std::int64_t batch);

  std::vector<Step> steps_;
  const Software& software_;
  DType type_;
  Precision precision_;
  BlockCounts rounds_;
  StepPhase phase_ = StepPhase::forward;
  StepBlock block_ = StepBlock::stage, parameters_of_ = StepBlock::stage;
  double times_ = 0;
  bool is_partial_ = false;
};

}  // namespace shortfall
