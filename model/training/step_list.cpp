#include "model/training/step_list.hpp"

#include "model/training/attention_apart.hpp"
#include "model/training/whole_elements.hpp"

namespace shortfall {
namespace {

// More than any run needs: with experts, latent attention and all kinds of ranks.
constexpr std::size_t expected_steps = 144;

// Linear layers multiply in fp8 where a run does; routers, the output projection and the core of
// attention do not (DeepSeek-V3, arXiv 2412.19437, section 3.3.1; Transformer Engine's recipes).
bool may_use_fp8(StepPart part) {
  return part == StepPart::attention_projection || part == StepPart::mlp ||
         part == StepPart::experts;
}

}  // namespace

StepList::StepList(const StageRank& rank, const BlockCounts& times)
    : software_(rank.run.software),
      type_(rank.type),
      precision_(rank.run.precision),
      rounds_(times) {
  steps_.reserve(expected_steps);
}

void StepList::begin(StepPhase phase, StepBlock block) {
  begin(phase, rounds_[static_cast<std::size_t>(block)]);
  block_ = block;
}

void StepList::begin(StepPhase phase, double times) {
  phase_ = phase;
  block_ = parameters_of_ = StepBlock::stage;
  is_partial_ = false;
  times_ = times;
}

void StepList::begin(StepPhase phase, StepBlock parameters_of, double times) {
  begin(phase, times);
  parameters_of_ = parameters_of;
}

void StepList::add(const Step& step) {
  if (step.times > 0) steps_.push_back(step);
}

void StepList::gemm(StepPart part, std::int64_t m, std::int64_t n, std::int64_t k,
                    std::int64_t batch) {
  const double times = is_partial_ ? times_ / 2 : times_;
  const bool is_wide = precision_ == Precision::fp8 && !may_use_fp8(part);
  add({.operation = Gemm{.m = m, .n = n, .k = k, .type = type_, .batch = batch},
       .part = part,
       .phase = phase_,
       .block = block_,
       .times = times,
       .precision = is_wide ? Precision::bf16 : precision_});
}

// Read in 16 bits for the largest, then once more, written in 8, and once more transposed, as
// products of 8 bits want both operands along k. Each product of a batch has its own scales and
// kernel.
void StepList::quantize(StepPart part, const Linear& l, std::int64_t width) {
  if (precision_ != Precision::fp8 || !may_use_fp8(part)) return;
  constexpr double bytes = 2 + 2 + 1 + 1;
  const double rounds = times_;
  times_ *= static_cast<double>(l.batch);
  pass(StepPart::quantization, MemoryPass::Kind::copy,
       {bytes * static_cast<double>(l.tokens) * static_cast<double>(width)});
  times_ = rounds;
}

void StepList::linear(StepPart part, const Linear& l) {
  quantize(part, l, phase_ == StepPhase::backward ? l.out : l.in);
  if (phase_ != StepPhase::backward) return gemm(part, l.tokens, l.out, l.in, l.batch);
  gemm(part, l.tokens, l.in, l.out, l.batch);
  gemm(part, l.in, l.out, l.tokens, l.batch);
}

void StepList::attention(const Attention& attention) {
  if (is_partial_) return;
  if (software_.attention == AttentionKernel::separate) return attention_apart(attention);
  add({.operation = attention,
       .part = StepPart::attention_core,
       .phase = phase_,
       .block = block_,
       .times = times_,
       .precision = precision_ == Precision::fp8 ? Precision::bf16 : precision_});
}

void StepList::attention_apart(const Attention& attention) {
  const AttentionApart each = apart(attention, software_.has_dropout);
  const auto product = [&](const Gemm& g) {
    gemm(StepPart::attention_core, g.m, g.n, g.k, g.batch);
  };
  const bool is_backward = attention.direction == Attention::Direction::backward;
  product(each.scores);
  if (is_backward) product(each.results);
  pass(StepPart::attention_core, MemoryPass::Kind::copy, each.passed);
  if (is_backward) product(each.scores);
  product(each.results);
}

void StepList::pass(StepPart part, MemoryPass::Kind kind, Bytes bytes) {
  const MemoryPass pass{.kind = kind, .bytes = bytes};
  add({.operation = software_.is_in_sequence ? in_whole_elements(pass) : pass,
       .part = part,
       .phase = phase_,
       .block = block_,
       .times = times_});
}

void StepList::collective(StepPart part, Joined joined, Collective::Kind kind, Bytes bytes,
                          DType type, double repeated) {
  if (joined.ranks <= 1 || is_partial_ || bytes.value <= 0) return;
  const Collective collective{.kind = kind, .bytes = bytes, .type = type};
  add({.operation =
           software_.is_in_sequence ? in_whole_elements(collective, joined.ranks) : collective,
       .part = part,
       .phase = phase_,
       .block = block_,
       .parameters_of = parameters_of_,
       .axis = joined.axis,
       .group = joined.ranks,
       .times = times_ * repeated});
}

void StepList::send(Joined joined, Bytes bytes) {
  if (joined.ranks <= 1) return;
  add({.operation = Transfer{.kind = Transfer::Kind::one_way, .bytes = bytes},
       .part = StepPart::pipeline_exchange,
       .phase = phase_,
       .block = block_,
       .axis = joined.axis,
       .group = joined.ranks,
       .times = times_});
}

}  // namespace shortfall
