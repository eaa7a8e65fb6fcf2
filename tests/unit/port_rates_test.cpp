// Findings on RDMA ports that carry less than ports of their kind.
#include <gtest/gtest.h>

#include "diagnosis/drift/drift.hpp"
#include "diagnosis/rdma/readiness.hpp"
#include "made_up_cluster.hpp"

namespace shortfall {
namespace {

std::vector<Finding> findings_of(const Host& host) {
  Machine machine;
  machine.hosts = {host};
  return ports_below_their_kind(machine);
}

RdmaPort& port_of(Host& host, std::size_t nic) { return host.nics[nic].ports[0]; }

void set_rate(RdmaPort& port, double rate, int lanes, const char* speed) {
  port.rate = {rate};
  port.lanes = lanes;
  port.lane_speed = speed;
}

TEST(PortsBelowTheirKind, AreNoneOfAHealthyHost) {
  EXPECT_TRUE(findings_of(made_up_host(0)).empty());
}

TEST(PortsBelowTheirKind, AreThoseOfInfiniBandWithOneLane) {
  Host host = made_up_host(0);
  set_rate(port_of(host, 3), 100e9, 1, "NDR");

  const auto findings = findings_of(host);

  ASSERT_EQ(findings.size(), 1U) << "and not once more for being slower than the others";
  EXPECT_EQ(findings[0].kind, "degraded_link");
  EXPECT_EQ(findings[0].severity, Finding::Severity::fail);
  EXPECT_EQ(findings[0].device, "mlx5_3/1");
  EXPECT_EQ(findings[0].value, 100e9);
  EXPECT_EQ(findings[0].expected, 400e9);
  EXPECT_EQ(findings[0].unit, "bit/s");
  EXPECT_NE(findings[0].reason.find("1 lane (1X NDR, 100 Gbit/s)"), std::string::npos)
      << findings[0].reason;
}

TEST(PortsBelowTheirKind, AreThoseWithTwoLanesOfAGenerationThatHasNoSuchCables) {
  Host host = made_up_host(0);
  host.nics.resize(1);
  set_rate(port_of(host, 0), 50e9, 2, "EDR");
  EXPECT_EQ(findings_of(host).size(), 1U);

  for (const char* speed : {"HDR", "NDR", "XDR"}) {
    set_rate(port_of(host, 0), 100e9, 2, speed);
    EXPECT_TRUE(findings_of(host).empty()) << speed << " is sold with two";
  }
}

TEST(PortsBelowTheirKind, AreNotThoseOfEthernetOrOfSoftwareWithOneLane) {
  Host host = made_up_host(0);
  host.nics = {made_up_nic(0, 8), made_up_nic(0, 0)};
  set_rate(port_of(host, 0), 25e9, 1, "EDR");
  set_rate(port_of(host, 1), 2.5e9, 1, "SDR");
  host.nics[1].vendor = "software";

  EXPECT_TRUE(findings_of(host).empty());
}

TEST(PortsBelowTheirKind, AreNotThoseWithoutALinkHoweverTheyAreToldToRun) {
  Host host = made_up_host(0);
  host.nics.resize(1);
  set_rate(port_of(host, 0), 2.5e9, 1, "SDR");
  port_of(host, 0).state = "DOWN";

  EXPECT_TRUE(findings_of(host).empty());
}

TEST(PortsBelowTheirKind, AreOneThatIsSlowerThanAllOthersOfItsKind) {
  Host host = made_up_host(0);
  set_rate(port_of(host, 5), 200e9, 4, "HDR");

  const auto findings = findings_of(host);

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Finding::Severity::warn);
  EXPECT_EQ(findings[0].device, "mlx5_5/1");
  EXPECT_EQ(findings[0].value, 200e9);
  EXPECT_EQ(findings[0].expected, 400e9);
  EXPECT_NE(findings[0].reason.find("the other 7 ports"), std::string::npos);
}

TEST(PortsBelowTheirKind, AreNotTheFewOfAnotherNetwork) {
  Host two = made_up_host(0), other_board = made_up_host(0), other_layer = made_up_host(0);
  for (const std::size_t nic : {5U, 6U}) set_rate(port_of(two, nic), 200e9, 4, "HDR");
  set_rate(port_of(other_board, 5), 200e9, 4, "HDR");
  other_board.nics[5].board = "MT_0000000839";
  for (const std::size_t nic : {8U, 9U}) set_rate(port_of(other_layer, nic), 200e9, 4, "HDR");

  EXPECT_TRUE(findings_of(two).empty());
  EXPECT_TRUE(findings_of(other_board).empty());
  EXPECT_TRUE(findings_of(other_layer).empty());
}

TEST(PortsBelowTheirKind, AreNoneOfTwoThatDiffer) {
  Host host = made_up_host(0);
  host.nics.resize(2);
  set_rate(port_of(host, 1), 200e9, 4, "HDR");

  EXPECT_TRUE(findings_of(host).empty()) << "nobody knows which is right";
}

void take_link(RdmaPort& port) {
  port.state = "DOWN";
  port.physical_state = "Polling";
}

TEST(PortsBelowTheirKind, AreOneWithoutALinkWhereAllOthersHaveOne) {
  Host host = made_up_host(0);
  take_link(port_of(host, 2));

  const auto findings = findings_of(host);

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].device, "mlx5_2/1");
  EXPECT_NE(findings[0].reason.find("no link (DOWN, Polling), while the other 7"),
            std::string::npos);
}

TEST(PortsBelowTheirKind, AreNotPortsThatMayBeLeftWithoutACable) {
  Host two = made_up_host(0), of_one_card = made_up_host(0), few = made_up_host(0);
  take_link(port_of(two, 2));
  take_link(port_of(two, 3));
  of_one_card.nics.resize(4);
  of_one_card.nics[3].slot.address = "0000:18:00.1";  // beside mlx5_0
  take_link(port_of(of_one_card, 3));
  few.nics.resize(3);
  take_link(port_of(few, 2));

  EXPECT_TRUE(findings_of(two).empty());
  EXPECT_TRUE(findings_of(of_one_card).empty());
  EXPECT_TRUE(findings_of(few).empty());
}

TEST(PortsBelowTheirKind, AreNotSaidAgainWhereDriftSaysIt) {
  Machine machine;
  machine.hosts = made_up_cluster(4);
  set_rate(port_of(machine.hosts[1], 5), 100e9, 1, "NDR");
  take_link(port_of(machine.hosts[2], 6));
  ASSERT_EQ(ports_below_their_kind(machine).size(), 2U);

  machine.drift = drift_of(machine.hosts);

  EXPECT_TRUE(ports_below_their_kind(machine).empty());
  for (const Drift& drift : machine.drift) {
    EXPECT_EQ(drift.attribute.find("lane"), std::string::npos) << "the rate says it";
  }
}

TEST(PortsBelowTheirKind, AreNotTheOneOfAnotherNetworkOnHalfOfTheHosts) {
  Machine machine;
  machine.hosts = made_up_cluster(4);
  for (const std::size_t host : {0U, 2U}) {
    set_rate(port_of(machine.hosts[host], 5), 200e9, 4, "HDR");
  }
  EXPECT_TRUE(ports_below_their_kind(machine).empty());
  set_rate(port_of(machine.hosts[2], 5), 400e9, 4, "NDR");
  EXPECT_EQ(ports_below_their_kind(machine).size(), 1U);

  machine.hosts = made_up_cluster(3);
  for (Host& host : machine.hosts) take_link(port_of(host, 6));
  EXPECT_TRUE(ports_below_their_kind(machine).empty());
  machine.hosts.pop_back();
  EXPECT_EQ(ports_below_their_kind(machine).size(), 2U) << "two hosts have no majority";
}

TEST(PortsBelowTheirKind, AreToldWhereTheWholeClassHasTheFault) {
  Machine machine;
  machine.hosts = made_up_cluster(30);
  for (Host& host : machine.hosts) set_rate(port_of(host, 0), 100e9, 1, "NDR");
  machine.drift = drift_of(machine.hosts);

  const auto findings = ports_below_their_kind(machine);

  ASSERT_EQ(findings.size(), 17U) << "the last counts the others";
  EXPECT_EQ(findings.back().value, 14);
}

}  // namespace
}  // namespace shortfall
