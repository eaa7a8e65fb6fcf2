// One predicted training run in full.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ostream>

#include "core/text.hpp"
#include "reporters/lines.hpp"
#include "reporters/operation_text.hpp"
#include "reporters/prediction_text.hpp"
#include "reporters/waterfall_text.hpp"

namespace shortfall {
namespace {

constexpr std::size_t width = 100, indent = 12;

void write_head(std::ostream& out, const RunAnswer& run) {
  const RunDetail& detail = *run.detail;
  const Mfu& mfu = run.prediction.mfu;
  out << wrapped(
      fmt::format("{}{}: {}, {}", run.id, detail.model.empty() ? "" : " (" + detail.model + ")",
                  counted(run.gpus, "GPU"), detail.system),
      width, 0);
  std::string step = step_text(run.prediction.step) + " predicted";
  if (run.prediction.factor != 1) step += fmt::format(" (factor {:.3f})", run.prediction.factor);
  if (const auto error = run.error()) {
    step += fmt::format(", {} measured: error {}", step_text(*run.measured),
                        signed_percent_text(*error));
  }
  out << item("  step", step, width, indent);
  out << item("  MFU",
              fmt::format("{} causal, {} full, {} PaLM, {} hardware, {} weighted by type; of {}",
                          percent_text(mfu.causal), percent_text(mfu.full), percent_text(mfu.palm),
                          percent_text(mfu.hardware), percent_text(mfu.weighted),
                          scaled(mfu.peak_used.value, "FLOP/s")),
              width, indent);
}

std::string long_text(Seconds time) {
  constexpr double minute = 60, hour = 3600;
  if (time.value >= 2 * hour) return fmt::format("{:.4g} h", time.value / hour);
  return time.value >= 2 * minute ? fmt::format("{:.4g} min", time.value / minute)
                                  : step_text(time);
}

void write_goodput(std::ostream& out, const RunAnswer& run) {
  if (!run.goodput) return;
  const Goodput& goodput = *run.goodput;
  out << wrapped(fmt::format("Failures and checkpoints (best every {}) take {} of all time: {} MFU "
                             "causal is left.",
                             long_text(goodput.between_checkpoints), percent_text(goodput.lost),
                             percent_text(run.prediction.mfu.causal * (1 - goodput.lost))),
                 width, 0);
}

void write_elasticity(std::ostream& out, std::vector<Elasticity> all) {
  constexpr double least = 5e-4;
  double sum = 0;
  for (const Elasticity& one : all) sum += one.value;
  std::erase_if(all, [](const Elasticity& one) { return std::abs(one.value) < least; });
  std::ranges::sort(all, std::greater(), &Elasticity::value);
  out << fmt::format("\n{:<42} {:>11}\n", "1 % more of", "saves");
  for (const Elasticity& one : all) {
    out << fmt::format("{:<42} {:>9.3f} %\n", name_of(one.resource), one.value);
  }
  out << fmt::format("{:<42} {:>9.3f} %\n", "all together", sum);
}

void write_what_ifs(std::ostream& out, const std::vector<WhatIf>& all) {
  out << fmt::format("\n{:<48} {:>10} {:>9} {:>11}\n", "what if", "step", "faster", "MFU causal");
  for (const WhatIf& one : all) {
    out << fmt::format("{:<48} {:>10} {:>9} {:>11}{}\n", one.change, step_text(one.step),
                       signed_percent_text(one.faster), percent_text(one.causal_mfu),
                       one.fits_memory ? "" : "  memory is short");
  }
}

void write_requests(std::ostream& out, const std::vector<MeasurementRequest>& all) {
  if (all.empty()) return;
  out << "\nwhat it depends on: 1 % less time of these saves\n";
  for (const MeasurementRequest& request : all) {
    const std::string_view whom = text_of(request.axis);
    out << fmt::format("{:>8.3f} %  {}{}\n", request.weight, text_of(request.operation),
                       whom.empty() ? "" : fmt::format(" by {} {}", request.group, whom));
  }
}

}  // namespace

void write_run(std::ostream& out, const RunAnswer& run) {
  write_head(out, run);
  out << "\nwhere the step goes\n";
  write_waterfall(out, run.prediction.waterfall, run.measured.value_or(run.prediction.step));
  write_goodput(out, run);
  write_elasticity(out, run.prediction.elasticity);
  write_what_ifs(out, run.detail->what_if);
  write_requests(out, run.detail->requests);
  const auto write = [&](const char* name, const std::vector<std::string>& all) {
    if (!all.empty()) out << '\n' << item(name, join(all, "; "), width, indent);
  };
  write("assumed", run.assumed);
  write("measured", run.detail->sources);
  write("beyond", run.extrapolated);
}

}  // namespace shortfall
