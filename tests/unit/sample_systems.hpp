// Systems for tests: one of round numbers, and those of datasheets and published efficiencies.
#pragma once

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <vector>

#include "model/prediction.hpp"
#include "model/system/run_system.hpp"
#include "model/training/run_json.hpp"
#include "model/workloads/workloads.hpp"
#include "tests/unit/sample_documents.hpp"
#include "topology/datasheets/datasheets.hpp"

namespace shortfall::sample {

inline constexpr std::array<Tile, 1> square_tile{{{128, 128, 1}}};

// 100 multiprocessors of 1 TFLOP/s, memory of 1 TB/s, 8 ranks of a domain at 100 GB/s with NICs of
// 10 GB/s, of which large groups attain 80 and 50 %.
inline SystemModel round_numbers() {
  SystemModel system;
  system.device.peak = {100e12};
  system.device.peak_fp8 = {200e12};
  system.device.without_matrix_units = {10e12};
  system.device.units = 100;
  system.device.tiles = square_tile;
  system.device.memory = {1e12};
  system.device.memory_promised = {1e12};
  system.device.attention = {{{}, {0.3, 0.2}, {0.5, 0.4}, {0.8, 0.6}}};
  system.scale_up = {
      .promised = {100e9}, .attained = 0.8, .small_group = 0.4, .start = {10e-6}, .hop = {1e-6}};
  system.scale_out = {.promised = {10e9}, .attained = 0.5, .hop = {5e-6}};
  system.scale_up_ranks = 8;
  return system;
}

struct PricedRun {
  TrainingRun run;
  SystemModel system;
};

inline PricedRun priced(TrainingRun run) {
  SystemModel system = system_of(run, built_in(), run.id);
  return {std::move(run), std::move(system)};
}

// Of published_runs.json and contrasts.json, those that can be predicted.
inline const std::vector<TrainingRun>& published() {
  static const std::vector<TrainingRun> runs = [] {
    std::vector<TrainingRun> all;
    for (const char* const file : {"published_runs.json", "contrasts.json"}) {
      for (const RunRow& row : runs_from(text_of_data(file), file)) {
        if (row.run) all.push_back(*row.run);
      }
    }
    return all;
  }();
  return runs;
}

inline TrainingRun published(const std::string& id) {
  const auto found = std::ranges::find(published(), id, &TrainingRun::id);
  return found != published().end() ? *found : throw std::runtime_error("no row " + id);
}

inline double step_of(const TrainingRun& run) {
  const PricedRun one = priced(run);
  return predicted_step(one.run, one.system).value;
}

// The same run on other devices with the links of their datasheets.
inline TrainingRun on(const std::string& gpu, TrainingRun run) {
  run.gpu = gpu;
  run.peak.reset();
  run.fabric = {};
  return run;
}

// Every workload on several devices, and every published run.
inline std::vector<PricedRun> all_runs() {
  std::vector<PricedRun> all;
  for (const auto& [name, summary] : workloads()) {
    for (const char* const gpu :
         {"V100-SXM", "A100-SXM4-80GB", "H100-SXM5-80GB", "H200", "B200", "MI300X"}) {
      all.push_back(priced(on(gpu, workload_named(name))));
      all.back().run.id = name + " on " + gpu;
    }
  }
  for (const TrainingRun& run : published()) all.push_back(priced(run));
  return all;
}

inline const WaterfallRow* row_named(const RunPrediction& prediction, std::string_view id) {
  for (const WaterfallRow& row : prediction.waterfall) {
    if (row.id == id) return &row;
  }
  return nullptr;
}

inline double elasticity_to(const RunPrediction& prediction, Resource resource) {
  return prediction.elasticity[static_cast<std::size_t>(resource)].value;
}

}  // namespace shortfall::sample
