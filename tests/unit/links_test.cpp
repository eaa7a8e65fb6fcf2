#include "diagnosis/links.hpp"

#include <gtest/gtest.h>

#include "diagnosis/drift/drift.hpp"
#include "made_up_cluster.hpp"

namespace shortfall {
namespace {

Machine machine_of(const Host& host) {
  Machine machine;
  machine.hosts = {host};
  return machine;
}

TEST(DegradedLinks, AreNoneOfAHealthyHostWithIdleGpus) {
  EXPECT_TRUE(degraded_links(machine_of(made_up_host(0))).empty());
}

TEST(DegradedLinks, AreSlotsBelowWhatBothEndsCanDo) {
  Host host = made_up_host(0);
  host.gpus[2].slot.loaded = PcieLink{{8e9}, 8};
  host.gpus[3].slot.current = {{2.5e9}, 8};
  host.nics[1].slot.current = {{16e9}, 16};

  const auto findings = degraded_links(machine_of(host));

  ASSERT_EQ(findings.size(), 3U);
  EXPECT_EQ(findings[0].device, "0000:52:00.0");
  EXPECT_NE(findings[0].reason.find("Gen3 x8, while device and port both can do Gen5 x16"),
            std::string::npos);
  EXPECT_EQ(findings[0].severity, Finding::Severity::fail);
  EXPECT_EQ(findings[1].device, "0000:61:00.0");
  EXPECT_EQ(findings[2].device, "mlx5_1");
}

TEST(DegradedLinks, AreNotSlotsThatAreNarrowByDesignOrOfWhichTheKernelIsSilent) {
  Host host = made_up_host(0);
  host.nics[0].slot.current.lanes = host.nics[0].slot.port_maximum.lanes = 8;
  host.nics[1].slot.current.lanes = 4;
  host.nics[1].slot.port_maximum = {};
  host.nics[2].slot.current = {};

  EXPECT_TRUE(degraded_links(machine_of(host)).empty());
}

TEST(DegradedLinks, ArePortsWithACableThatAreNotActive) {
  Host host = made_up_host(0);
  host.nics[0].ports[0].state = "INIT";
  host.nics[1].ports[0].state = "DOWN";  // and nothing is plugged in
  host.nics[1].ports[0].physical_state = "Polling";

  const auto findings = degraded_links(machine_of(host));

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].device, "mlx5_0/1");
  EXPECT_NE(findings[0].action.find("subnet manager"), std::string::npos);
}

TEST(DegradedLinks, AreNotPortsOfVirtualFunctionsThatNobodyUsesYet) {
  Host host = made_up_host(0);
  host.nics[0].ports[0].state = "DOWN";
  host.nics[0].is_virtual_function = true;

  EXPECT_TRUE(degraded_links(machine_of(host)).empty());
}

TEST(DegradedLinks, AreToldWhereTheWholeClassHasTheFault) {
  Machine machine;
  machine.hosts = made_up_cluster(4);
  for (Host& host : machine.hosts) host.gpus[0].slot.current.lanes = 8;
  machine.drift = drift_of(machine.hosts);

  EXPECT_TRUE(machine.drift.empty());
  EXPECT_EQ(degraded_links(machine).size(), 4U);
}

}  // namespace
}  // namespace shortfall
