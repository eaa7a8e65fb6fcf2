// A machine that is known, and what a report of it should give back.
#pragma once

#include "diagnosis/measured_system.hpp"
#include "model/system/literature.hpp"
#include "model/training/gpu_sheet.hpp"
#include "tests/unit/report_of_system.hpp"
#include "tests/unit/sample_runs.hpp"

namespace shortfall {

inline const Datasheets& sheets() {
  static const Datasheets all = built_in();
  return all;
}

// Of ranks that are alike, as the reports here have them.
inline SystemModel literature() {
  SystemModel system =
      literature_system(gpu_sheet("NVIDIA H100 80GB HBM3", sheets(), "test").sheet, {});
  system.spread = 0;
  return system;
}

// In everything other than an H100 by literature.
inline SystemModel truth() {
  SystemModel system = literature();
  system.device.clock *= 0.9;
  system.device.memory = system.device.memory * 0.8;
  system.device.pass_start = system.device.pass_start * 2;
  system.scale_up.attained *= 0.7;
  system.scale_up.start = system.scale_up.start * 1.5;
  system.scale_out.attained *= 0.6;
  system.scale_out.hop = system.scale_out.hop * 2;
  return system;
}

inline TrainingRun run_on_two_hosts(const Split& split) {
  Architecture model{.layers = 32,
                     .hidden = 4096,
                     .heads = 32,
                     .kv_heads = 8,
                     .head_dim = 128,
                     .ffn = 14336,
                     .vocab = 128256,
                     .gated_mlp = true};
  TrainingRun run = run_of(model, split, 64);
  run.gpu = "host";
  run.seq_len = 4096;
  return run;
}

inline TrainingRun usual_run() { return run_on_two_hosts({.tensor = 8, .data = 2}); }

inline SystemModel found(const Report& report, TrainingRun run = usual_run()) {
  return system_of(report, run, sheets(), "report.json");
}

}  // namespace shortfall
