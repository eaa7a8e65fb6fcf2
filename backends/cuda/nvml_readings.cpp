#include "backends/cuda/nvml_readings.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>

namespace shortfall {
namespace {

using nvml::ClockOf;

double or_not_told(const std::optional<double>& value) { return value.value_or(not_told); }

}  // namespace

GpuSample sample_of(const NvmlGpu& gpu) {
  return {.clock = or_not_told(gpu.clock(ClockOf::sm)),
          .memory_clock = or_not_told(gpu.clock(ClockOf::memory)),
          .power = or_not_told(gpu.power()),
          .temperature = or_not_told(gpu.temperature()),
          .memory_temperature = or_not_told(gpu.memory_temperature()),
          .pcie_generation = or_not_told(gpu.pcie_generation()),
          .pcie_lanes = or_not_told(gpu.pcie_lanes()),
          .reasons = gpu.clock_reasons()};
}

GpuCounters counters_of(const NvmlGpu& gpu, const std::filesystem::path& root) {
  GpuCounters all{.promised_clock = or_not_told(gpu.highest_clock(ClockOf::sm)),
                  .application_clock = or_not_told(gpu.application_clock(ClockOf::sm)),
                  .power_limit = or_not_told(gpu.power_limit()),
                  .pcie_replays = or_not_told(gpu.pcie_replays()),
                  .memory_errors = or_not_told(gpu.memory_errors())};
  if (const auto links = gpu.links()) {
    all.links = links->up;
    all.links_seen = links->seen;
    all.link_errors = or_not_told(links->errors);
  }
  if (const auto processes = gpu.processes()) {
    const OtherUsers others = other_users(*processes, root);
    all.other_processes = others.processes;
    all.other_memory = others.memory;
  }
  return all;
}

OtherUsers other_users(const std::vector<nvml::ProcessOnGpu>& all,
                       const std::filesystem::path& root) {
  const auto program_of = [&](const std::string& process) {
    std::error_code no;
    return std::filesystem::read_symlink(root / "proc" / process / "exe", no);
  };
  const auto own = program_of("self");
  const auto own_pid = static_cast<unsigned>(getpid());
  OtherUsers others{0, 0};
  bool is_listed = false;
  for (const nvml::ProcessOnGpu& process : all) {
    is_listed |= process.pid == own_pid;
    const auto program = program_of(std::to_string(process.pid));
    if (process.pid == own_pid || (!program.empty() && program == own)) continue;
    ++others.processes;
    others.memory +=
        process.memory == nvml::memory_not_told ? not_told : static_cast<double>(process.memory);
  }
  // In a container the driver may know this process by another number: it is one of them.
  if (!is_listed && others.processes > 0) others = {others.processes - 1, not_told};
  if (others.processes == 0) others.memory = 0;
  return others;
}

bool holds(unsigned long long reasons, ClockReason reason) {
  return (reasons >> static_cast<unsigned>(reason) & 1U) != 0;  // the driver's bits have this order
}

void GpuTally::Series::add(double value) {
  if (std::isnan(value)) return;
  sum_ += value;
  ++count_;
  lowest_ = std::fmin(lowest_, value);  // of a number and not-a-number the number
  highest_ = std::fmax(highest_, value);
}

void GpuTally::add(const GpuSample& sample) {
  ++samples_;
  clock_.add(sample.clock);
  memory_clock_.add(sample.memory_clock);
  power_.add(sample.power);
  temperature_.add(sample.temperature);
  memory_temperature_.add(sample.memory_temperature);
  pcie_generation_.add(sample.pcie_generation);
  pcie_lanes_.add(sample.pcie_lanes);
  if (!sample.reasons) return;
  ++with_reasons_;
  for (std::size_t i = 0; i < clock_reasons; ++i)
    if (holds(*sample.reasons, static_cast<ClockReason>(i))) ++holding_[i];
}

void GpuTally::add_energy(double joules, double seconds) {
  if (!(joules >= 0) || !(seconds > 0)) return;  // the driver was loaded anew, or did not tell
  counted_energy_ += joules;
  counted_time_ += seconds;
}

DeviceSigns GpuTally::signs(const GpuCounters& before, const GpuCounters& after,
                            double active) const {
  // The counter goes up in steps: of H100 and L4 some 0.1 s apart. Over less than five of them the
  // samples tell more.
  constexpr double least_counted = 0.5;  // s
  const bool is_counted = counted_time_ >= least_counted;
  const double power = is_counted ? counted_energy_ / counted_time_ : power_.mean();
  DeviceSigns signs{.samples = samples_,
                    .active = active,
                    .clock = clock_.mean(),
                    .lowest_clock = clock_.lowest(),
                    .highest_clock = clock_.highest(),
                    .memory_clock = memory_clock_.mean(),
                    .promised_clock = before.promised_clock,
                    .application_clock = before.application_clock,
                    .power = power,
                    .highest_power = power_.highest(),
                    .power_limit = before.power_limit,
                    .energy = power * active,
                    .temperature = temperature_.highest(),
                    .memory_temperature = memory_temperature_.highest(),
                    .pcie_generation = pcie_generation_.highest(),
                    .pcie_lanes = pcie_lanes_.highest(),
                    .pcie_replays = after.pcie_replays - before.pcie_replays,
                    .links = after.links,
                    .links_seen = after.links_seen,
                    .link_errors = after.link_errors - before.link_errors,
                    .memory_errors = after.memory_errors - before.memory_errors,
                    .other_processes = after.other_processes,
                    .other_memory = after.other_memory};
  for (std::size_t i = 0; i < clock_reasons && with_reasons_ > 0; ++i)
    signs.residency[i] = holding_[i] / with_reasons_;
  return signs;
}

}  // namespace shortfall
