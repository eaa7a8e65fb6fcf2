// Lanes of UCX, as results tell them.
#include <gtest/gtest.h>

#include "diagnosis/rdma/ucx_lanes.hpp"

namespace shortfall {
namespace {

TEST(LanesOfResults, AreToldApartByTheirCommasOutsideOfBrackets) {
  EXPECT_EQ(ucx_lanes("rc_mlx5/mlx5_0:1 (am, am_bw), cma/memory"),
            (std::vector<UcxLane>{{"rc_mlx5", "mlx5_0:1"}, {"cma", "memory"}}));
  EXPECT_TRUE(ucx_lanes("").empty());
  EXPECT_TRUE(ucx_lanes("none (").empty());
  EXPECT_EQ(adapter_of({"rc_mlx5", "mlx5_0:1"}), "mlx5_0");
}

}  // namespace
}  // namespace shortfall
