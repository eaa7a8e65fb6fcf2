#include "reporters/limits_text.hpp"

#include <fmt/format.h>

#include <cmath>
#include <ostream>

#include "core/text.hpp"
#include "reporters/lines.hpp"

namespace shortfall {
namespace {

constexpr std::size_t width = 100;

std::string short_flop(const std::optional<Flops>& flop, const std::string& nothing) {
  if (!flop) return nothing;
  return std::isinf(flop->value) ? "no limit" : fmt::format("{:.2e}", flop->value);
}

// What stands for a wall that the sweep does not reach.
std::string wall(const Variant& variant) {
  if (!variant.last_feasible) return "none";
  return (variant.frontier.is_complete ? ">" : "") + short_flop(variant.last_feasible, "");
}

std::string network_text(const Accelerator& gpu) {
  std::string text;
  for (std::size_t level = 0; level < gpu.network.size(); ++level) {
    const NetworkLevel& one = gpu.network[level];
    const std::string rate = std::isinf(one.both_ways.value)
                                 ? "unlimited"
                                 : scaled(one.both_ways.value, "B/s") + " both ways";
    const std::string where = level < gpu.fan_out.size()
                                  ? fmt::format(" in groups of {}", gpu.fan_out[level])
                                  : " between all";
    text += fmt::format("; {}{}, {} a message", rate, where, scaled(one.latency.value, "s"));
  }
  return text;
}

void write_machine(std::ostream& out, const LimitsStudy& study,
                   const std::vector<std::string>& sources) {
  const Accelerator& gpu = study.gpu;
  out << wrapped(fmt::format("{}: {} at the peak, {:.0f} % of it sustained; memory {}, {} to start "
                             "a product{}.",
                             gpu.name, scaled(gpu.peak().value, "FLOP/s"),
                             100 * gpu.sustained_fraction, scaled(gpu.memory_rate.value, "B/s"),
                             scaled(gpu.product_latency.value, "s"), network_text(gpu)),
                 width, 0);
  for (const std::string& source : sources) out << wrapped(source, width, 2);
}

// At most seven columns.
std::string count_text(std::int64_t count) {
  return count < 1'000'000 ? std::to_string(count)
                           : fmt::format("{:.1e}", static_cast<double>(count));
}

void write_points(std::ostream& out, const LimitsStudy& study) {
  out << fmt::format("\n{:>10} {:>10} {:>6} {:>7} {:>6} {:>7}   {:>9} {:>9} {:>9}  {}\n",
                     "training", "GPUs", "used", "tensor", "pipe", "data", "bandwidth", "latency",
                     "batch", "bent by");
  out << fmt::format("{:>10} {:>10} {:>6} {:>7} {:>6} {:>7}   {:>29}\n", "FLOP", "", "", "ways",
                     "ways", "ways", "utilisation that each takes");
  const auto& points = study.base.frontier.points;
  const auto share = [](const std::optional<double>& taken) {
    return taken ? fmt::format("{:.3f}", *taken) : std::string("?");
  };
  for (std::size_t i = 0; i < points.size(); ++i) {
    const Division& division = points[i].solution.division;
    const Taken taken = taken_at(study, i);
    const std::string_view bent = bent_by(taken);
    out << fmt::format(
        "{:>10.2e} {:>10.3g} {:>6.3f} {:>7} {:>6} {:>7}   {:>9} {:>9} {:>9}  {}\n",
        points[i].training().value, static_cast<double>(division.gpus()), points[i].utilization(),
        count_text(ways(division.widths.model) * ways(division.widths.ff)),
        count_text(ways(division.stages)), count_text(ways(division.data)), share(taken.bandwidth),
        share(taken.latency), share(taken.batch), bent.empty() ? "-" : bent);
  }
}

void write_ends(std::ostream& out, const LimitsStudy& study) {
  const Variant& base = study.base;
  out << fmt::format("\nLinear scaling ends (used {:.3f} or less)\n", study.threshold);
  out << fmt::format("  first crossing     {}\n", flop_text(base.linear_end, "not in the sweep"));
  out << fmt::format("  smoothed crossing  {}\n", flop_text(base.smoothed_end, "not in the sweep"));
  out << fmt::format("  closed form        {}\n", flop_text(base.bandwidth_form, "none"));
  out << fmt::format("Latency wall ({} for every product)\n", scaled(study.per_product.value, "s"));
  out << fmt::format(
      "  last feasible      {}{}\n", flop_text(base.last_feasible, "not even the first model"),
      base.frontier.is_complete ? ", where the sweep ends: the wall is further out" : "");
  out << fmt::format("  closed form        {}\n", flop_text(base.latency_form, "none"));
}

void write_changes(std::ostream& out, const LimitsStudy& study) {
  out << fmt::format("\n{:<26} {:>10} {:>10} {:>10}   {:>12} {:>12}\n", "what if", "linear to",
                     "smoothed", "wall", "closed: lin.", "closed: wall");
  const auto line = [&](const Variant& one) {
    out << fmt::format("{:<26} {:>10} {:>10} {:>10}   {:>12} {:>12}\n", one.name,
                       short_flop(one.linear_end, "-"), short_flop(one.smoothed_end, "-"),
                       wall(one), short_flop(one.bandwidth_form, "-"),
                       short_flop(one.latency_form, "-"));
  };
  line(study.base);
  for (const Variant& one : study.changes) line(one);
}

void write_sentence(std::ostream& out, const LimitsStudy& study) {
  const Variant &base = study.base, &halved = study.changes.front();
  const double months = study.duration.value / (365.25 / 12 * 86400);
  if (!base.last_feasible) {
    out << fmt::format("\nNo cluster of these trains even the first model in {:.0f} months.\n",
                       months);
    return;
  }
  out << '\n'
      << wrapped(fmt::format("This fabric carries you to {} in {:.0f} months, linearly to {}; with "
                             "{} to {}, linearly to {}.",
                             flop_text(base.last_feasible, ""), months,
                             flop_text(base.linear_end, "the end"), halved.name,
                             flop_text(halved.last_feasible, "nothing"),
                             flop_text(halved.linear_end, "the end")),
                 width, 0);
}

}  // namespace

std::string flop_text(const std::optional<Flops>& flop, const std::string& nothing) {
  const std::string text = short_flop(flop, nothing);
  return flop && !std::isinf(flop->value) ? text + " FLOP" : text;
}

void write_limits(std::ostream& out, const LimitsStudy& study,
                  const std::vector<std::string>& sources) {
  write_machine(out, study, sources);
  write_points(out, study);
  write_ends(out, study);
  write_changes(out, study);
  write_sentence(out, study);
}

void write_reference_check(std::ostream& out, const ReferenceCheck& check) {
  out << fmt::format("{:<18} {:>8} {:>8} {:>14} {:>8} {:>11}\n", "section", "entries", "values",
                     "largest error", "off", "mismatches");
  for (const SectionCheck& one : check.sections) {
    out << fmt::format("{:<18} {:>8} {:>8} {:>14.2g} {:>8} {:>11}\n", one.name, one.entries,
                       one.values, one.largest_error, one.off, one.mismatches);
  }
  for (const SectionCheck& one : check.sections) {
    for (const std::string& example : one.examples) out << wrapped(example, width, 2);
  }
  for (const std::string& remark : check.remarks) out << wrapped("note: " + remark, width, 0);
  out << (check.holds() ? "Every number was recomputed to 1e-9, and every count exactly.\n"
                        : "The model does not give these values.\n");
}

}  // namespace shortfall
