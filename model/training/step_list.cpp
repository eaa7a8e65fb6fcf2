#include "model/training/step_list.hpp"

namespace shortfall {
namespace {

// More than any run needs: with experts, latent attention and all kinds of ranks.
constexpr std::size_t expected_steps = 144;

// Linear layers multiply in fp8 where a run does; routers, the output projection and the core of
// attention do not (DeepSeek-V3, arXiv 2412.19437, section 3.3.1; Transformer Engine's recipes).
bool may_use_fp8(Part part) {
  return part == Part::attention_projection || part == Part::mlp || part == Part::experts;
}

}  // namespace

StepList::StepList(const StageRank& rank) : type_(rank.type), precision_(rank.run.precision) {
  steps_.reserve(expected_steps);
}

void StepList::begin(Phase phase, double times) {
  phase_ = phase;
  times_ = times;
}

void StepList::add(const Step& step) {
  if (step.times > 0) steps_.push_back(step);
}

void StepList::gemm(Part part, std::int64_t m, std::int64_t n, std::int64_t k, std::int64_t batch) {
  const bool is_wide = precision_ == Precision::fp8 && !may_use_fp8(part);
  add({.operation = Gemm{.m = m, .n = n, .k = k, .type = type_, .batch = batch},
       .part = part,
       .phase = phase_,
       .times = times_,
       .precision = is_wide ? Precision::bf16 : precision_});
}

void StepList::linear(Part part, const Linear& l) {
  if (phase_ != Phase::backward) return gemm(part, l.tokens, l.out, l.in, l.batch);
  gemm(part, l.tokens, l.in, l.out, l.batch);
  gemm(part, l.in, l.out, l.tokens, l.batch);
}

void StepList::attention(const Attention& attention) {
  add({.operation = attention,
       .part = Part::attention_core,
       .phase = phase_,
       .times = times_,
       .precision = precision_ == Precision::fp16 ? Precision::fp16 : Precision::bf16});
}

void StepList::pass(Part part, MemoryPass::Kind kind, Bytes bytes) {
  add({.operation = MemoryPass{.kind = kind, .bytes = bytes},
       .part = part,
       .phase = phase_,
       .times = times_});
}

void StepList::collective(Part part, Joined joined, Collective::Kind kind, Bytes bytes, DType type,
                          double repeated) {
  if (joined.ranks <= 1) return;
  add({.operation = Collective{.kind = kind, .bytes = bytes, .type = type},
       .part = part,
       .phase = phase_,
       .axis = joined.axis,
       .group = joined.ranks,
       .times = times_ * repeated});
}

void StepList::send(Joined joined, Bytes bytes) {
  if (joined.ranks <= 1) return;
  add({.operation = Transfer{.kind = Transfer::Kind::one_way, .bytes = bytes},
       .part = Part::pipeline_exchange,
       .phase = phase_,
       .axis = joined.axis,
       .group = joined.ranks,
       .times = times_});
}

}  // namespace shortfall
