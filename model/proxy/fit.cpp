#include "model/proxy/fit.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/text.hpp"
#include "model/proxy/fit_search.hpp"
#include "model/training/check_run.hpp"
#include "model/training/choice_words.hpp"
#include "model/training/stage_rank.hpp"

namespace shortfall {
namespace {

using Changes = std::vector<std::string>;

template <class Value>
void change(Value& value, Value to, std::string_view name, std::string_view reason,
            Changes& changes) {
  if (value == to) return;
  changes.push_back(fmt::format("{} {} -> {}: {}", name, value, to, reason));
  value = to;
}

// The largest number of at most `most` that divides `ranks` and pleases `suits`.
std::int64_t largest_divisor(std::int64_t ranks, std::int64_t most, auto suits) {
  for (std::int64_t ways = std::min(ranks, most); ways > 1; --ways) {
    if (ranks % ways == 0 && suits(ways)) return ways;
  }
  return 1;
}

bool divides_model(const TrainingRun& run, std::int64_t ways) {
  const Architecture& a = run.architecture;
  const bool deals_keys = a.latent || a.kv_heads % ways == 0 || ways % a.kv_heads == 0;
  const bool deals_tokens = !run.split.sequence_parallel || run.seq_len % ways == 0;
  return a.heads % ways == 0 && a.ffn % ways == 0 && deals_keys && deals_tokens;
}

// Ranks that share each expert must be all neighbours or equally far apart to be a group.
std::int64_t ranks_of_expert(const Split& split, std::int64_t ranks) {
  const std::int64_t left = std::min(ranks / split.experts, split.tensor);
  const bool is_named = split.experts == 1 || split.experts * left == ranks;
  return is_named ? left : 1;
}

void split_over(std::int64_t ranks, TrainingRun& run, Changes& changes) {
  Split& split = run.split;
  const std::string at_hand = counted(ranks, "rank") + (ranks == 1 ? " is" : " are") + " at hand";
  const auto set = [&](std::int64_t& value, std::int64_t to, std::string_view name,
                       std::string_view reason) { change(value, to, name, reason, changes); };
  set(split.pipeline, 1, "pipeline stages", "every rank has layers of all kinds");
  set(split.context, 1, "context-parallel ranks", "sequences are not split");
  split.chunks = 1;
  split.shards = 0;
  set(split.tensor,
      largest_divisor(ranks, split.tensor, [&](std::int64_t w) { return divides_model(run, w); }),
      "tensor-parallel ranks", at_hand);
  const auto deals_experts = [&](std::int64_t ways) {
    return run.architecture.experts && run.architecture.experts->count % ways == 0;
  };
  set(split.experts, largest_divisor(ranks, split.experts, deals_experts), "expert-parallel ranks",
      at_hand);
  split.expert_tensor = run.architecture.experts ? ranks_of_expert(split, ranks) : 0;
  set(split.data, ranks / split.tensor, "data-parallel ranks", at_hand);
  run.gpus = ranks;
}

// Whole micro-batches, at least one for each data-parallel rank.
void deal_batch(TrainingRun& run, Changes& changes) {
  const std::int64_t data = run.split.data;
  const std::string reason = fmt::format("{} data-parallel ranks have equally many", data);
  const std::int64_t most = std::max<std::int64_t>(run.batch / data, 1);
  change(run.micro_batch, std::min(run.micro_batch, most), "micro-batch", reason, changes);
  const std::int64_t each = data * run.micro_batch;
  const std::int64_t whole = std::max<std::int64_t>(run.batch / each, 1) * each;
  change(run.batch, whole, "global batch", reason, changes);
}

void simplify(TrainingRun& run, Changes& changes) {
  if (run.outer) changes.push_back("outer loop -> none: one cluster is at hand");
  run.outer.reset();
  if (run.sharding == Sharding::hybrid) {
    changes.push_back("sharding HSDP -> FSDP: all data-parallel ranks are one group");
    run.sharding = Sharding::parameters;
  }
  run.schedule = Schedule::one_f_one_b;
  run.others.clear();
  run.peak.reset();
  run.fabric = {};
  run.reliability.reset();
  run.measured.reset();
}

void multiply_in(Precision precision, TrainingRun& run, Changes& changes) {
  if (run.precision == precision) return;
  changes.push_back(fmt::format("precision {} -> {}: what these ranks multiply and add up",
                                word_for(run.precision), word_for(precision)));
  run.precision = precision;
}

// What a Routine does: no pass is taken apart, nothing is dropped out.
void use_software_of(const Room& room, Software& software) {
  const bool is_separate = software.attention == AttentionKernel::separate;
  if (!room.has_fused_attention) {
    software.attention = AttentionKernel::separate;
  } else if (is_separate) {
    software.attention = AttentionKernel::flash_2;
  }
  software.fuses_passes = software.fuses_loss = true;
  software.has_dropout = false;
  software.hides_tensor_exchange = software.hides_tensor_exchange && room.overlaps;
  software.hides_data_exchange = software.hides_data_exchange && room.overlaps;
  software.is_in_sequence = !room.overlaps;
}

void refuse_impossible(const TrainingRun& run) {
  if (const auto fault = fault_in(run)) {
    throw BadUsage(fmt::format("{}: {}: {}", run.id, fault->field, fault->problem));
  }
}

double flop_of_rank(const TrainingRun& run) {
  const double tokens = static_cast<double>(run.batch) * static_cast<double>(run.seq_len);
  return flops_per_token(run.architecture, run.seq_len, run.recompute).causal.value * tokens /
         static_cast<double>(run.gpus);
}

}  // namespace

FittedRun fitted(const TrainingRun& told, const Room& room, const SystemModel& system) {
  refuse_impossible(told);
  FittedRun fit;
  fit.run = told;
  simplify(fit.run, fit.changes);
  split_over(room.ranks, fit.run, fit.changes);
  deal_batch(fit.run, fit.changes);
  multiply_in(room.precision, fit.run, fit.changes);
  use_software_of(room, fit.run.software);
  refuse_impossible(fit.run);
  make_it_fit(fit.run, room, system, fit.changes);
  refuse_impossible(fit.run);
  fit.factor = flop_of_rank(fit.run) / flop_of_rank(told);
  return fit;
}

}  // namespace shortfall
