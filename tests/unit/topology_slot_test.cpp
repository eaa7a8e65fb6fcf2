// How a device is plugged in, how far two are from each other, and which adapter a GPU uses.
#include <gtest/gtest.h>

#include "tests/unit/made_up_root.hpp"
#include "topology/acs.hpp"
#include "topology/distance.hpp"
#include "topology/loaded_links.hpp"
#include "topology/parts.hpp"

namespace shortfall {
namespace {

using Names = std::vector<std::string>;

PciSlot below(Names bridges, std::string address, std::optional<int> node = std::nullopt) {
  PciSlot slot;
  slot.bridges = std::move(bridges);
  slot.address = std::move(address);
  slot.numa_node = node;
  return slot;
}

TEST(PciDistance, IsPixBetweenPortsOfOneSwitch) {
  const auto a = below({"pci0000:15", "0000:15:01.0", "0000:16:00.0", "0000:17:00.0"}, "18");
  const auto b = below({"pci0000:15", "0000:15:01.0", "0000:16:00.0", "0000:17:01.0"}, "19");

  EXPECT_EQ(distance(a, b), Distance::pix);
  EXPECT_EQ(distance(a, a), Distance::same);
}

TEST(PciDistance, IsPixBetweenFunctionsOfOneCard) {
  EXPECT_EQ(distance(below({"pci0000:15", "0000:15:01.0"}, "0000:16:00.0"),
                     below({"pci0000:15", "0000:15:01.0"}, "0000:16:00.1")),
            Distance::pix);
}

TEST(PciDistance, IsPxbThroughASecondSwitch) {
  const auto near = below({"pci0000:15", "0000:15:01.0", "0000:16:00.0", "0000:17:00.0"}, "18");
  const auto far = below({"pci0000:15", "0000:15:01.0", "0000:16:00.0", "0000:17:01.0",
                          "0000:20:00.0", "0000:21:00.0"},
                         "22");

  EXPECT_EQ(distance(near, far), Distance::pxb);
  EXPECT_EQ(distance(far, near), Distance::pxb);
}

TEST(PciDistance, IsPhbBelowOneHostBridge) {
  EXPECT_EQ(distance(below({"pci0000:15", "0000:15:01.0"}, "a"),
                     below({"pci0000:15", "0000:15:02.0"}, "b")),
            Distance::phb);
  EXPECT_EQ(distance(below({"pci0000:00"}, "a"), below({"pci0000:00"}, "b")), Distance::phb);
}

TEST(PciDistance, IsToldByNodesBelowDifferentHostBridges) {
  const auto a = below({"pci0000:15"}, "a", 0);

  EXPECT_EQ(distance(a, below({"pci0000:26"}, "b", 0)), Distance::node);
  EXPECT_EQ(distance(a, below({"pci0000:26"}, "b", 1)), Distance::sys);
  EXPECT_EQ(distance(a, below({"pci0000:26"}, "b")), Distance::unknown);
}

TEST(PciDistance, IsUnknownForWhatIsNotSeenOnPci) {
  EXPECT_EQ(distance(below({"pci0000:00"}, ""), below({"pci0000:00"}, "b")), Distance::unknown);
  EXPECT_EQ(distance(below({}, "a", 0), below({}, "b", 0)), Distance::unknown);
}

class Slot : public MadeUpRoot {
 protected:
  // Below the last of `path`; ".." leads from /sys/bus/pci/devices to /sys.
  void plug(const Names& path, const std::string& vendor, const std::string& speed,
            const std::string& width) const {
    std::string folder = "/sys/devices";
    for (const std::string& part : path) folder += "/" + part;
    link("/sys/bus/pci/devices/" + path.back(), "../../.." + folder.substr(4));
    file(folder + "/class", path.size() > 3 ? "0x030200\n" : "0x060400\n");
    file(folder + "/vendor", vendor + "\n");
    for (const std::string which : {"current", "max"}) {
      file(folder + "/" + which + "_link_speed", speed + "\n");
      file(folder + "/" + which + "_link_width", width + "\n");
    }
  }
  PciSlot gpu() const { return survey_gpus(root).at(0).slot; }
};

TEST_F(Slot, IsReadFromOldKernelsToo) {
  plug({"pci0000:00", "0000:00:01.0"}, "0x8086", "8 GT/s", "16");
  plug({"pci0000:00", "0000:00:01.0", "0000:01:00.0"}, "0x10de", "8 GT/s", "8");
  file("/sys/bus/pci/devices/0000:01:00.0/class", "0x030200\n");

  EXPECT_EQ(gpu().current, (PcieLink{{8e9}, 8}));
  EXPECT_EQ(gpu().port_maximum, (PcieLink{{8e9}, 16}));
}

TEST_F(Slot, HasNoLinkWhereTheKernelKnowsNone) {
  plug({"pci0000:00", "0000:00:01.0"}, "0x8086", "Unknown", "255");
  plug({"pci0000:00", "0000:00:01.0", "0000:01:00.0"}, "0x10de", "Unknown speed", "0");
  file("/sys/bus/pci/devices/0000:01:00.0/class", "0x030200\n");

  EXPECT_EQ(gpu().current, PcieLink{});
  EXPECT_EQ(gpu().maximum, PcieLink{});
  EXPECT_EQ(gpu().port_maximum, PcieLink{});
}

TEST_F(Slot, OfACardWithASwitchOfItsOwnIsWhereTheCardIsPluggedIn) {
  plug({"pci0000:40", "0000:40:01.1"}, "0x1022", "32.0 GT/s PCIe", "16");
  plug({"pci0000:40", "0000:40:01.1", "0000:41:00.0"}, "0x1002", "8.0 GT/s PCIe", "8");
  plug({"pci0000:40", "0000:40:01.1", "0000:41:00.0", "0000:42:00.0"}, "0x1002", "16.0 GT/s PCIe",
       "16");
  file("/sys/bus/pci/devices/0000:42:00.0/class", "0x060400\n");
  plug({"pci0000:40", "0000:40:01.1", "0000:41:00.0", "0000:42:00.0", "0000:43:00.0"}, "0x1002",
       "16.0 GT/s PCIe", "16");

  EXPECT_EQ(gpu().address, "0000:43:00.0");
  EXPECT_EQ(gpu().current, (PcieLink{{8e9}, 8}));
  EXPECT_EQ(gpu().port_maximum, (PcieLink{{32e9}, 16}));
}

TEST_F(Slot, BehindAVirtualRootComplexBeginsAtTheRealOne) {
  plug({"pci0000:64", "0000:64:00.5", "pci10000:00", "10000:00:02.0", "10000:01:00.0"}, "0x10de",
       "8 GT/s", "4");

  EXPECT_EQ(gpu().bridges, (Names{"pci0000:64", "0000:64:00.5", "pci10000:00", "10000:00:02.0"}));
}

TEST_F(Slot, OfFirmwareThatNamesNoNodeIsOnTheOnlyOne) {
  plug({"pci0000:00", "0000:00:01.0", "0000:01:00.0", "0000:02:00.0"}, "0x10de", "8 GT/s", "4");
  file("/sys/bus/pci/devices/0000:02:00.0/numa_node", "-1\n");
  EXPECT_EQ(gpu().numa_node, std::nullopt);
  file("/sys/devices/system/node/has_cpu", "0-1\n");
  EXPECT_EQ(gpu().numa_node, std::nullopt);
  file("/sys/devices/system/node/has_cpu", "0\n");
  EXPECT_EQ(gpu().numa_node, 0);
}

TEST_F(Slot, KeepsTheFastestLinkThatItHadUnderLoad) {
  plug({"pci0000:00", "0000:00:01.0", "0000:01:00.0", "0000:02:00.0"}, "0x10de", "16.0 GT/s PCIe",
       "16");
  Host host;
  host.gpus = survey_gpus(root);

  note_links(host, root);
  file("/sys/bus/pci/devices/0000:02:00.0/current_link_speed", "2.5 GT/s PCIe\n");
  note_links(host, root);

  EXPECT_EQ(host.gpus.at(0).slot.loaded, (PcieLink{{16e9}, 16}));
}

TEST_F(Slot, HasNoLoadedLinkWhereNoneCanBeRead) {
  Host host;
  host.gpus.emplace_back().slot.address = "0000:02:00.0";
  host.nics.emplace_back().name = "rxe0";

  note_links(host, root);

  EXPECT_EQ(host.gpus.at(0).slot.loaded, std::nullopt);
  EXPECT_EQ(host.nics.at(0).slot.loaded, std::nullopt);
}

class AccessControl : public MadeUpRoot {
 protected:
  static void put(std::string& space, std::size_t at, std::uint32_t word) {
    for (std::size_t i = 0; i < 4; ++i) space.at(at + i) = static_cast<char>(word >> (8 * i));
  }
  // With error reporting first, then access control whose control register is `control`.
  void bridge(const std::string& address, std::uint32_t control) const {
    std::string space(4096, '\0');
    put(space, 0x100, 0x14820001);
    put(space, 0x148, 0x0001000d);
    put(space, 0x14c, control << 16U | 0x5f);
    file("/sys/bus/pci/devices/" + address + "/config", space);
  }
};

TEST_F(AccessControl, DetoursWhereAnyBridgeRedirects) {
  bridge("0000:15:01.0", 0x00);
  bridge("0000:17:00.0", 0x1d);

  EXPECT_EQ(detours_transfers({"pci0000:15", "0000:15:01.0", "0000:17:00.0"}, root), true);
}

TEST_F(AccessControl, DetoursNothingWhereItOnlyValidatesSources) {
  bridge("0000:15:01.0", 0x01);

  EXPECT_EQ(detours_transfers({"pci0000:15", "0000:15:01.0"}, root), false);
}

TEST_F(AccessControl, IsUnknownWithoutPermission) {
  bridge("0000:15:01.0", 0x00);
  file("/sys/bus/pci/devices/0000:17:00.0/config", std::string(64, '\0'));

  EXPECT_EQ(detours_transfers({"pci0000:15", "0000:15:01.0", "0000:17:00.0"}, root), std::nullopt);
  EXPECT_EQ(detours_transfers({"pci0000:15"}, root), std::nullopt);
  EXPECT_EQ(detours_transfers({}, root), std::nullopt);
}

TEST_F(AccessControl, IsUnknownWhereTheListRunsInACircle) {
  std::string space(4096, '\0');
  put(space, 0x100, 0x14810001);
  put(space, 0x148, 0x10010002);
  file("/sys/bus/pci/devices/0000:15:01.0/config", space);

  EXPECT_EQ(detours_transfers({"pci0000:15", "0000:15:01.0"}, root), std::nullopt);
}

Gpu gpu_below(const Names& bridges, const std::string& address) {
  Gpu gpu;
  gpu.slot = below(bridges, address);
  return gpu;
}

Nic adapter_below(const Names& bridges, const std::string& address, const std::string& name,
                  const std::string& state = "ACTIVE") {
  Nic nic;
  nic.name = name;
  nic.slot = below(bridges, address);
  nic.ports.emplace_back().state = state;
  return nic;
}

Names nearest(Host host) {
  find_nearest_nics(host);
  Names names;
  for (const Gpu& gpu : host.gpus) names.push_back(gpu.nearest_nic);
  return names;
}

TEST(NearestAdapter, IsTheOneInTheSamePlaceBelowASharedSwitch) {
  const Names bridges{"pci0000:15", "0000:15:01.0"};
  Host host;
  host.gpus = {gpu_below(bridges, "0000:1b:00.0"), gpu_below(bridges, "0000:1c:00.0")};
  host.nics = {adapter_below(bridges, "0000:19:00.0", "mlx5_0"),
               adapter_below(bridges, "0000:18:00.0", "mlx5_1")};

  EXPECT_EQ(nearest(host), (Names{"mlx5_1", "mlx5_0"}));
}

TEST(NearestAdapter, IsSharedEvenlyWhereThereAreFewerOrMore) {
  const Names bridges{"pci0000:15", "0000:15:01.0"};
  Host host;
  for (const std::string bus : {"1b", "1c", "1d", "1e"}) {
    host.gpus.push_back(gpu_below(bridges, "0000:" + bus + ":00.0"));
  }
  host.nics = {adapter_below(bridges, "0000:18:00.0", "a"),
               adapter_below(bridges, "0000:19:00.0", "b")};
  EXPECT_EQ(nearest(host), (Names{"a", "a", "b", "b"}));
  host.gpus.resize(1);
  EXPECT_EQ(nearest(host), Names{"a"});
}

TEST(NearestAdapter, HasAnActivePortAmongEquallyNearOnes) {
  const Names bridges{"pci0000:15", "0000:15:01.0"};
  Host host;
  host.gpus = {gpu_below(bridges, "0000:1b:00.0")};
  host.nics = {adapter_below(bridges, "0000:18:00.0", "down", "DOWN"),
               adapter_below(bridges, "0000:19:00.0", "up")};

  EXPECT_EQ(nearest(host), Names{"up"});
}

TEST(NearestAdapter, IsNoneWithoutRdmaOrWhereTheWayIsUnknown) {
  Host host;
  host.gpus = {gpu_below({"pci0000:15"}, "0000:1b:00.0")};
  host.nics = {adapter_below({"pci0000:15"}, "0000:18:00.0", "eth0"),
               adapter_below({}, "", "rxe0")};
  host.nics.at(0).ports.clear();

  EXPECT_EQ(nearest(host), Names{""});
}

}  // namespace
}  // namespace shortfall
