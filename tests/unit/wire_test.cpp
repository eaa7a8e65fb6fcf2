// What messages take on the wire, against published efficiencies and counted packets.
#include "topology/datasheets/wire.hpp"

#include <gtest/gtest.h>

namespace shortfall {
namespace {

using Verb = FabricTransfer::Verb;

constexpr Bytes long_message = 1_GiB;

double efficiency(Verb verb, Bytes message, const WirePackets& packets) {
  return message / on_wire(verb, message, packets);
}

TEST(Wire, LongMessagesAreAsEfficientAsPublished) {
  struct Published {
    int mtu;
    double roce, roce_ipv6, infiniband;  // percent
  };
  for (const Published& p : {Published{256, 75.7, 71.5, 90.8}, Published{512, 86.2, 83.4, 95.2},
                             Published{1024, 92.6, 90.9, 97.5}, Published{2048, 96.1, 95.3, 98.7},
                             Published{4096, 98.0, 97.6, 99.4}}) {
    const auto percent = [&](bool is_infiniband, bool is_ipv6) {
      return 100 * efficiency(Verb::write, long_message, {is_infiniband, is_ipv6, p.mtu});
    };
    EXPECT_NEAR(percent(false, false), p.roce, 0.06) << p.mtu;
    EXPECT_NEAR(percent(false, true), p.roce_ipv6, 0.06) << p.mtu;
    EXPECT_NEAR(percent(true, false), p.infiniband, 0.06) << p.mtu;
  }
}

TEST(Wire, PacketsOfRoceVersionOneHaveAGlobalRouteInsteadOfInternetAndUdp) {
  for (const bool is_ipv6 : {false, true}) {
    EXPECT_EQ(around_each({.is_ipv6 = is_ipv6, .is_version_1 = true}).value, 94);
  }
  EXPECT_EQ(around_each({.is_infiniband = true, .is_version_1 = true}).value, 26)
      << "whose GIDs have the same type";
}

TEST(Wire, ShortWritesAreMostlyHeaders) {
  EXPECT_NEAR(efficiency(Verb::write, 8_B, {}), 0.076, 0.0006);
  EXPECT_NEAR(efficiency(Verb::write, 64_B, {}), 0.395, 0.0006);
  EXPECT_NEAR(efficiency(Verb::write, 1_KiB, {}), 0.91, 0.004);
}

// Counters of a network device see neither preamble nor check sum nor gap: 24 bytes of each packet.
TEST(Wire, BytesAreThoseThatAdaptersCount) {
  const auto counted = [](Verb verb, Bytes message, int packets) {
    return on_wire(verb, message, {}).value - 24 * packets;
  };
  EXPECT_EQ(1000 * counted(Verb::write, 8_B, 1), 82000);
  EXPECT_EQ(200 * counted(Verb::write, {4097}, 2), 846400);
  EXPECT_EQ(500 * counted(Verb::read, 64_KiB, 16), 33236000);
  EXPECT_EQ(1000 * counted(Verb::fetch_add, 8_B, 1), 86000);
}

}  // namespace
}  // namespace shortfall
