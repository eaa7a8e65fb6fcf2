#include "reporters/case_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/text.hpp"

namespace shortfall {
namespace {

const Measured& measured(const Entry& entry) { return std::get<Measured>(entry.result.outcome); }

Rates rates_of(const Entry& entry) {
  return rates(entry.result.work, measured(entry).timing.of_primary().median);
}

template <class Unit>
std::string text_of_rate(const std::optional<Rate<Unit>>& rate, std::string_view unit) {
  return rate ? scaled(rate->value, unit) : "";
}

// Of integers, "floating-point" would be wrong.
std::string_view operation_unit(const Params& params) {
  const bool is_integer = params.has("dtype") && (params.text("dtype").starts_with('i') ||
                                                  params.text("dtype").starts_with('u'));
  return is_integer ? "OP/s" : "FLOP/s";
}

const FigureOfRanks* figure(const Entry& entry, std::string_view name) {
  const auto& figures = measured(entry).figures;
  const auto found = std::ranges::find(figures, name, &FigureOfRanks::name);
  return found == figures.end() ? nullptr : &*found;
}

std::string place_of(const FigureOfRanks& figure) {
  return fmt::format("rank {} of {}", figure.rank, figure.host);
}

std::string percent(const std::optional<double>& share) {
  return share ? fmt::format("{:.1f} %", 100 * *share) : "";
}

// What options usually are: only what differs from it is worth a reader's time.
bool goes_without_saying(const Value& value) {
  constexpr std::array<std::string_view, 16> usual{
      "out_of_place", "blocking", "auto",  "huge",   "warm",   "balanced",
      "normal",       "local",    "plain", "native", "pinned", "copy_engine",
      "write",        "nearest",  "usual", "polling"};
  const auto* const word = std::get_if<std::string>(&value);
  return word && std::ranges::count(usual, *word) > 0;
}

}  // namespace

std::string label_of(const Result& result) {
  std::string label = result.benchmark;
  for (const auto& [name, value] : result.params) {
    if (goes_without_saying(value)) continue;
    const auto* const number = std::get_if<std::int64_t>(&value);
    label += ' ';
    label += !number           ? text_of(value)
             : name == "bytes" ? size_text(*number)
                               : fmt::format("{}={}", name, *number);
  }
  return label;
}

std::string time_text(const Entry& entry) {
  return scaled(measured(entry).timing.of_primary().median.value, "s");
}

std::string p95_text(const Entry& entry) {
  return scaled(measured(entry).timing.of_primary().p95.value, "s");
}

std::string rate_text(const Entry& entry) {
  const Rates all = rates_of(entry);
  if (all.cycles) return text_of_rate(all.cycles, "Hz");
  switch (entry.result.suite) {
    case Suite::memory:
      return text_of_rate(all.memory, "B/s");
    case Suite::device_link:  // copies within one device use its memory alone
      if (!all.bus) return text_of_rate(all.memory, "B/s");
      [[fallthrough]];
    case Suite::network:
    case Suite::collectives:
      return text_of_rate(all.bus, "B/s");
    case Suite::latency:
      return text_of_rate(all.algorithm, "B/s");
    case Suite::gemm:
    case Suite::workload:
      break;
  }
  return text_of_rate(all.flop, operation_unit(entry.result.params));
}

std::string algorithm_text(const Entry& entry) {
  return text_of_rate(rates_of(entry).algorithm, "B/s");
}

std::string datasheet_text(const Entry& entry) { return percent(entry.attainment.of_datasheet); }

std::string at_clock_text(const Entry& entry) {
  return percent(entry.attainment.of_datasheet_at_clock);
}

std::string peak_text(const Entry& entry) { return percent(entry.attainment.of_measured_peak); }

std::string skew_text(const Entry& entry) {
  const auto& skew = measured(entry).timing.skew;
  return skew ? scaled(skew->median.value, "s") : "";
}

std::string remark_text(const Entry& entry) {
  std::vector<std::string> all;
  if (const auto* const noise = figure(entry, "noise_share"))
    all.push_back(fmt::format("{:.2g} % of the time lost to others, most on {}", 100 * noise->max,
                              place_of(*noise)));
  for (const auto& [name, words] : {std::pair{"longest_detour_s", "longest interruption"},
                                    std::pair{"longest_wake_s", "longest"}}) {
    if (const auto* const longest = figure(entry, name))
      all.push_back(
          fmt::format("{} {} on {}", words, scaled(longest->max, "s"), place_of(*longest)));
  }
  return join(all, "; ");
}

std::string data_text(const Entry& entry) {
  switch (measured(entry).verification.status) {
    case Verification::Status::passed:
      return "ok";
    case Verification::Status::failed:
      return "WRONG";
    case Verification::Status::none:
      break;
  }
  return "-";
}

}  // namespace shortfall
