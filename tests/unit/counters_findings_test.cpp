// What grown counters mean, and when they are no fault.
#include <gtest/gtest.h>

#include "diagnosis/counters.hpp"

namespace shortfall {
namespace {

using Kind = CounterChange::Kind;
using Severity = Finding::Severity;

CounterChange grew(const std::string& device, const std::string& name, std::uint64_t change,
                   bool is_error = true) {
  return {"node07", device, name, Kind::grew, change, is_error};
}

std::vector<std::string> kinds(const std::vector<CounterChange>& changes) {
  std::vector<std::string> found;
  for (const Finding& finding : grown_errors(changes)) found.push_back(finding.kind);
  return found;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

using Kinds = std::vector<std::string>;

TEST(GrownErrors, NameHostDeviceCounterAndWhatToDo) {
  const auto findings = grown_errors({grew("mlx5_0/1", "symbol_error", 17)});

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::warn);
  EXPECT_EQ(findings[0].kind, "error_counter");
  EXPECT_EQ(findings[0].host, "node07");
  EXPECT_EQ(findings[0].device, "mlx5_0/1");
  EXPECT_EQ(findings[0].metric, "symbol_error");
  EXPECT_EQ(findings[0].value, 17);
  EXPECT_EQ(findings[0].expected, 0);
  EXPECT_TRUE(holds(findings[0].reason, "symbol_error of mlx5_0/1 grew by 17"));
  EXPECT_TRUE(holds(findings[0].action, "cable"));
}

TEST(GrownErrors, AreOneForEachHostDeviceAndCounter) {
  CounterChange elsewhere = grew("mlx5_0/1", "symbol_error", 1);
  elsewhere.host = "node08";

  EXPECT_EQ(kinds({grew("mlx5_0/1", "symbol_error", 1), grew("mlx5_0/1", "port_rcv_errors", 1),
                   grew("mlx5_1/1", "symbol_error", 1), elsewhere})
                .size(),
            4U);
}

TEST(GrownErrors, AreNotTraffic) {
  EXPECT_EQ(kinds({grew("mlx5_0/1", "port_xmit_wait", 12345, false),
                   grew("eth0", "rx_bytes", 1 << 30, false)}),
            Kinds{});
}

TEST(GrownErrors, OfLinksThatWentDownAreFlaps) {
  EXPECT_EQ(kinds({grew("eth0", "carrier_down_count", 1), grew("mlx5_0/1", "link_downed", 1)}),
            (Kinds{"link_flapped", "link_flapped"}));
}

TEST(GrownErrors, OfMemoryFailOnlyWhereTheyAreNotCorrected) {
  const auto findings = grown_errors({grew("mc0", "ce_count", 3), grew("mc0", "ue_count", 1)});

  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].kind, "memory_errors");
  EXPECT_EQ(findings[0].severity, Severity::warn);
  EXPECT_EQ(findings[1].kind, "memory_errors");
  EXPECT_EQ(findings[1].severity, Severity::fail);
}

TEST(GrownErrors, OfPcieAreOneForEachFileWithItsLines) {
  const std::string gpu = "0000:17:00.0", file = "aer_dev_correctable ";
  const auto findings =
      grown_errors({grew(gpu, file + "BadTLP", 1), grew(gpu, file + "RxErr", 3),
                    grew(gpu, file + "TOTAL_ERR_COR", 3), grew(gpu, "aer_dev_fatal DLP", 2)});

  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].kind, "pcie_errors");
  EXPECT_EQ(findings[0].metric, "aer_dev_correctable");
  EXPECT_EQ(findings[0].value, 3);
  EXPECT_TRUE(holds(findings[0].reason, "BadTLP 1, RxErr 3")) << findings[0].reason;
  EXPECT_EQ(findings[1].metric, "aer_dev_fatal");
  EXPECT_EQ(findings[1].value, 2);
}

TEST(GrownErrors, OfPcieMayHaveATotalAloneOrNoLines) {
  EXPECT_EQ(kinds({grew("a", "aer_dev_fatal TOTAL_ERR_FATAL", 1)}), Kinds{"pcie_errors"});
  EXPECT_EQ(kinds({grew("a", "aer_dev_fatal", 1)}), Kinds{"pcie_errors"});
}

TEST(GrownErrors, OfDropsCountFromAShareOfThePacketsOn) {
  const auto with_drops = [](const std::string& name, std::uint64_t dropped) {
    return kinds({grew("eth0", name, dropped), grew("eth0", "rx_packets", 10'000'000, false),
                  grew("eth0", "tx_packets", 1'000, false)});
  };

  EXPECT_EQ(with_drops("rx_dropped", 9'000), Kinds{});
  EXPECT_EQ(with_drops("rx_dropped", 11'000), Kinds{"error_counter"});
  EXPECT_EQ(with_drops("rx_missed_errors", 9'000), Kinds{});
  EXPECT_EQ(with_drops("tx_dropped", 2), Kinds{"error_counter"});
}

TEST(GrownErrors, OfDropsAreToldAsAShare) {
  const auto findings = grown_errors(
      {grew("eth0", "rx_dropped", 250'000), grew("eth0", "rx_packets", 750'000, false)});

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].value, 0.25);
  EXPECT_EQ(findings[0].expected, many_drops);
  EXPECT_EQ(findings[0].unit, "share of packets");
  EXPECT_TRUE(holds(findings[0].reason, "25 %")) << findings[0].reason;
}

TEST(GrownErrors, OfDropsOnAnIdleInterfaceAreChatter) {
  EXPECT_EQ(kinds({grew("eth0", "rx_dropped", 60), grew("eth0", "rx_packets", 100, false)}),
            Kinds{});
}

TEST(GrownErrors, ThatNobodyKnowsAreToldNevertheless) {
  EXPECT_EQ(kinds({grew("efa_0", "impaired_remote_conn_events", 1)}), Kinds{"error_counter"});
}

TEST(GrownErrors, OfARestartedCounterAreAtLeastWhatItShows) {
  const auto findings =
      grown_errors({{"node07", "mlx5_0/1", "symbol_error", Kind::restarted, 3, true},
                    grew("mlx5_0/1", "port_rcv_packets", 9, false)});

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_TRUE(holds(findings[0].reason, "at least 3")) << findings[0].reason;
}

TEST(GrownErrors, TellOfADeviceThatWasResetOnce) {
  const auto findings =
      grown_errors({{"node07", "mlx5_0/1", "port_rcv_packets", Kind::restarted, 3, false},
                    {"node07", "mlx5_0/1", "symbol_error", Kind::restarted, 0, true}});

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_TRUE(holds(findings[0].reason, "2 counters of mlx5_0/1 started anew"));
}

TEST(GrownErrors, TellOfADeviceThatWentAwayOnce) {
  const auto findings =
      grown_errors({{"node07", "0000:17:00.0", "aer_dev_fatal DLP", Kind::vanished, 0, true},
                    {"node07", "0000:17:00.0", "aer_dev_fatal TLP", Kind::vanished, 0, true}});

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_TRUE(holds(findings[0].reason, "2 counters of 0000:17:00.0 can no longer be read"));
}

TEST(GrownErrors, DoNotTakeACounterThatRanOverForAReset) {
  EXPECT_EQ(kinds({{"node07", "eth0", "rx_bytes", Kind::restarted, 3, false},
                   grew("eth0", "rx_packets", 9, false)}),
            Kinds{});
}

TEST(GrownErrors, AreNoneOfADeviceThatAppeared) {
  EXPECT_EQ(kinds({{"node07", "eth1", "rx_crc_errors", Kind::appeared, 0, true}}), Kinds{});
}

}  // namespace
}  // namespace shortfall
