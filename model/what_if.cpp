#include "model/what_if.hpp"

#include <cmath>

#include "model/training/check_run.hpp"
#include "model/training/memory.hpp"

namespace shortfall {
namespace {

struct Case {
  TrainingRun run;
  SystemModel system;
};

struct Change {
  const char* id;
  const char* words;
  bool (*apply)(Case&);  // false: this run or system has nothing to change there
};

bool more_nic(Case& c) {
  c.system.scale_out.promised = c.system.scale_out.promised * 1.25;
  return true;
}

bool rack_scale(Case& c) {
  constexpr std::int64_t nvl72 = 72;
  if (c.system.scale_up_ranks >= nvl72 || c.run.gpus <= c.system.scale_up_ranks) return false;
  c.system.scale_up_ranks = nvl72;
  return true;
}

bool more_power(Case& c) {
  constexpr double more = 1000.0 / 700;
  c.system.device.clock = std::min(1.0, c.system.device.clock * std::cbrt(more));
  return true;
}

bool more_memory_rate(Case& c) {
  constexpr double h200_over_h100 = 1.43;
  c.system.device.memory = c.system.device.memory * h200_over_h100;
  return true;
}

bool fp8(Case& c) {
  if (c.run.precision == Precision::fp8 || c.system.device.peak_fp8.value <= 0) return false;
  c.run.precision = Precision::fp8;
  return true;
}

bool less_recompute(Case& c) {
  if (c.run.recompute != Recompute::full) return false;
  c.run.recompute = Recompute::selective;
  return true;
}

bool no_recompute(Case& c) {
  if (c.run.recompute == Recompute::none) return false;
  c.run.recompute = Recompute::none;
  return true;
}

bool half_tensor(Case& c) {
  Split& split = c.run.split;
  if (split.tensor % 2 != 0) return false;
  split.tensor /= 2;
  split.data *= 2;
  return true;
}

bool twice_chunks(Case& c) {
  if (c.run.split.pipeline == 1) return false;
  c.run.split.chunks *= 2;
  c.run.schedule = Schedule::interleaved;
  return true;
}

bool twice_batch(Case& c) {
  c.run.batch *= 2;
  return true;
}

bool twice_micro_batch(Case& c) {
  c.run.micro_batch *= 2;
  return c.run.batch % (c.run.split.data * c.run.micro_batch) == 0;
}

constexpr Change changes[] = {
    {"nic_25", "NICs 25 % faster", more_nic},
    {"scale_up_72", "72 GPUs joined by scale-up links", rack_scale},
    {"power_43", "43 % more power for each GPU (700 to 1000 W)", more_power},
    {"memory_43", "memory 43 % faster (H100 to H200)", more_memory_rate},
    {"fp8", "linear layers in fp8", fp8},
    {"selective", "selective instead of full recomputation", less_recompute},
    {"no_recompute", "no recomputation", no_recompute},
    {"half_tensor", "half as many tensor-parallel ranks", half_tensor},
    {"twice_chunks", "twice as many chunks for each stage", twice_chunks},
    {"twice_batch", "twice the batch", twice_batch},
    {"twice_micro_batch", "twice the micro-batch", twice_micro_batch},
};

bool fits(const TrainingRun& run, const SystemModel& system) {
  if (system.device.memory_size.value <= 0) return true;
  for (const Stage& stage : {stages(run).front(), stages(run).back()}) {
    if (memory(run, stage).total() > system.device.memory_size) return false;
  }
  return true;
}

}  // namespace

std::vector<WhatIf> what_ifs(const TrainingRun& run, const SystemModel& system) {
  const double before = predicted_step(run, system).value / static_cast<double>(run.batch);
  std::vector<WhatIf> all;
  for (const Change& change : changes) {
    Case changed{run, system};
    if (!change.apply(changed) || fault_in(changed.run)) continue;
    const Seconds step = predicted_step(changed.run, changed.system);
    const double of_sequence = step.value / static_cast<double>(changed.run.batch);
    all.push_back({.id = change.id,
                   .change = change.words,
                   .step = step,
                   .faster = 1 - of_sequence / before,
                   .causal_mfu = mfu_at(changed.run, changed.system, step).causal,
                   .fits_memory = fits(changed.run, changed.system)});
  }
  return all;
}

}  // namespace shortfall
