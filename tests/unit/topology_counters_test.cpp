// Counters of devices from made-up trees, and what they gained between two readings.
#include "topology/counters.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "core/error.hpp"
#include "tests/unit/made_up_root.hpp"
#include "topology/encode.hpp"

namespace shortfall {
namespace {

using Counters = MadeUpRoot;
using List = std::vector<Counter>;
using Changes = std::vector<CounterChange>;
using Kind = CounterChange::Kind;

TEST_F(Counters, OfAnEmptyTreeAreNone) { EXPECT_TRUE(read_counters(root).empty()); }

TEST_F(Counters, OfAnRdmaPortAreErrorsAndTraffic) {
  const std::string port = "/sys/class/infiniband/mlx5_0/ports/1";
  file(port + "/counters/symbol_error", "17\n");
  file(port + "/counters/port_xmit_wait", "9\n");
  file(port + "/counters/unicast_xmit_packets", "5\n");  // also in port_xmit_packets
  file(port + "/hw_counters/out_of_sequence", "3\n");
  file(port + "/hw_counters/np_cnp_sent", "4\n");
  file(port + "/hw_counters/lifespan", "10\n");  // a setting

  EXPECT_EQ(read_counters(root), (List{{"mlx5_0/1", "np_cnp_sent", 4, false},
                                       {"mlx5_0/1", "out_of_sequence", 3, true},
                                       {"mlx5_0/1", "port_xmit_wait", 9, false},
                                       {"mlx5_0/1", "symbol_error", 17, true}}));
}

TEST_F(Counters, OfDataOnAPortAreInBytes) {
  const std::string folder = "/sys/class/infiniband/mlx5_0/ports/2/counters/";
  file(folder + "port_xmit_data", "250\n");
  file(folder + "port_rcv_data", "9223372036854775807\n");  // more than bytes could count

  EXPECT_EQ(read_counters(root), (List{{"mlx5_0/2", "port_xmit_data_bytes", 1000, false}}));
}

TEST_F(Counters, OfADeviceWithoutPortsOfItsOwnAreRead) {
  file("/sys/class/infiniband/efa_0/hw_counters/retrans_pkts", "6\n");

  EXPECT_EQ(read_counters(root), (List{{"efa_0", "retrans_pkts", 6, true}}));
}

TEST_F(Counters, InBothFoldersOfAPortAreToldOnce) {
  file("/sys/class/infiniband/rxe0/ports/1/counters/link_downed", "1\n");
  file("/sys/class/infiniband/rxe0/ports/1/hw_counters/link_downed", "2\n");

  EXPECT_EQ(read_counters(root), (List{{"rxe0/1", "link_downed", 1, true}}));
}

TEST_F(Counters, OfInterfacesAreThoseThatLeadToOtherHosts) {
  for (const std::string name : {"lo", "eth0", "docker0", "veth12ab", "ens3", "mybridge"}) {
    file("/sys/class/net/" + name + "/statistics/rx_crc_errors", "1\n");
  }
  file("/sys/class/net/mybridge/bridge/ageing_time", "1\n");
  link("/sys/class/net/ens3/device", "../../../0000:17:00.0");
  file("/sys/class/net/ens3/carrier_down_count", "2\n");

  EXPECT_EQ(read_counters(root), (List{{"ens3", "carrier_down_count", 2, true},
                                       {"ens3", "rx_crc_errors", 1, true},
                                       {"eth0", "rx_crc_errors", 1, true}}));
}

TEST_F(Counters, OfPcieAreAllLinesOfTheThreeFiles) {
  const std::string folder = "/sys/bus/pci/devices/0000:17:00.0/";
  file(folder + "aer_dev_correctable", "Receiver Error 2\nBadTLP 0\nTOTAL_ERR_COR 2\n");
  file(folder + "aer_dev_nonfatal", "TOTAL_ERR_NONFATAL 0\n");
  file(folder + "aer_dev_fatal", "garbage\n\nDLP x\nDLP -1\n 7\n");

  EXPECT_EQ(read_counters(root),
            (List{{"0000:17:00.0", "aer_dev_correctable BadTLP", 0, true},
                  {"0000:17:00.0", "aer_dev_correctable Receiver Error", 2, true},
                  {"0000:17:00.0", "aer_dev_correctable TOTAL_ERR_COR", 2, true},
                  {"0000:17:00.0", "aer_dev_nonfatal TOTAL_ERR_NONFATAL", 0, true}}));
}

TEST_F(Counters, OfMemoryAreThoseOfControllersAndOfGpus) {
  file("/sys/devices/system/edac/mc/mc1/ce_count", "5\n");
  file("/sys/devices/system/edac/mc/mc1/ue_count", "0\n");
  file("/sys/devices/system/edac/mc/power/control", "auto\n");
  file("/sys/bus/pci/devices/0000:65:00.0/ras/umc_err_count", "ue: 0\nce: 3\n");

  EXPECT_EQ(read_counters(root), (List{{"0000:65:00.0", "ce_count", 3, true},
                                       {"0000:65:00.0", "ue_count", 0, true},
                                       {"mc1", "ce_count", 5, true},
                                       {"mc1", "ue_count", 0, true}}));
}

TEST_F(Counters, OfProcessorsAreSumsOverCoresAndTheMostOfAPackage) {
  for (const std::string cpu : {"0", "1"}) {
    const std::string folder = "/sys/devices/system/cpu/cpu" + cpu + "/thermal_throttle/";
    file(folder + "core_throttle_count", "4\n");
    file(folder + "package_throttle_count", "1" + cpu + "\n");
  }
  file("/sys/devices/system/cpu/cpufreq/thermal_throttle/core_throttle_count", "9\n");
  file("/proc/interrupts",
       "            CPU0       CPU1\n"
       "   0:         40          0   IO-APIC   2-edge      timer\n"
       " MCE:          1          2   Machine check exceptions\n"
       " THR:          0          0   Threshold APIC interrupts\n");

  EXPECT_EQ(read_counters(root), (List{{"cpu", "core_throttle_count", 8, true},
                                       {"cpu", "corrected_machine_checks", 0, true},
                                       {"cpu", "machine_check_exceptions", 3, true},
                                       {"cpu", "package_throttle_count", 11, true}}));
}

TEST_F(Counters, ThatHoldNoNumberAreLeftOut) {
  const std::string port = "/sys/class/infiniband/mlx5_0/ports/1/counters/";
  file(port + "symbol_error", "N/A (no PMA)\n");
  file(port + "link_downed", "-1\n");
  file(port + "port_rcv_errors", "99999999999999999999\n");
  file(port + "port_xmit_data", "\n");
  file(port + "port_xmit_discards/a_folder", "1\n");

  EXPECT_TRUE(read_counters(root).empty());
}

TEST(CounterChanges, AreWhatGrew) {
  const List before{{"a", "x", 10, true}, {"a", "y", 5, false}, {"b", "x", 1, true}};
  const List after{{"a", "x", 17, true}, {"a", "y", 5, false}, {"b", "x", 2, true}};

  EXPECT_EQ(changes(before, after, "node01"), (Changes{{"node01", "a", "x", Kind::grew, 7, true},
                                                       {"node01", "b", "x", Kind::grew, 1, true}}));
}

TEST(CounterChanges, OfWhatIsSmallerAfterwardsAreAtLeastThat) {
  const std::uint64_t most = std::numeric_limits<std::uint32_t>::max();

  EXPECT_EQ(changes({{"a", "x", most, true}}, {{"a", "x", 3, true}}, "h"),
            (Changes{{"h", "a", "x", Kind::restarted, 3, true}}));
}

TEST(CounterChanges, OfWhatCameOrWentAreUnknown) {
  const List before{{"a", "x", 10, true}, {"c", "x", 0, true}, {"d", "x", 4, true}};
  const List after{
      {"a", "w", 9, true}, {"a", "z", 0, true}, {"c", "x", 0, true}, {"e", "x", 1000, true}};

  EXPECT_EQ(changes(before, after, "h"), (Changes{{"h", "a", "w", Kind::appeared, 0, true},
                                                  {"h", "a", "x", Kind::vanished, 0, true},
                                                  {"h", "d", "x", Kind::vanished, 0, true},
                                                  {"h", "e", "x", Kind::appeared, 0, true}}));
}

TEST(CounterChanges, BetweenNothingAndNothingAreNone) { EXPECT_TRUE(changes({}, {}, "h").empty()); }

TEST(CounterChanges, SurviveTheirWayToAnotherRank) {
  const Changes all{{"h:1", "mlx5_0/1", "symbol_error", Kind::restarted, 17, true},
                    {"", "\n", "rx_bytes", Kind::grew, 18446744073709551615U, false}};
  const std::string text = encode(all);

  EXPECT_EQ(decode_changes(text), all);
  EXPECT_EQ(decode_changes(encode(Changes{})), Changes{});
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_THROW(decode_changes(text.substr(0, length)), Error) << length;
  }
}

TEST_F(Counters, OfThisMachineOnlyGrowInBetween) {
  const auto found = changes(read_counters(), read_counters(), "here");

  EXPECT_TRUE(std::ranges::all_of(
      found, [](const CounterChange& change) { return change.kind == Kind::grew; }));
}

}  // namespace
}  // namespace shortfall
