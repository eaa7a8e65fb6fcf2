#include "reporters/shortfall_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ostream>

#include "core/text.hpp"
#include "reporters/lines.hpp"
#include "reporters/loss_words.hpp"
#include "reporters/prediction_text.hpp"
#include "reporters/shortfall_bar.hpp"
#include "reporters/shortfall_losses_text.hpp"
#include "reporters/waterfall_text.hpp"

namespace shortfall {
namespace {

constexpr std::size_t width = 100, indent = 14, longest_label = 46;
constexpr std::size_t losses_told = 3, examples = 3;

std::string predicted_and_measured(Seconds predicted, const std::optional<Seconds>& measured) {
  const std::string text = step_text(predicted) + " predicted";
  if (!measured) return text + ", not measured";
  return fmt::format("{}, {} measured: error {}", text, step_text(*measured),
                     signed_percent_text(predicted / *measured - 1));
}

void write_head(std::ostream& out, const Shortfall& s) {
  const FittedWorkload& workload = s.workload;
  const bool has_model = !workload.model.empty() && workload.model != workload.name;
  const std::string scaled_down = workload.changes.empty() ? "" : ", scaled down to these ranks";
  out << wrapped(fmt::format("shortfall of {}{}{}", workload.name,
                             has_model ? fmt::format(" ({})", workload.model) : "", scaled_down),
                 width, 0)
      << wrapped(shortfall_sentence(s), width, 2);
}

void write_bars(std::ostream& out, const Shortfall& s) {
  const std::string bar = bar_of(s.waterfall, width - 2);
  if (!bar.empty()) out << "\n  " << bar << '\n';
  out << '\n';
  std::vector<std::string> labels;
  labels.reserve(s.waterfall.size());
  for (const ShortfallRow& row : s.waterfall) {
    labels.push_back(shortened(row.label, longest_label));
  }
  std::vector<WaterfallRow> rows;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    rows.push_back({s.waterfall[i].id, labels[i], s.waterfall[i].delta, s.waterfall[i].share_ppt});
  }
  write_waterfall(out, rows, s.measured_step.value_or(s.predicted_step));
}

void write_losses(std::ostream& out, const Shortfall& s) {
  const auto largest = largest_losses(s.waterfall, losses_told);
  if (largest.empty()) return;
  out << "\n  the largest losses, and what to try\n";
  for (const ShortfallRow* row : largest) {
    const std::string_view advice = words_of_loss(row->id).advice;
    const std::string name = fmt::format("{:>10.1f}  ", points_of(*row));
    out << item(name, loss_text(*row), width, indent)
        << (advice.empty() ? "" : wrapped(fmt::format("-> {}", advice), width, indent));
  }
}

void write_culprits(std::ostream& out, const Shortfall& s) {
  std::string all;
  for (const ShortfallRow* row : largest_losses(s.waterfall, s.waterfall.size())) {
    if (!row->culprit) continue;
    const Culprit& culprit = *row->culprit;
    all += item(
        fmt::format("{:>10.1f}  ", points_of(*row)),
        fmt::format("{}: {}. MFU {} -> {} if it were as the others", whom_text(culprit),
                    culprit.reason, percent_text(s.mfu.causal), percent_text(culprit.mfu_without)),
        width, indent);
  }
  if (!all.empty()) out << "\n  who is behind them\n" << all;
}

// Where the model was farthest off.
std::string farthest_off(std::vector<StepPartTime> parts) {
  std::erase_if(parts, [](const StepPartTime& part) { return !part.measured; });
  const auto distance = [](const StepPartTime& part) {
    return std::abs((part.predicted - *part.measured).value);
  };
  std::ranges::stable_sort(parts, std::greater(), distance);
  parts.resize(std::min(parts.size(), examples));
  std::vector<std::string> all;
  for (const StepPartTime& part : parts) {
    all.push_back(fmt::format("{} {} {} predicted, {} measured", part.phase, part.part,
                              step_text(part.predicted), step_text(*part.measured)));
  }
  return join(all, "; ");
}

// What takes longer where all ranks do it at once.
std::string slowed_together(std::vector<Simultaneity> all) {
  constexpr double least = 1.05;
  const auto factor = [](const Simultaneity& one) { return one.together / one.alone; };
  std::erase_if(
      all, [&](const Simultaneity& one) { return !(one.alone.value > 0 && factor(one) >= least); });
  std::ranges::stable_sort(all, std::greater(), factor);
  all.resize(std::min(all.size(), examples));
  std::vector<std::string> texts;
  for (const Simultaneity& one : all) {
    texts.push_back(fmt::format("{} takes {:.2f} times as long as alone", one.what, factor(one)));
  }
  return join(texts, "; ");
}

std::string decode_text(const std::optional<DecodedToken>& decode) {
  if (!decode) return "";
  return fmt::format("a token of each of {} with {} before it: {}",
                     counted(decode->batch, "sequence"), counted(decode->context, "token"),
                     predicted_and_measured(decode->predicted, decode->measured));
}

std::string at_scale_text(const Shortfall& s) {
  if (!s.at_scale) return "";
  std::vector<std::string> losses;
  for (const ShortfallRow* row : largest_losses(s.at_scale->waterfall, losses_told)) {
    losses.push_back(fmt::format("{:.1f} points to {}", points_of(*row), loss_text(*row)));
  }
  const std::string go = losses.empty() ? "" : "; lost: " + join(losses, ", ");
  return fmt::format("{} itself, on {} like these ranks': {} a step predicted, MFU {}{}",
                     s.workload.name, counted(s.at_scale->gpus, "device"),
                     step_text(s.at_scale->step), percent_text(s.at_scale->causal_mfu), go);
}

// "7, such as A; B; C".
std::string count_and_examples(const std::vector<std::string>& all) {
  if (all.empty()) return "";
  const std::vector<std::string> first(
      all.begin(), all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), examples)));
  const std::string text = join(first, "; ");
  return all.size() <= examples ? text : fmt::format("{}, such as {}", all.size(), text);
}

std::string changes_text(const FittedWorkload& workload) {
  if (workload.changes.empty()) return "";
  return fmt::format("{} (a rank does {:.3g} of the FLOP of a step as told)",
                     join(workload.changes, "; "), workload.factor);
}

}  // namespace

void write_shortfall(std::ostream& out, const Shortfall& shortfall) {
  write_head(out, shortfall);
  write_bars(out, shortfall);
  write_losses(out, shortfall);
  write_culprits(out, shortfall);
  out << '\n';
  const auto write = [&](const char* name, const std::string& text) {
    if (!text.empty()) out << item(name, text, width, indent);
  };
  write("  one step", predicted_and_measured(shortfall.predicted_step, shortfall.measured_step));
  write("  parts", farthest_off(shortfall.parts));
  write("  together", slowed_together(shortfall.simultaneity));
  write("  decode", decode_text(shortfall.decode));
  write("  at scale", at_scale_text(shortfall));
  write("  executed", join(shortfall.workload.run, ", "));
  write("  scaled", changes_text(shortfall.workload));
  write("  beyond", count_and_examples(shortfall.extrapolated));
  write("  assumed", count_and_examples(shortfall.assumed));
}

}  // namespace shortfall
