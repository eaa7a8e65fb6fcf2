#include "diagnosis/shortfall.hpp"

#include <algorithm>
#include <cmath>

#include "diagnosis/culprits.hpp"
#include "diagnosis/measured_system.hpp"
#include "diagnosis/simultaneity.hpp"
#include "model/answers.hpp"
#include "model/system/measured_reach.hpp"
#include "model/what_if_hosts.hpp"

namespace shortfall {
namespace {

// A run goes on where it measured what cannot be: it leaves that out, and is not called unfinished
// before it has ended.
Report begun_by(const Report& report) {
  Report possible = report;
  possible.run.status = RunStatus::complete;
  std::erase_if(possible.entries, [](const Entry& entry) {
    const auto* const measured = std::get_if<Measured>(&entry.result.outcome);
    return measured && !fault_in({&entry.result, measured}).empty();
  });
  return possible;
}

// The last one with right data.
const MeasuredCase* executed(const std::vector<MeasuredCase>& cases, std::string_view benchmark) {
  const MeasuredCase* last = nullptr;
  for (const MeasuredCase& one : cases) {
    if (one.result->benchmark == benchmark) last = &one;
  }
  return last;
}

std::optional<Seconds> time_of(const MeasuredCase* executed) {
  return executed ? std::optional(executed->slowest()) : std::nullopt;
}

ShortfallMfu mfu_from(const Mfu& mfu) {
  return {mfu.causal, mfu.full, mfu.palm, mfu.hardware, mfu.peak_used};
}

std::vector<ShortfallRow> rows_of(const RunPrediction& prediction) {
  std::vector<ShortfallRow> rows;
  for (const WaterfallRow& row : prediction.waterfall) {
    rows.push_back({.id = std::string(row.id),
                    .label = std::string(row.label),
                    .delta = row.delta,
                    .share_ppt = row.share,
                    .source = std::string(origin_of(row.id, prediction.is_on_measured)),
                    .culprit = {}});
  }
  return rows;
}

// Only what changes something, and fits into memory.
std::vector<ShortfallWhatIf> what_if_of(const TrainingRun& run, const SystemModel& system) {
  constexpr double nothing = 0.0005;  // of a step
  std::vector<WhatIf> all = what_ifs(run, system);
  std::ranges::move(without_hosts(run, system), std::back_inserter(all));
  std::vector<ShortfallWhatIf> told;
  for (const WhatIf& one : all) {
    if (!one.fits_memory || std::abs(one.faster) < nothing) continue;
    told.push_back({one.id, one.change, one.step, one.faster, one.causal_mfu});
  }
  return told;
}

std::vector<StepPartTime> with_times(std::vector<StepPartTime> parts,
                                     const MeasuredCase* executed) {
  if (!executed) return parts;
  const auto& figures = executed->measured->figures;
  for (StepPartTime& part : parts) {
    const auto found =
        std::ranges::find(figures, part.phase + "." + part.part + "_s", &FigureOfRanks::name);
    if (found != figures.end()) part.measured = Seconds{found->median};
  }
  return parts;
}

AtScale at_scale_of(TrainingRun told, const SystemModel& system) {
  told.measured.reset();
  told.peak.reset();
  const RunPrediction prediction = predict(told, system);
  return {.gpus = told.gpus,
          .step = prediction.step,
          .causal_mfu = prediction.mfu.causal,
          .waterfall = rows_of(prediction),
          .extrapolated = beyond_measured(told, system)};
}

}  // namespace

PredictedStep predicted_on(const Report& report, FittedStep fitted, const Datasheets& sheets,
                           std::string_view step) {
  const Report begun = begun_by(report);
  PredictedStep predicted{.fitted = std::move(fitted)};
  TrainingRun& run = predicted.fitted.run;
  run.measured.reset();
  run.fabric = {};  // of the machine for which it was told
  predicted.system = system_of_this_run(begun, run, sheets, step);
  predicted.step = predicted_step(run, predicted.system);
  if (predicted.fitted.told) {
    predicted.at_scale = system_of_this_run(begun, *predicted.fitted.told, sheets, step);
  }
  return predicted;
}

Shortfall shortfall_of(const Report& report, const PredictedStep& predicted) {
  std::vector<MeasuredCase> measured = measured_cases(report);
  std::erase_if(measured, [](const MeasuredCase& one) { return !fault_in(one).empty(); });
  const std::vector<MeasuredCase> cases = in_turn_with("training_step", measured);
  const MeasuredCase* const training = executed(cases, "training_step");
  const SystemModel& system = predicted.system;
  TrainingRun run = predicted.fitted.run;
  run.measured = time_of(training);
  const Seconds step = run.measured.value_or(predicted.step);
  const RunPrediction prediction = predict(run, system);

  Shortfall all;
  all.workload = predicted.fitted.workload;
  all.datasheet = system.device.peak;
  all.mfu = mfu_from(mfu_at(run, system, step));
  all.delivered = all.mfu.peak_used * all.mfu.causal;
  all.waterfall = rows_of(prediction);
  name_culprits(all.waterfall, {report, cases, run, system, step});
  for (const Elasticity& one : prediction.elasticity) {
    all.elasticity.emplace_back(name_of(one.resource), one.value);
  }
  all.what_if = what_if_of(run, system);
  all.predicted_step = predicted.step;
  all.measured_step = run.measured;
  all.parts = with_times(predicted.parts, training);
  all.simultaneity = simultaneity_in(measured, "training_step");
  all.decode = predicted.decode;
  if (all.decode) all.decode->measured = time_of(executed(cases, "decode_step"));
  if (predicted.at_scale) {
    all.at_scale = at_scale_of(*predicted.fitted.told, *predicted.at_scale);
  }
  all.extrapolated = beyond_measured(run, system);
  all.assumed = run.assumed;
  all.sources = system.sources;
  return all;
}

}  // namespace shortfall
