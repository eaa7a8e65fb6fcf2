// What UCX prints of an endpoint, told in short.
#include "backends/ucx/lanes.hpp"

#include <gtest/gtest.h>

namespace shortfall::ucx {
namespace {

TEST(UcxLanes, TellsTransportsDevicesAndUses) {
  constexpr const char* info = R"(#
# UCP endpoint node1
#
#               peer: <no debug data>
#                 lane[0]:  0:posix/memory.0 md[0]          -> md[0]/posix/sysdev[255] am am_bw#0
#                 lane[1]:  5:cma/memory.0 md[4]            -> md[4]/cma/sysdev[255] rma_bw#0
#
#                tag_send: 0..<egr/short>..93..<egr/bcopy>..8256..<rndv>..(inf)
)";

  EXPECT_EQ(lanes_in(info), "posix/memory (am, am_bw), cma/memory (rma_bw)");
}

TEST(UcxLanes, KeepsThePortsOfAdapters) {
  EXPECT_EQ(lanes_in("# lane[0]:  3:rc_mlx5/mlx5_0:1.0 md[4]   -> md[4]/ib/sysdev[2] rma_bw#0 am\n"
                     "# lane[1]:  2:tcp/eth0.0 md[0]  -> md[0]/tcp/sysdev[255] rma_bw#1 wireup\n"),
            "rc_mlx5/mlx5_0:1 (rma_bw, am), tcp/eth0 (rma_bw, wireup)");
}

TEST(UcxLanes, LeavesOutUsesThatAreNotTold) {
  EXPECT_EQ(lanes_in("# lane[2]:  4:posix/memory.0 md[3]   -> md[3]/posix/sysdev[255]\n"),
            "posix/memory");
}

TEST(UcxLanes, AreNoneInOtherText) { EXPECT_EQ(lanes_in("# UCP endpoint\n"), ""); }

}  // namespace
}  // namespace shortfall::ucx
