#include "model/plan/candidates.hpp"

#include <algorithm>

#include "model/limits/factors.hpp"
#include "model/training/check_run.hpp"
#include "model/training/counts.hpp"

namespace shortfall {
namespace {

// Half of what the shortest pieces have that are published (Megatron-Bridge: sequences of 8,192
// tokens over two ranks).
constexpr std::int64_t shortest_piece = 2048;

// Of micro-batches: all up to 64 sequences, powers of two beyond.
std::int64_t next_size(std::int64_t size) {
  constexpr std::int64_t last_of_all = 64;
  return size < last_of_all ? size + 1 : 2 * size;
}

std::vector<std::int64_t> divisors_up_to(std::int64_t whole, std::int64_t most) {
  std::vector<std::int64_t> all = divisors(whole);
  std::erase_if(all, [&](std::int64_t one) { return one > most; });
  return all;
}

// Norms and residuals are split along with the rest wherever the sequence can be.
bool is_sequence_parallel(const TrainingRun& run, const Split& split) {
  return split.tensor > 1 && run.seq_len % (split.context * split.tensor) == 0;
}

struct Pipelining {
  Schedule schedule;
  std::int64_t chunks;
};

// What a schedule asks of the number of micro-batches: interleaving, a multiple of the stages
// (Megatron-LM); DualPipe, an even number of stages and two micro-batches for each.
bool is_possible(const Pipelining& way, std::int64_t stages, std::int64_t micro_batches) {
  if (way.schedule == Schedule::interleaved) return micro_batches % stages == 0;
  if (way.schedule != Schedule::dual_pipe) return true;
  return stages % 2 == 0 && micro_batches % 2 == 0 && micro_batches >= 2 * stages;
}

// Those that every framework has, and the run's own one.
std::vector<Pipelining> pipelinings_of(const TrainingRun& run, std::int64_t stages) {
  std::vector<Pipelining> all{{Schedule::one_f_one_b, 1}};
  if (stages == 1) return all;
  for (const std::int64_t chunks : divisors(share_of(run.architecture.layers, stages))) {
    if (chunks > 1) all.push_back({Schedule::interleaved, chunks});
  }
  const bool is_other =
      run.schedule == Schedule::zero_bubble || run.schedule == Schedule::dual_pipe;
  if (is_other) all.push_back({run.schedule, 1});
  return all;
}

// Where micro-batches follow one another through several stages, parameters and gradients stay
// whole from the first to the last of them: sharding those would save nothing.
std::vector<Sharding> shardings_of(const Split& split) {
  if (split.data * split.context == 1) return {Sharding::none};
  if (split.pipeline > 1) return {Sharding::none, Sharding::optimizer};
  return {Sharding::none, Sharding::optimizer, Sharding::gradients, Sharding::parameters};
}

// Collects what can be, from splits of GPUs down to micro-batches.
class Collector {
 public:
  explicit Collector(const TrainingRun& run) : run_(run), tried_(run) {}

  // All of a split of GPUs, experts aside.
  void add(Split split) {
    split.sequence_parallel = is_sequence_parallel(run_, split);
    if (run_.batch % split.data != 0) return;
    for (const std::int64_t experts : expert_ways(split)) {
      split.experts = experts;
      if (!is_possible_split(split)) continue;
      for (const Pipelining& way : pipelinings_of(run_, split.pipeline)) add_batches(split, way);
    }
  }

  std::vector<Choice> take() && { return std::move(all_); }

 private:
  std::vector<std::int64_t> expert_ways(const Split& split) const {
    if (!run_.architecture.experts) return {1};
    const std::int64_t ranks = split.tensor * split.data * split.context;
    return divisors_up_to(run_.architecture.experts->count, ranks);
  }

  // Most splits that cannot be are found out here, before they are combined with all the rest.
  bool is_possible_split(const Split& split) {
    Choice{.split = split}.apply_to(tried_);
    return !fault_in(tried_);
  }

  void add_batches(Split split, const Pipelining& way) {
    split.chunks = way.chunks;
    const std::int64_t of_rank = run_.batch / split.data;
    for (std::int64_t size = 1; size <= of_rank; size = next_size(size)) {
      if (of_rank % size != 0 || !is_possible(way, split.pipeline, of_rank / size)) continue;
      add_shardings({.split = split, .micro_batch = size, .schedule = way.schedule});
    }
  }

  void add_shardings(Choice choice) {
    choice.apply_to(tried_);
    if (fault_in(tried_)) return;
    for (const Sharding sharding : shardings_of(choice.split)) {
      choice.sharding = sharding;
      all_.push_back(choice);
    }
  }

  const TrainingRun& run_;
  TrainingRun tried_;
  std::vector<Choice> all_;
};

}  // namespace

void Choice::apply_to(TrainingRun& run) const {
  run.split = split;
  run.micro_batch = micro_batch;
  run.sharding = sharding;
  run.schedule = schedule;
}

std::vector<Choice> choices_for(const TrainingRun& run, std::int64_t most_tensor) {
  Collector all(run);
  for (const std::int64_t tensor : divisors_up_to(run.gpus, most_tensor)) {
    const std::int64_t others = run.gpus / tensor;
    for (const std::int64_t pipeline : divisors_up_to(others, run.architecture.layers)) {
      const std::int64_t most = std::max<std::int64_t>(run.seq_len / shortest_piece, 1);
      for (const std::int64_t context : divisors_up_to(others / pipeline, most)) {
        all.add({.tensor = tensor,
                 .pipeline = pipeline,
                 .data = others / pipeline / context,
                 .context = context});
      }
    }
  }
  return std::move(all).take();
}

std::vector<Recompute> recomputes_for(const TrainingRun& run) {
  const bool is_by_operation = run.software.keeps_every_second_product;
  return {Recompute::none, is_by_operation ? Recompute::operations : Recompute::selective,
          Recompute::full};
}

}  // namespace shortfall
