#include <gtest/gtest.h>

#include "topology/facts.hpp"

namespace shortfall {
namespace {

Host with_a_gpu() {
  Host host;
  host.gpus = {{.slot = {.address = "0000:17:00.0", .numa_node = 1},
                .vendor = "NVIDIA",
                .name = "10de:2330",
                .driver = "nvidia"}};
  return host;
}

TEST(DeviceFacts, JoinTheDeviceOfTheirAddress) {
  Host host = with_a_gpu();

  add_facts(host, {{.address = "0000:17:00.0", .name = "NVIDIA H100 80GB HBM3", .units = 132}});

  ASSERT_EQ(host.gpus.size(), 1U);
  EXPECT_EQ(host.gpus[0].name, "NVIDIA H100 80GB HBM3");
  EXPECT_EQ(host.gpus[0].facts.units, 132);
  EXPECT_EQ(host.gpus[0].slot.numa_node, 1) << "what the kernel told stays";
}

TEST(DeviceFacts, WithoutANameLeaveTheKernels) {
  Host host = with_a_gpu();

  add_facts(host, {{.address = "0000:17:00.0", .units = 132}});

  EXPECT_EQ(host.gpus[0].name, "10de:2330");
}

TEST(DeviceFacts, OfADeviceThatTheKernelHidesAddItInOrder) {
  Host host = with_a_gpu();

  add_facts(host, {{.address = "0000:09:00.0", .name = "NVIDIA H200"}});

  ASSERT_EQ(host.gpus.size(), 2U);
  EXPECT_EQ(host.gpus[0].name, "NVIDIA H200");
  EXPECT_EQ(host.gpus[1].slot.address, "0000:17:00.0");
}

}  // namespace
}  // namespace shortfall
