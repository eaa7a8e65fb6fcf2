#include "reporters/prediction_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ostream>

#include "core/text.hpp"
#include "reporters/lines.hpp"

namespace shortfall {
namespace {

constexpr std::size_t width = 100;
constexpr std::size_t longest_id = 44;
// Above that many rows, this many are shown.
constexpr std::size_t short_document = 40, rows_of_long_document = 25;
constexpr std::size_t reasons_of_long_document = 10;

using Runs = std::vector<const RunAnswer*>;

std::string short_id(const std::string& id) { return shortened(id, longest_id); }

std::string or_dash(const std::optional<Seconds>& time) { return time ? step_text(*time) : "-"; }

void write_row(std::ostream& out, const RunAnswer& run) {
  const std::string id = short_id(run.id);
  const auto error = run.error();
  const Mfu& mfu = run.prediction.mfu;
  out << id << std::string(longest_id - columns(id), ' ')
      << fmt::format(" {:>8} {:>10} {:>10} {:>9} {:>7} {:>7}\n", run.gpus,
                     step_text(run.prediction.step), or_dash(run.measured),
                     error ? signed_percent_text(*error) : "-", percent_text(mfu.causal),
                     percent_text(mfu.full));
}

double distance(const RunAnswer* run) { return std::abs(run->error().value_or(0)); }

void write_table(std::ostream& out, Runs runs, Rows rows) {
  const std::size_t all = runs.size();
  const bool is_cut = rows == Rows::worst && all > short_document;
  if (is_cut) {
    std::ranges::stable_sort(runs, std::greater(), distance);
    runs.resize(rows_of_long_document);
    out << fmt::format("{} of {} runs, those that are farthest off first (--all shows all)\n\n",
                       runs.size(), all);
  }
  out << fmt::format("{:<{}} {:>8} {:>10} {:>10} {:>9} {:>15}\n", "run", longest_id, "GPUs",
                     "predicted", "measured", "error", "MFU causal/full");
  for (const RunAnswer* run : runs) write_row(out, *run);
}

void write_not_predicted(std::ostream& out, const Answers& answers, Rows rows) {
  Runs lacking;
  for (const RunAnswer& run : answers.runs) {
    if (!run.is_predicted() && !run.is_faulty) lacking.push_back(&run);
  }
  if (lacking.empty()) return;
  const std::size_t shown =
      rows == Rows::all ? lacking.size() : std::min(lacking.size(), reasons_of_long_document);
  out << fmt::format("\nnot predicted: {}\n",
                     counted(static_cast<std::int64_t>(lacking.size()), "run"));
  for (std::size_t i = 0; i < shown; ++i) out << wrapped(lacking[i]->why_not, width, 2);
  if (shown < lacking.size()) {
    out << fmt::format("  and {} others (--all shows all)\n", lacking.size() - shown);
  }
}

void write_sources(std::ostream& out, const std::vector<SourceErrors>& sources) {
  const bool has_errors = std::ranges::any_of(
      sources, [](const SourceErrors& one) { return one.rows > 0 || one.factor.has_value(); });
  if (!has_errors) return;
  out << fmt::format("\n{:<{}} {:>8} {:>13} {:>9} {:>8}\n", "errors by source", longest_id, "runs",
                     "mean |error|", "bias", "factor");
  for (const SourceErrors& one : sources) {
    const std::string source = short_id(one.source);
    out << source << std::string(longest_id - columns(source), ' ')
        << fmt::format(" {:>8} {:>13} {:>9} {:>8}\n", one.rows,
                       one.mape ? percent_text(*one.mape) : "-",
                       one.bias ? signed_percent_text(*one.bias) : "-",
                       one.factor ? fmt::format("{:.3f}", *one.factor) : "-");
  }
}

}  // namespace

std::string step_text(Seconds time) {
  if (time.value >= 1) return fmt::format("{:.4g} s", time.value);
  return time.value >= 1e-3 ? fmt::format("{:.4g} ms", time.value * 1e3)
                            : fmt::format("{:.4g} us", time.value * 1e6);
}

std::string percent_text(double share) { return fmt::format("{:.1f} %", 100 * share); }
std::string signed_percent_text(double share) { return fmt::format("{:+.1f} %", 100 * share); }

void write_predictions(std::ostream& out, const Answers& answers, Rows rows) {
  Runs predicted;
  for (const RunAnswer& run : answers.runs) {
    if (run.is_predicted()) predicted.push_back(&run);
  }
  const bool is_single = answers.runs.size() == 1;
  if (!is_single && !predicted.empty()) write_table(out, predicted, rows);
  for (const RunAnswer* run : predicted) {
    if (!run->detail) continue;
    if (!is_single) out << '\n';
    write_run(out, *run);
  }
  write_not_predicted(out, answers, rows);
  if (!is_single) write_sources(out, answers.sources);
}

}  // namespace shortfall
