#include <gtest/gtest.h>

#include <algorithm>

#include "diagnosis/drift.hpp"
#include "diagnosis/machine.hpp"
#include "diagnosis/verdict.hpp"
#include "tests/unit/sample_report.hpp"

namespace shortfall {
namespace {

// Something of every kind.
Machine in_a_bad_way() {
  Machine machine = sample::machine();
  const auto error = [](const char* device, const char* name) {
    return CounterChange{"node01", device, name, CounterChange::Kind::grew, 3, true};
  };
  machine.counters = {error("mlx5_0/1", "symbol_error"), error("mlx5_0/1", "link_downed"),
                      error("0000:17:00.0", "aer_dev_fatal/TOTAL_ERR_FATAL"),
                      error("mc0", "ue_count")};
  machine.hosts[0].limits.cpus = 0.5;
  machine.hosts[1].gpus = machine.hosts[2].gpus;
  machine.drift = drift_of(machine.hosts);
  return machine;
}

TEST(MachineFindings, AreAllOfKindsThatAreKnownAsTheirs) {
  const auto findings = machine_findings(in_a_bad_way());

  EXPECT_GE(findings.size(), 6U);
  for (const Finding& finding : findings) {
    EXPECT_TRUE(is_of_machine(finding.kind)) << finding.kind;
  }
}

TEST(MachineFindings, StandOnceInAReportThatIsDiagnosedTwice) {
  Report report = sample::report();
  report.machine = in_a_bad_way();

  const Report once = diagnosed(report);
  const Report twice = diagnosed(once);

  EXPECT_EQ(once.findings.size(), twice.findings.size());
  const auto of_machine = std::ranges::count_if(
      once.findings, [](const Finding& finding) { return is_of_machine(finding.kind); });
  EXPECT_EQ(static_cast<std::size_t>(of_machine), machine_findings(report.machine).size());
}

}  // namespace
}  // namespace shortfall
