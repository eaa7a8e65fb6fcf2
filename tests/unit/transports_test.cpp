#include <gtest/gtest.h>

#include "diagnosis/transports.hpp"
#include "diagnosis/verdict.hpp"

namespace shortfall {
namespace {

Report report_with(const std::string& asked, int rdma_devices) {
  Report report;
  Host host;
  host.name = "node1";
  for (int i = 0; i < rdma_devices; ++i) {
    host.nics.push_back({.name = "mlx5_" + std::to_string(i), .is_rdma_hardware = true});
  }
  report.machine.hosts = {host};
  Measured measured;
  const Seconds time{1e-6};
  measured.timing.throughput = summarize(std::span(&time, 1));
  measured.details = {{"mpi", "Open MPI v4.1.4"}, {"pml", "ob1"}};
  if (!asked.empty()) measured.details.emplace_back("pml_asked", asked);
  Result result{.key = "barrier", .benchmark = "barrier", .outcome = measured};
  report.entries = {{result, {}, {}}};
  report.run.status = RunStatus::complete;
  return report;
}

TEST(Transports, RdmaDevicesThatTheConfigurationKeepsOffAreAFinding) {
  for (const std::string asked : {"^ucx", "^cm,ucx", "ob1"}) {
    const auto findings = transports_kept_off(report_with(asked, 2));

    ASSERT_EQ(findings.size(), 1U) << asked;
    EXPECT_EQ(findings[0].host, "node1");
    EXPECT_NE(findings[0].reason.find("pml=" + asked), std::string::npos);
    EXPECT_NE(findings[0].action.find("--mca pml ucx"), std::string::npos);
  }
}

TEST(Transports, NothingIsSaidWithoutRdmaDevicesOrWhereUcxMayBeChosen) {
  EXPECT_TRUE(transports_kept_off(report_with("^ucx", 0)).empty());
  for (const std::string asked : {"", "ucx", "ob1,ucx", "^cm"}) {
    EXPECT_TRUE(transports_kept_off(report_with(asked, 2)).empty()) << asked;
  }
}

TEST(Transports, TheVerdictWarnsOnce) {
  const Report once = diagnosed(report_with("^ucx", 1));

  EXPECT_EQ(once.verdict.status, Status::warn);
  EXPECT_EQ(diagnosed(once).findings.size(), 1U);
}

}  // namespace
}  // namespace shortfall
