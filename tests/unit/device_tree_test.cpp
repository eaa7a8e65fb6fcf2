// Where devices are plugged in, as people read it.
#include <gtest/gtest.h>

#include <sstream>

#include "reporters/device_tree.hpp"
#include "reporters/machine_svg.hpp"
#include "reporters/plugged.hpp"
#include "reporters/svg.hpp"

namespace shortfall {
namespace {

constexpr PcieLink gen1{{2.5e9}, 16}, gen3{{8e9}, 8}, gen4{{16e9}, 16}, gen5{{32e9}, 16};

TEST(SlotText, IsTheSpeedOfALinkThatRunsAsItCan) {
  EXPECT_EQ(slot_text({.current = gen5, .maximum = gen5, .port_maximum = gen5}, false), "Gen5 x16");
}

TEST(SlotText, SaysWhatTheLinkCouldBe) {
  const PciSlot slot{.current = gen3, .maximum = gen5, .port_maximum = gen5};

  EXPECT_EQ(slot_text(slot, false), "Gen3 x8 of Gen5 x16");
  EXPECT_TRUE(is_degraded(slot, false));
}

TEST(SlotText, OfAGpuThatIdlesIsNoFault) {
  const PciSlot idle{.current = gen1, .maximum = gen5, .port_maximum = gen5};

  EXPECT_EQ(slot_text(idle, true), "Gen5 x16 (Gen1 x16 idle)");
  EXPECT_FALSE(is_degraded(idle, true));
}

TEST(SlotText, OfAGpuUnderLoadIs) {
  const PciSlot slow{.current = gen1, .loaded = gen4, .maximum = gen5, .port_maximum = gen5};

  EXPECT_EQ(slot_text(slow, true), "Gen4 x16 of Gen5 x16");
  EXPECT_TRUE(is_degraded(slow, true));
}

TEST(SlotText, CountsWhatBothEndsCan) {
  const PciSlot slot{.current = gen4, .maximum = gen5, .port_maximum = gen4};

  EXPECT_EQ(slot_text(slot, false), "Gen4 x16");
  EXPECT_FALSE(is_degraded(slot, false));
}

TEST(SlotText, IsEmptyWhereNothingIsTold) {
  EXPECT_EQ(slot_text({}, true), "");
  EXPECT_EQ(slot_text({.current = gen4}, false), "Gen4 x16");
  EXPECT_EQ(pcie_text({{64e9}, 0}), "Gen6");
}

// Two GPUs and an adapter below one switch; an adapter elsewhere; one that is not on PCI.
Host wired() {
  const std::vector<std::string> below{"pci0000:15", "0000:15:01.0", "0000:16:00.0"};
  const auto through = [&](const std::string& port) {
    auto bridges = below;
    bridges.push_back(port);
    return bridges;
  };
  Host host;
  host.name = "node<1>";
  host.numa = {{0, "0-31", 256_GiB, {10, 21}}, {1, "32-63", 256_GiB, {21, 10}}};
  host.gpus = {
      {.slot = {.address = "0000:17:00.0", .bridges = through("0000:16:01.0"), .numa_node = 0},
       .vendor = "NVIDIA",
       .name = "NVIDIA H100",
       .driver = "nvidia"},
      {.slot = {.address = "0000:18:00.0", .bridges = through("0000:16:02.0"), .numa_node = 0},
       .vendor = "NVIDIA",
       .name = "NVIDIA H100",
       .driver = "nvidia"}};
  host.nics = {
      {.name = "mlx5_0",
       .slot = {.address = "0000:19:00.0", .bridges = through("0000:16:03.0"), .numa_node = 0},
       .vendor = "Mellanox",
       .model = "ConnectX-7",
       .ports = {{1, "ACTIVE", "LinkUp", "InfiniBand", {4e11}, 4096, {}}}},
      {.name = "mlx5_1",
       .slot = {.address = "0000:c9:00.0",
                .bridges = {"pci0000:c7", "0000:c7:01.0"},
                .numa_node = 1},
       .vendor = "Mellanox",
       .model = "ConnectX-7"},
      {.name = "eth0", .vendor = "software", .interfaces = {{"eth0", "up", {}, 1500}}}};
  return host;
}

std::string tree_of(const Host& host) {
  std::ostringstream out;
  write_device_tree(out, host);
  return out.str();
}

TEST(DeviceTree, ShowsSharedSwitchesAndLeavesOutOtherBridges) {
  EXPECT_EQ(tree_of(wired()),
            "  devices\n"
            "    NUMA node unknown\n"
            "      not on PCI    eth0      software\n"
            "                              eth0 up MTU 1500\n"
            "    NUMA node 0\n"
            "      pci0000:15\n"
            "        0000:16:00.0\n"
            "          0000:17:00.0  GPU0      NVIDIA H100, driver nvidia\n"
            "          0000:18:00.0  GPU1      NVIDIA H100, driver nvidia\n"
            "          0000:19:00.0  mlx5_0    Mellanox ConnectX-7\n"
            "                                  port 1 InfiniBand ACTIVE 400 Gbit/s MTU 4096\n"
            "    NUMA node 1\n"
            "      pci0000:c7\n"
            "        0000:c9:00.0  mlx5_1    Mellanox ConnectX-7\n");
}

std::string state_of(const DeviceFacts& facts) {
  Host host;
  host.gpus = {{.vendor = "NVIDIA", .name = "NVIDIA H200", .facts = facts}};
  const auto outside = plugged_in(host).at(0).outside;
  return outside.empty() ? "" : outside.at(0).full;
}

TEST(DeviceTree, TellsTheStateOfAGpuAsItsDriverDoes) {
  EXPECT_EQ(state_of({}), "");
  EXPECT_EQ(state_of({.mig = false, .nvlinks = 18, .nvlinks_up = 18, .power_limit_w = 700}),
            "18 NVLinks, power limit 700 W");
  EXPECT_EQ(state_of({.mig = true, .nvlinks = 18, .nvlinks_up = 0}),
            "cut into MIG instances, 0 of 18 NVLinks up");
}

TEST(DeviceTree, IsNothingWithoutDevices) { EXPECT_EQ(tree_of(Host{}), ""); }

TEST(Distances, StandInAMatrixWithNumaNodesAndCpus) {
  std::ostringstream out;
  write_distances(out, wired());

  const std::string text = out.str();
  EXPECT_NE(text.find("           GPU0   GPU1   mlx5_0 mlx5_1 NUMA  CPUs\n"), std::string::npos)
      << text;
  EXPECT_NE(text.find("    GPU0   X      PIX    PIX    SYS    0     0-31\n"), std::string::npos)
      << text;
  EXPECT_NE(text.find("    mlx5_1 SYS    SYS    SYS    X      1     32-63\n"), std::string::npos)
      << text;
  EXPECT_EQ(text.find("eth0"), std::string::npos) << "is not on PCI";
}

TEST(Distances, AreNothingBetweenFewerThanTwo) {
  Host host = wired();
  host.gpus.clear();
  host.nics.resize(1);
  std::ostringstream out;

  write_distances(out, host);

  EXPECT_EQ(out.str(), "");
}

TEST(Svg, EscapesWhatXmlWouldTakeForItself) {
  EXPECT_EQ(xml_text("a<b>&\"c\"\n"), "a&lt;b&gt;&amp;&quot;c&quot; ");
}

TEST(MachineSvg, NamesEveryDeviceAndPaintsTheSlowLinkRed) {
  Host host = wired();
  host.nics[1].slot.current = gen3;
  host.nics[1].slot.maximum = host.nics[1].slot.port_maximum = gen5;

  const std::string svg = machine_svg(host, {});

  for (const char* name : {"GPU0", "GPU1", "mlx5_0", "mlx5_1", "eth0", "node&lt;1&gt;"}) {
    EXPECT_NE(svg.find(name), std::string::npos) << name;
  }
  EXPECT_NE(svg.find("<line class=\"slow\""), std::string::npos);
  EXPECT_NE(svg.find("Gen3 x8 of Gen5 x16"), std::string::npos);
}

TEST(MachineSvg, MayBeOfAHostOfWhichNothingIsKnown) {
  EXPECT_NE(machine_svg(Host{}, {}).find("</svg>"), std::string::npos);
}

}  // namespace
}  // namespace shortfall
