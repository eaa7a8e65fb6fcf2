#include "app/begin_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "app/recorder.hpp"
#include "app/version.hpp"
#include "core/text.hpp"

namespace shortfall {
namespace {

std::string run_id(std::uint64_t seed) {
  std::random_device random;
  return fmt::format("{}-{:08x}", utc_for_names(), random() ^ static_cast<std::uint32_t>(seed));
}

// What rank 0 computes with: its GPU, or its host.
std::string what_computes(const Machine& machine) {
  const Host& host = machine.hosts.front();
  const std::string& gpu = machine.bindings.front().gpu;
  const auto found = std::ranges::find(host.gpus, gpu, [](const Gpu& g) { return g.slot.address; });
  return gpu.empty() || found == host.gpus.end() ? host.cpu.model : found->best_name();
}

}  // namespace

Report begin_report(const RunOptions& options, const std::string& command, const Machine& machine,
                    const World& world, const Plan& plan) {
  Report report;
  report.program = this_program();
  report.machine = machine;
  report.run.id = run_id(options.seed);
  report.run.started_at = utc_now();
  report.run.command = command;
  report.run.ranks = world.size();
  report.run.hosts = static_cast<int>(machine.hosts.size());
  report.run.seed = options.seed;
  report.run.profile = profile_names[static_cast<std::size_t>(options.request.profile)];
  report.run.labels = options.labels;
  report.run.topology_class =
      fmt::format("{} on {}, {}", counted(report.run.ranks, "rank"),
                  counted(report.run.hosts, "host"), what_computes(machine));
  report.verdict.expected = static_cast<int>(plan.cases.size());
  for (const LeftOut& left : plan.excluded)
    report.verdict.excluded.push_back({left.key, left.reason});
  return report;
}

}  // namespace shortfall
