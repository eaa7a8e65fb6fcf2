// One predicted training run in full.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ostream>

#include "core/text.hpp"
#include "reporters/lines.hpp"
#include "reporters/operation_text.hpp"
#include "reporters/prediction_text.hpp"

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

// A row of a waterfall, drawn where it lies between nothing and the whole step.
class Bars {
 public:
  explicit Bars(const std::vector<WaterfallRow>& rows) {
    double level = 0;
    for (const WaterfallRow& row : rows) {
      level += static_cast<double>(row.share);
      top_ = std::max(top_, level);
    }
  }

  std::string next(const WaterfallRow& row) {
    const double from = level_;
    level_ += static_cast<double>(row.share);
    const std::size_t first = column(std::min(from, level_));
    const std::size_t last = column(std::max(from, level_));
    const std::string bar =
        first == last ? "|" : std::string(last - first, row.share < 0 ? '-' : '#');
    return std::string(first, ' ') + bar;
  }

 private:
  std::size_t column(double level) const {
    constexpr double columns = 34;
    return static_cast<std::size_t>(std::lround(std::max(0.0, level) / top_ * columns));
  }

  double level_ = 0, top_ = 1e12;
};

void write_waterfall(std::ostream& out, const RunPrediction& prediction) {
  out << fmt::format("\n{:<42} {:>11} {:>8}\n", "where the step goes", "time", "share");
  Bars bars(prediction.waterfall);
  for (const WaterfallRow& row : prediction.waterfall) {
    if (row.share == 0) continue;
    const double share = static_cast<double>(row.share) * 1e-12;
    const Seconds size{std::abs(row.delta.value)};
    out << fmt::format("{:<42} {:>11} {:>8}  {}\n", row.label,
                       (row.delta.value < 0 ? "-" : "") + step_text(size), percent_text(share),
                       bars.next(row));
  }
}

void write_goodput(std::ostream& out, const RunAnswer& run) {
  if (!run.goodput) return;
  const Goodput& goodput = *run.goodput;
  out << wrapped(fmt::format("Failures and checkpoints (best every {}) take {} of all time: {} MFU "
                             "causal is left.",
                             step_text(goodput.between_checkpoints), percent_text(goodput.lost),
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
                       one.fits_memory ? "" : "  needs more memory than there is");
  }
}

void write_requests(std::ostream& out, const std::vector<Request>& all) {
  if (all.empty()) return;
  out << "\nwhat it depends on: 1 % less time of these saves\n";
  for (const Request& request : all) {
    const std::string_view whom = text_of(request.axis);
    out << fmt::format("{:>8.3f} %  {}{}\n", request.weight, text_of(request.operation),
                       whom.empty() ? "" : fmt::format(" by {} {}", request.group, whom));
  }
}

}  // namespace

void write_run(std::ostream& out, const RunAnswer& run) {
  write_head(out, run);
  write_waterfall(out, run.prediction);
  write_goodput(out, run);
  write_elasticity(out, run.prediction.elasticity);
  write_what_ifs(out, run.detail->what_if);
  write_requests(out, run.detail->requests);
  if (!run.assumed.empty()) {
    out << '\n' << item("assumed", join(run.assumed, ", "), width, indent);
  }
}

}  // namespace shortfall
