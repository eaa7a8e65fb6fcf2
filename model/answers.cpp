#include "model/answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "core/error.hpp"
#include "model/system/measured_reach.hpp"
#include "model/system/promised.hpp"
#include "model/system/run_system.hpp"
#include "model/training/room.hpp"
#include "model/what_if_hosts.hpp"

namespace shortfall {
namespace {

// A run that can be predicted, and the row that it belongs to.
struct Priced {
  std::size_t row = 0;
  TrainingRun run;
  SystemModel system;
  Seconds step;  // not calibrated
};

// Shares are counted in parts of 10^12, which would not hold more.
void refuse_other_unit(const Priced& priced, const std::string& where) {
  constexpr double most = 1e6;
  const auto& measured = priced.run.measured;
  if (!measured || priced.step / *measured <= most) return;
  throw BadUsage(
      fmt::format("{}: derived.iter_s: expected seconds, found {:.3g}, where {:.3g} s "
                  "are predicted: is it in another unit?",
                  where, measured->value, priced.step.value));
}

Priced priced_of(const RunRow& row, std::size_t index, const SystemFor& system_for) {
  Priced priced{.row = index, .run = *row.run, .system = {}, .step = {}};
  priced.system = system_for(priced.run, row.where);
  if (const auto fault = make_room(priced.run, priced.system.device.memory_size)) {
    throw BadUsage(row.where + ": " + fault->field + ": " + fault->problem);
  }
  priced.step = predicted_step(priced.run, priced.system);
  if (!std::isfinite(priced.step.value) || priced.step.value <= 0) {
    throw BadUsage(row.where + ": its step takes longer than can be computed with");
  }
  refuse_other_unit(priced, row.where);
  return priced;
}

std::vector<ComparedRun> compared(const std::vector<Priced>& all,
                                  const std::vector<RunAnswer>& runs) {
  std::vector<ComparedRun> list;
  for (const Priced& one : all) list.push_back({runs[one.row].source, one.step, one.run.measured});
  return list;
}

double factor_for(const std::string& source, const std::vector<SourceErrors>& sources) {
  return std::ranges::find(sources, source, &SourceErrors::source)->factor.value_or(1);
}

std::vector<WhatIf> all_what_ifs(const TrainingRun& run, const SystemModel& system) {
  std::vector<WhatIf> all = what_ifs(run, system);
  std::ranges::move(without_hosts(run, system), std::back_inserter(all));
  return all;
}

RunDetail detail_of(const Priced& one) {
  return {.model = one.run.model,
          .system = one.system.name,
          .sources = one.system.sources,
          .what_if = all_what_ifs(one.run, one.system),
          .requests = requests(one.run, one.system)};
}

void fill(RunAnswer& answer, Priced one, double factor, Detail detail) {
  answer.prediction = predict(one.run, one.system, factor);
  answer.gpus = one.run.gpus;
  answer.measured = one.run.measured;
  if (one.run.reliability) answer.goodput = goodput_of(*one.run.reliability, one.run.gpus);
  if (detail == Detail::of_each) answer.detail = detail_of(one);
  answer.extrapolated = beyond_measured(one.run, one.system);
  answer.assumed = std::move(one.run.assumed);
}

}  // namespace

std::optional<double> RunAnswer::error() const {
  if (!is_predicted() || !measured) return std::nullopt;
  return relative_error(prediction.step, *measured);
}

SystemFor by_literature(Datasheets sheets) {
  return [sheets = std::move(sheets)](TrainingRun& run, const std::string& where) {
    try {
      return system_of(run, sheets, where);
    } catch (const BadUsage& refusal) {
      const std::string why = refusal.what();
      throw BadUsage(why.starts_with(where) ? why : where + ": gpu: " + why);
    }
  };
}

SystemFor by_promises(Datasheets sheets) {
  return
      [published = by_literature(std::move(sheets))](TrainingRun& run, const std::string& where) {
        return as_promised(published(run, where));
      };
}

Answers answers_to(const std::vector<RunRow>& rows, const SystemFor& system_for,
                   Calibration calibration, Detail detail) {
  Answers answers;
  std::vector<Priced> priced;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const RunRow& row = rows[i];
    RunAnswer& answer = answers.runs.emplace_back();
    answer.id = row.id;
    answer.source = source_key(row.id);
    answer.why_not = row.why_not;
    answer.is_faulty = row.is_faulty;
    if (!row.run) continue;
    try {
      priced.push_back(priced_of(row, i, system_for));
    } catch (const BadUsage& fault) {
      answer.why_not = fault.what();
      answer.is_faulty = true;
    }
  }
  answers.sources = errors_by_source(compared(priced, answers.runs), calibration);
  for (Priced& one : priced) {
    RunAnswer& answer = answers.runs[one.row];
    fill(answer, std::move(one), factor_for(answer.source, answers.sources), detail);
  }
  return answers;
}

std::string_view origin_of(std::string_view waterfall_row, bool is_on_measured) {
  struct Origin {
    std::string_view row, of;
  };
  constexpr Origin others[] = {{"delivered", "datasheet"}, {"slowest_class", "datasheet"},
                               {"dispatch", "measured"},   {"interference", "published"},
                               {"bubble", "schedule"},     {"imbalance", "schedule"},
                               {"outer", "run"},           {"stack", "calibration"},
                               {"residual", "residual"}};
  const auto* const found = std::ranges::find(others, waterfall_row, &Origin::row);
  return found != std::ranges::end(others) ? found->of : is_on_measured ? "measured" : "published";
}

}  // namespace shortfall
