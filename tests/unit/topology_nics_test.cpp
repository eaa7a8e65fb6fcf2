// Which network adapters are found, what is said of each, and what is left out.
#include <gtest/gtest.h>

#include "tests/unit/made_up_root.hpp"
#include "topology/devices/adapters.hpp"
#include "topology/parts.hpp"

namespace shortfall {
namespace {

using Names = std::vector<std::string>;

class Adapters : public MadeUpRoot {
 protected:
  void pci(const std::string& address, const std::string& vendor, const std::string& device,
           const std::string& class_code = "0x020000") const {
    const std::string folder = "/sys/devices/pci0000:00/" + address;
    link("/sys/bus/pci/devices/" + address, "../../../devices/pci0000:00/" + address);
    file(folder + "/class", class_code + "\n");
    file(folder + "/vendor", vendor + "\n");
    file(folder + "/device", device + "\n");
  }
  // `device` is below /sys/devices; "" = none.
  void interface(const std::string& name, const std::string& device,
                 const std::string& speed = "25000", const std::string& uevent = "") const {
    const std::string parent = device.empty() ? "virtual" : device;
    const std::string folder = "/sys/devices/" + parent + "/net/" + name;
    link("/sys/class/net/" + name, "../../devices/" + parent + "/net/" + name);
    file(folder + "/operstate", "up\n");
    file(folder + "/mtu", "1500\n");
    file(folder + "/type", "1\n");
    file(folder + "/speed", speed + "\n");
    file(folder + "/uevent", uevent + "INTERFACE=" + name + "\n");
    if (!device.empty())
      link(folder + "/device", "../../../" + device.substr(device.rfind('/') + 1));
  }
  void rdma(const std::string& name, const std::string& address, const std::string& type) const {
    const std::string folder = "/sys/devices/pci0000:00/" + address + "/infiniband/" + name;
    link("/sys/class/infiniband/" + name, "../.." + folder.substr(4));
    link(folder + "/device", "../../../" + address);
    file(folder + "/hca_type", type + "\n");
    file(folder + "/ports/1/state", "4: ACTIVE\n");
  }
  std::vector<Nic> found() const { return survey_nics(root); }
  Names names() const {
    Names names;
    for (const Nic& nic : found()) names.push_back(nic.name);
    return names;
  }
};

TEST_F(Adapters, OfEthernetHaveTheNameOfTheirInterface) {
  pci("0000:00:03.0", "0x8086", "0x1592");
  interface("ens3", "pci0000:00/0000:00:03.0");

  ASSERT_EQ(names(), Names{"ens3"});
  EXPECT_EQ(found()[0].vendor, "Intel");
  EXPECT_EQ(found()[0].model, "8086:1592");
  EXPECT_FALSE(found()[0].is_rdma());
  EXPECT_EQ(found()[0].interfaces, (std::vector<Interface>{{"ens3", "up", {25e9}, 1500}}));
}

TEST_F(Adapters, OfVirtioAreFoundThroughTheirVirtioDevice) {
  pci("0000:00:03.0", "0x1af4", "0x1041");
  interface("eth0", "pci0000:00/0000:00:03.0/virtio2", "-1");

  ASSERT_EQ(names(), Names{"eth0"});
  EXPECT_EQ(found()[0].slot.address, "0000:00:03.0");
  EXPECT_EQ(found()[0].interfaces.at(0).rate, BitRate{});
}

TEST_F(Adapters, OnUsbAreNotInTheSlotOfTheirController) {
  pci("0000:00:14.0", "0x8086", "0xa36d", "0x0c0330");
  interface("enx0", "pci0000:00/0000:00:14.0/usb1");

  ASSERT_EQ(names(), Names{"enx0"});
  EXPECT_EQ(found()[0].slot.address, "");
  EXPECT_EQ(found()[0].vendor, "");
}

TEST_F(Adapters, AreNamedByTheirTypeOnlyWhereItIsKnown) {
  pci("0000:00:03.0", "0x15b3", "0x1021");
  rdma("mlx5_0", "0000:00:03.0", "MT4129");
  pci("0000:00:04.0", "0x15b3", "0x101e");
  rdma("mlx5_1", "0000:00:04.0", "MT4126");

  EXPECT_EQ(found().at(0).model, "ConnectX-7");
  EXPECT_EQ(found().at(1).model, "MT4126");
}

TEST_F(Adapters, StandOnceForEachRdmaDeviceAndHaveTheirInterfacesOnce) {
  pci("0000:00:03.0", "0x15b3", "0x1021");
  rdma("mlx5_10", "0000:00:03.0", "MT4129");
  rdma("mlx5_2", "0000:00:03.0", "MT4129");
  interface("ens3", "pci0000:00/0000:00:03.0");

  ASSERT_EQ(names(), (Names{"mlx5_2", "mlx5_10"}));
  EXPECT_EQ(found()[0].interfaces.size(), 1U);
  EXPECT_EQ(found()[1].interfaces.size(), 0U);
}

TEST_F(Adapters, GivenToVirtualMachinesAreLeftOut) {
  pci("0000:00:03.1", "0x15b3", "0x101e");
  pci("0000:00:03.2", "0x15b3", "0x101e");
  for (const std::string function : {"1", "2"}) {
    link("/sys/devices/pci0000:00/0000:00:03." + function + "/physfn", "../0000:00:03.0");
  }
  interface("ens3v1", "pci0000:00/0000:00:03.2");

  EXPECT_EQ(names(), Names{"ens3v1"});
}

TEST_F(Adapters, TellThatTheyAreVirtualFunctionsAndWhatTheySpeak) {
  pci("0000:00:03.0", "0x15b3", "0x101d");
  pci("0000:00:03.1", "0x15b3", "0x101e");
  link("/sys/devices/pci0000:00/0000:00:03.1/physfn", "../0000:00:03.0");
  rdma("mlx5_0", "0000:00:03.0", "MT4129");
  rdma("mlx5_1", "0000:00:03.1", "MT4126");
  file("/sys/class/infiniband/mlx5_1/node_type", "4: RNIC\n");

  EXPECT_EQ(found().at(0).is_virtual_function, false);
  EXPECT_EQ(found().at(1).is_virtual_function, true);
  EXPECT_EQ(found()[0].node_type, "");
  EXPECT_EQ(found()[1].node_type, "RNIC");
}

TEST_F(Adapters, OfOneVirtualFunctionInAContainerAreSeen) {
  pci("0000:00:03.1", "0x15b3", "0x101e");
  link("/sys/devices/pci0000:00/0000:00:03.1/physfn", "../0000:00:03.0");
  interface("net1", "pci0000:00/0000:00:03.1");
  interface("eth0", "", "10000");

  EXPECT_EQ(names(), (Names{"net1", "eth0"}));
}

TEST_F(Adapters, MadeBySoftwareHaveNoRateAndNoSlot) {
  interface("eth0", "", "10000");
  interface("lo", "");

  ASSERT_EQ(names(), Names{"eth0"});
  EXPECT_EQ(found()[0].vendor, "software");
  EXPECT_EQ(found()[0].slot.address, "");
  EXPECT_EQ(found()[0].interfaces, (std::vector<Interface>{{"eth0", "up", {}, 1500}}));
}

TEST_F(Adapters, OfSoftRdmaHaveTheVirtualInterfaceBelowThem) {
  file("/sys/class/infiniband/rxe0/ports/1/rate", "10 Gb/sec (1X FDR10)\n");
  file("/sys/class/infiniband/rxe0/parent", "roce0\n");
  interface("roce0", "");

  ASSERT_EQ(names(), Names{"rxe0"});
  EXPECT_EQ(found()[0].vendor, "software");
  EXPECT_EQ(found()[0].ports.at(0).rate, BitRate{10e9});
  EXPECT_EQ(found()[0].interfaces.at(0).name, "roce0");
}

TEST_F(Adapters, AreNotTheInnerNetworksOfAHost) {
  pci("0000:00:03.0", "0x8086", "0x1592");
  interface("ens3", "pci0000:00/0000:00:03.0");
  for (const std::string name : {"docker0", "veth12ab", "cni0", "flannel.1", "cali01", "virbr0",
                                 "tun0", "eni5d0a1b2c3d4", "gke01"}) {
    interface(name, "");
  }

  EXPECT_EQ(names(), Names{"ens3"});
}

TEST_F(Adapters, AreNotTheInnerNetworksOfAContainer) {
  interface("eth0", "");
  interface("veth12ab", "");
  interface("eth0.100", "", "", "DEVTYPE=vlan\n");
  interface("private0", "");
  file("/sys/class/net/private0/bridge/bridge_id", "8000\n");
  interface("both0", "");
  file("/sys/class/net/both0/bonding/mode", "802.3ad 4\n");
  interface("vpn0", "");
  file("/sys/class/net/vpn0/tun_flags", "0x1\n");
  interface("tunnel0", "");
  file("/sys/class/net/tunnel0/type", "65534\n");

  EXPECT_EQ(names(), Names{"eth0"});
}

TEST_F(Adapters, OfAContainerMayBeOnTopOfTheHostsInterface) {
  interface("eth0", "", "", "DEVTYPE=macvlan\n");

  EXPECT_EQ(names(), Names{"eth0"});
}

TEST_F(Adapters, HaveNoInterfacesThatStandForVirtualFunctions) {
  pci("0000:00:03.0", "0x15b3", "0x1021");
  interface("ens3np0", "pci0000:00/0000:00:03.0");
  file("/sys/class/net/ens3np0/phys_port_name", "p0\n");
  interface("ens3npf0vf0", "pci0000:00/0000:00:03.0");
  file("/sys/class/net/ens3npf0vf0/phys_port_name", "pf0vf0\n");

  ASSERT_EQ(names(), Names{"ens3np0"});
  EXPECT_EQ(found()[0].interfaces.size(), 1U);
}

TEST_F(Adapters, WithoutALinkHaveNoRate) {
  pci("0000:00:03.0", "0x8086", "0x1592");
  interface("a", "pci0000:00/0000:00:03.0", "4294967295");
  interface("b", "pci0000:00/0000:00:03.0", "");

  const Nic nic = found().at(0);
  ASSERT_EQ(nic.interfaces.size(), 2U);
  for (const Interface& interface : nic.interfaces) {
    EXPECT_EQ(interface.rate, BitRate{}) << interface.name;
  }
}

TEST_F(Adapters, OfABondTellSo) {
  pci("0000:00:03.0", "0x8086", "0x1592");
  interface("ens3", "pci0000:00/0000:00:03.0");
  link("/sys/class/net/ens3/master", "../../../../virtual/net/bond0");

  EXPECT_EQ(found().at(0).interfaces.at(0).master, "bond0");
}

TEST_F(Adapters, StandInTheOrderThatPeopleCountIn) {
  std::vector<Nic> nics(6);
  Names given{"eth10", "eth9", "mlx5_10", "mlx5_2", "mlx5_2a", "mlx5_02b"}, sorted;
  for (std::size_t i = 0; i < nics.size(); ++i) nics[i].name = given[i];
  nics[1].is_rdma_hardware = true;

  put_in_order(nics);

  for (const Nic& nic : nics) sorted.push_back(nic.name);
  EXPECT_EQ(sorted, (Names{"eth9", "eth10", "mlx5_2", "mlx5_2a", "mlx5_02b", "mlx5_10"}));
}

TEST_F(Adapters, HaveGidsInTheOrderOfTheirIndex) {
  pci("0000:00:03.0", "0x15b3", "0x1021");
  rdma("mlx5_0", "0000:00:03.0", "MT4129");
  const std::string port = "/sys/class/infiniband/mlx5_0/ports/1";
  for (const std::string index : {"10", "9"})
    file(port + "/gids/" + index, "fe80::" + index + "\n");
  file(port + "/gids/0", "0000:0000:0000:0000:0000:0000:0000:0000\n");
  file(port + "/gid_attrs/types/9", "RoCE v2\n");

  EXPECT_EQ(found().at(0).ports.at(0).gids,
            (std::vector<Gid>{{9, "RoCE v2", "fe80::9"}, {10, "", "fe80::10"}}));
}

TEST_F(Adapters, OfGpusLeaveOutTheirVirtualFunctions) {
  pci("0000:00:05.0", "0x10de", "0x2330", "0x030200");
  pci("0000:00:05.4", "0x10de", "0x2330", "0x030200");
  link("/sys/devices/pci0000:00/0000:00:05.4/physfn", "../0000:00:05.0");

  const auto gpus = survey_gpus(root);

  ASSERT_EQ(gpus.size(), 1U);
  EXPECT_EQ(gpus[0].name, "10de:2330");
  EXPECT_EQ(gpus[0].driver, "");
}

}  // namespace
}  // namespace shortfall
