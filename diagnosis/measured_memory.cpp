#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "diagnosis/measured_device.hpp"
#include "diagnosis/measured_steps.hpp"
#include "model/system/measured_passes.hpp"

namespace shortfall {
namespace {

struct TimedPass {
  const MeasuredCase* of;
  MemoryPass pass;
  bool is_of_step;
  Bandwidth rate() const { return pass.bytes / of->typical(); }
};

bool are_alike(const MemoryPass& a, const MemoryPass& b) {
  return a.kind == b.kind && a.reads == b.reads;
}

// "memory_copy", over and over.
std::optional<MemoryPass> warm_pass_of(const Result& result) {
  constexpr std::string_view prefix = "memory_";
  if (result.suite != Suite::memory || !result.benchmark.starts_with(prefix)) return std::nullopt;
  const auto kind = pass_kind_named(std::string_view(result.benchmark).substr(prefix.size()));
  const auto bytes = number_of(result, "bytes");
  // A gather's time depends on its indices.
  if (!kind || *kind == MemoryPass::Kind::gather || bytes.value_or(0) <= 0) return std::nullopt;
  return MemoryPass{
      *kind, {static_cast<double>(*bytes)}, *kind == MemoryPass::Kind::mix ? reads_of(result) : 1};
}

std::vector<TimedPass> passes_in(const std::vector<MeasuredCase>& cases) {
  std::vector<TimedPass> found;
  for (const MeasuredCase& one : cases) {
    const Result& result = *one.result;
    if (!is_usual(result, "group", "all") || !is_usual(result, "pages", "huge")) continue;
    if (const auto cold = step_as<MemoryPass>(result)) found.push_back({&one, *cold, true});
    if (const auto warm = warm_pass_of(result)) found.push_back({&one, *warm, false});
  }
  return found;
}

// A copy's, or that of whatever was measured first; beyond caches, as the largest is measured over
// and over.
const TimedPass& largest_in(const std::vector<TimedPass>& passes) {
  const bool has_copy = std::ranges::any_of(
      passes, [](const TimedPass& one) { return one.pass.kind == MemoryPass::Kind::copy; });
  const MemoryPass like = has_copy ? MemoryPass{MemoryPass::Kind::copy, {}} : passes.front().pass;
  const TimedPass* large = nullptr;
  for (const TimedPass& one : passes) {
    if (!are_alike(one.pass, like)) continue;
    if (!large || one.pass.bytes > large->pass.bytes) large = &one;
  }
  return *large;
}

// Passes of a training step find nothing in caches. Where there are some, those measured over and
// over say nothing of their pattern.
bool counts(const TimedPass& pass, const std::vector<TimedPass>& all) {
  return pass.is_of_step || std::ranges::none_of(all, [&](const TimedPass& other) {
           return other.is_of_step && are_alike(other.pass, pass.pass);
         });
}

}  // namespace

void set_passes(SystemModel& system, const std::vector<MeasuredCase>& cases) {
  DeviceModel& device = system.device;
  const auto passes = passes_in(cases);
  if (passes.empty()) {
    system.sources.push_back("memory: not measured, the efficiencies of " + system.name);
    return;
  }
  const TimedPass& large = largest_in(passes);
  device.memory = large.rate();
  std::vector<MeasuredPass> measured;
  for (const TimedPass& one : passes) {
    if (!counts(one, passes)) continue;
    const Seconds modelled = one.pass.bytes / device.memory + device.pass_start;
    measured.push_back({one.pass, one.of->typical() / modelled});
  }
  device.passes = std::make_shared<MeasuredPasses>(measured);
  const auto of_step = std::ranges::count_if(passes, &TimedPass::is_of_step);
  system.sources.push_back(fmt::format(
      "memory: {} by {}, {}", scaled(device.memory.value, "B/s"), large.of->result->key,
      of_step > 0 ? fmt::format("{} of the step as measured, others by their pattern", of_step)
                  : "smaller passes and other patterns as measured"));
}

}  // namespace shortfall
