#include "diagnosis/measured_rates.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "diagnosis/measured_steps.hpp"

namespace shortfall {
namespace {

struct Clock {
  Frequency value;
  std::string source;
};

// Of cores: a chain of dependent instructions, one cycle each.
std::optional<Clock> core_clock(const std::vector<MeasuredCase>& cases,
                                const MeasuredCase& product) {
  for (const MeasuredCase& one : cases) {
    const bool tells = one.result->benchmark == "core_clock" && one.result->work.cycles.value > 0;
    if (tells) return Clock{one.result->work.cycles / one.typical(), one.result->key};
  }
  const auto& after_product = product.measured->vitals.clock;
  if (!after_product || !(after_product->after.value > 0)) return std::nullopt;
  return Clock{after_product->after, "just after " + product.result->key};
}

// A derived peak is counted by the nominal clock; by which one a sheet counts is not told.
std::optional<Frequency> nominal_clock(const Report& report) {
  const auto& hosts = report.machine.hosts;
  if (report.machine.datasheet.confidence != "derived" || hosts.empty()) return std::nullopt;
  const Frequency clock = hosts.front().cpu.nominal_clock;
  return clock.value > 0 ? std::optional(clock) : std::nullopt;
}

std::optional<Clock> device_clock(const MeasuredCase& product) {
  const auto& device = product.measured->vitals.device;
  if (!device || !device->measured_clock) return std::nullopt;
  return Clock{{device->measured_clock->median}, product.result->key};
}

// Peaks of f64 and f32 are counted with the highest clock, those of types of tensor units with one
// of their own.
std::optional<Frequency> promised_clock(const Report& report, DType type) {
  const bool is_plain = type == DType::f64 || type == DType::f32;
  return is_plain ? report.machine.datasheet.clock : report.machine.datasheet.tensor_clock;
}

struct AloneAndTogether {
  Seconds alone, together;
  int shapes = 0;
};

// Rank 0 is held against itself: who is slow alone is not slowed by others.
AloneAndTogether alone_and_together(const std::vector<MeasuredCase>& cases) {
  AloneAndTogether sum;
  for (const MeasuredCase& one : cases) {
    const auto shape = step_as<Gemm>(*one.result);
    if (!shape || word_of(*one.result, "group") != "one") continue;
    const auto with_all = std::ranges::find_if(cases, [&](const MeasuredCase& other) {
      return word_of(*other.result, "group") == "all" && step_as<Gemm>(*other.result) == shape;
    });
    if (with_all == cases.end()) continue;
    sum.alone = sum.alone + of_first_rank(one).value_or(one.typical());
    sum.together = sum.together + of_first_rank(*with_all).value_or(with_all->typical());
    ++sum.shapes;
  }
  return sum;
}

}  // namespace

std::optional<ClockShare> clock_share(const Report& report, const std::vector<MeasuredCase>& cases,
                                      const MeasuredCase& product, DType type) {
  const bool is_processor = product.result->device == "host";
  const auto measured = is_processor ? core_clock(cases, product) : device_clock(product);
  const auto nominal = is_processor ? nominal_clock(report) : promised_clock(report, type);
  if (!measured || !nominal || !(measured->value.value > 0)) return std::nullopt;
  return ClockShare{measured->value / *nominal,
                    fmt::format("clock: {} by {}, the peak is counted with {}",
                                scaled(measured->value.value, "Hz"), measured->source,
                                scaled(nominal->value, "Hz"))};
}

std::optional<Seconds> of_first_rank(const MeasuredCase& one) {
  const std::vector<Seconds>& all = one.measured->per_rank.all;
  if (all.empty() || !(all.front() > Seconds{0})) return std::nullopt;
  return all.front();
}

Contention contention_of(const std::vector<MeasuredCase>& cases, std::string_view step) {
  AloneAndTogether times = alone_and_together(only_in_turn_with(step, cases));
  if (times.shapes == 0) times = alone_and_together(in_turn_with("", cases));
  if (times.shapes == 0) return {1, "ranks at once: not measured against one alone"};
  const double left = std::min(1.0, times.alone / times.together);
  return {left, fmt::format("ranks at once: {:.3g} % of what one alone reaches, by {} of the step",
                            100 * left, counted(times.shapes, "product"))};
}

}  // namespace shortfall
