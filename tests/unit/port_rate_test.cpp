// Rates of RDMA ports, by the kernel's words and the codes of verbs.
#include "core/port_rate.hpp"

#include <gtest/gtest.h>

namespace shortfall {
namespace {

constexpr int sdr = 1, qdr = 4, fdr = 16, ndr = 128;
constexpr int four_lanes = 2, two_lanes = 16;

TEST(PortRate, IsReadFromTheKernelsLine) {
  const PortRate told = port_rate_in("800 Gb/sec (4X XDR)");

  EXPECT_EQ(told.bit_per_s, 800e9);
  EXPECT_EQ(told.lanes, 4);
  EXPECT_EQ(told.lane_speed, "XDR");
  EXPECT_EQ(port_rate_in("2.5 Gb/sec (1X SDR)").bit_per_s, 2.5e9);
  for (const char* damaged : {"", "x", "1e9 Gb/sec", "-4 Gb/sec", "Gb/sec"}) {
    EXPECT_EQ(port_rate_in(damaged).bit_per_s, 0) << damaged;
  }
}

TEST(PortRate, IsWithoutTheLineCode) {
  EXPECT_EQ(bits_per_second({sdr, four_lanes}, port_rate_in("10 Gb/sec (4X SDR)")), 8e9);
  EXPECT_EQ(bits_per_second({qdr, four_lanes}, port_rate_in("40 Gb/sec (4X QDR)")), 32e9);
  EXPECT_EQ(bits_per_second({qdr, four_lanes, true}, port_rate_in("40 Gb/sec (4X QDR)")), 40e9);
  EXPECT_NEAR(bits_per_second({fdr, four_lanes}, port_rate_in("56 Gb/sec (4X FDR)")), 54.5e9, 1e8);
}

TEST(PortRate, IsTheKernelsWhereVerbsHaveNoCodeForTheSpeed) {
  const PortRate xdr = port_rate_in("800 Gb/sec (4X XDR)");

  EXPECT_EQ(bits_per_second({ndr, four_lanes}, xdr), 800e9) << "shortened by the kernel";
  EXPECT_EQ(bits_per_second({0, four_lanes}, xdr), 800e9) << "256 in a field of 8 bits";
}

TEST(PortRate, IsThatOfTheCodesWhereTheKernelDoesNotTell) {
  EXPECT_EQ(bits_per_second({ndr, four_lanes}, {}), 400e9);
  EXPECT_EQ(bits_per_second({ndr, two_lanes}, port_rate_in("5 Gb/sec (2X SDR)")), 200e9);
  EXPECT_EQ(bits_per_second({0, four_lanes}, port_rate_in("10 Gb/sec (4X SDR)")), 0)
      << "what the kernel says of a speed that it does not know";
}

}  // namespace
}  // namespace shortfall
