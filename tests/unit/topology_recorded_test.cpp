// What is found on whole machines: a DGX H100, a host with MI300X, a virtual machine.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/recorded_root.hpp"
#include "topology/distance.hpp"
#include "topology/devices/loaded_links.hpp"
#include "topology/survey.hpp"
#include "topology/words.hpp"

namespace shortfall {
namespace {

using Names = std::vector<std::string>;

Names names_of(const std::vector<Nic>& nics) {
  Names names;
  for (const Nic& nic : nics) names.push_back(nic.name);
  return names;
}

Names nearest_of(const Host& host) {
  Names names;
  for (const Gpu& gpu : host.gpus) names.push_back(gpu.nearest_nic);
  return names;
}

const Nic& named(const Host& host, std::string_view name) {
  const auto found = std::ranges::find(host.nics, name, &Nic::name);
  EXPECT_NE(found, host.nics.end()) << name;
  return found == host.nics.end() ? host.nics.front() : *found;
}

constexpr PcieLink gen5_x16{.per_lane = {32e9}, .lanes = 16};

class DgxH100 : public RecordedRoot {
 protected:
  DgxH100() { expand("dgx_h100"); }
  Host host() const { return survey_host(root); }
};

TEST_F(DgxH100, HasEightGpusByTheirDriversNamesAndNoSwitchAmongThem) {
  Names found;
  for (const Gpu& gpu : host().gpus) {
    EXPECT_EQ(gpu.name, "NVIDIA H100 80GB HBM3");
    EXPECT_EQ(gpu.vendor, "NVIDIA");
    EXPECT_EQ(gpu.driver, "nvidia");
    found.push_back(gpu.slot.address);
  }
  EXPECT_EQ(found, (Names{"0000:1b:00.0", "0000:43:00.0", "0000:52:00.0", "0000:61:00.0",
                          "0000:9d:00.0", "0000:c3:00.0", "0000:d1:00.0", "0000:df:00.0"}));
}

TEST_F(DgxH100, HasItsFirstGpuBehindASwitch) {
  const PciSlot slot = host().gpus.at(0).slot;

  EXPECT_EQ(slot.bridges, (Names{"pci0000:15", "0000:15:01.0", "0000:16:00.0", "0000:17:02.0"}));
  EXPECT_EQ(slot.numa_node, 0);
  EXPECT_EQ(slot.current, (PcieLink{{2.5e9}, 16}));
  EXPECT_EQ(slot.loaded, std::nullopt);
  EXPECT_EQ(slot.maximum, gen5_x16);
  EXPECT_EQ(slot.port_maximum, gen5_x16);
  EXPECT_EQ(slot.acs, std::nullopt);
}

TEST_F(DgxH100, HasItsAdaptersInTheOrderOfTheirNumbersAndNothingOfContainers) {
  EXPECT_EQ(names_of(host().nics),
            (Names{"mlx5_0", "mlx5_1", "mlx5_2", "mlx5_3", "mlx5_4", "mlx5_5", "mlx5_6", "mlx5_7",
                   "mlx5_8", "mlx5_9", "mlx5_10", "mlx5_11"}));
}

TEST_F(DgxH100, HasInfinibandPortsJoinedWithTheirInterfaces) {
  const Host found = host();
  const Nic& nic = named(found, "mlx5_0");

  EXPECT_EQ(nic.vendor, "Mellanox");
  EXPECT_EQ(nic.model, "ConnectX-7");
  EXPECT_EQ(nic.driver, "mlx5_core");
  EXPECT_EQ(nic.firmware, "28.39.2048");
  EXPECT_EQ(nic.slot.address, "0000:18:00.0");
  EXPECT_EQ(nic.slot.current, gen5_x16);
  EXPECT_EQ(
      nic.ports,
      (std::vector<RdmaPort>{{1,
                              "ACTIVE",
                              "LinkUp",
                              "InfiniBand",
                              {400e9},
                              std::nullopt,
                              {{0, "IB/RoCE v1", "fe80:0000:0000:0000:a088:c203:0000:10a6"}},
                              4,
                              "NDR"}}));
  EXPECT_EQ(nic.interfaces, (std::vector<Interface>{{"ibp24s0", "up", {400e9}, 4092}}));
}

TEST_F(DgxH100, HasAllGidsOfItsStoragePorts) {
  const Host found = host();

  EXPECT_EQ(named(found, "mlx5_7").ports.at(0).gids,
            (std::vector<Gid>{{0, "IB/RoCE v1", "fe80:0000:0000:0000:a288:c2ff:fe00:0010"},
                              {1, "RoCE v2", "fe80:0000:0000:0000:a288:c2ff:fe00:0010"},
                              {2, "IB/RoCE v1", "0000:0000:0000:0000:0000:ffff:0a00:0101"},
                              {3, "RoCE v2", "0000:0000:0000:0000:0000:ffff:0a00:0101"}}));
  EXPECT_EQ(named(found, "mlx5_7").interfaces.at(0).name, "enp170s0f0np0");
}

TEST_F(DgxH100, HasForEachGpuTheAdapterOfItsOwnSwitch) {
  EXPECT_EQ(nearest_of(host()), (Names{"mlx5_0", "mlx5_3", "mlx5_4", "mlx5_5", "mlx5_6", "mlx5_9",
                                       "mlx5_10", "mlx5_11"}));
}

TEST_F(DgxH100, HasTheDistancesThatNvidiaSmiShows) {
  const Host found = host();
  const auto from_first = [&](std::string_view name) {
    return distance(found.gpus.at(0).slot, named(found, name).slot);
  };

  EXPECT_EQ(from_first("mlx5_0"), Distance::pix);
  EXPECT_EQ(from_first("mlx5_1"), Distance::node);
  EXPECT_EQ(from_first("mlx5_6"), Distance::sys);
  EXPECT_EQ(distance(named(found, "mlx5_1").slot, named(found, "mlx5_2").slot), Distance::pix);
}

class DegradedDgxH100 : public RecordedRoot {
 protected:
  DegradedDgxH100() { expand("dgx_h100_degraded"); }
};

TEST_F(DegradedDgxH100, ShowsTheSlowLinkUnderLoad) {
  Host host = survey_host(root);

  note_links(host, root);

  EXPECT_EQ(host.gpus.at(2).slot.loaded, (PcieLink{{8e9}, 8}));
  EXPECT_EQ(host.gpus.at(2).slot.maximum, gen5_x16);
  EXPECT_EQ(host.nics.at(0).slot.loaded, gen5_x16);
}

TEST_F(DegradedDgxH100, ShowsThePortThatIsDown) {
  const Host host = survey_host(root);
  const Nic& nic = named(host, "mlx5_10");

  EXPECT_EQ(nic.ports.at(0).state, "DOWN");
  EXPECT_EQ(nic.ports.at(0).physical_state, "Disabled");
  EXPECT_EQ(nic.interfaces, (std::vector<Interface>{{"ibp206s0", "down", {}, 4092}}));
}

TEST_F(DegradedDgxH100, GivesTheGpuItsNearAdapterThoughItIsDown) {
  EXPECT_EQ(nearest_of(survey_host(root)).at(6), "mlx5_10");
}

class Mi300x : public RecordedRoot {
 protected:
  Mi300x() { expand("mi300x"); }
};

TEST_F(Mi300x, HasEightGpusNamedByTheirBoards) {
  const Host host = survey_host(root);

  ASSERT_EQ(host.gpus.size(), 8U);
  EXPECT_EQ(host.gpus.at(0).name, "AMD Instinct MI300X OAM");
  EXPECT_EQ(host.gpus.at(0).vendor, "AMD");
  EXPECT_EQ(host.gpus.at(7).slot.numa_node, 1);
}

TEST_F(Mi300x, HasItsRdmaAdaptersBeforeItsEthernet) {
  const Host host = survey_host(root);

  EXPECT_EQ(names_of(host.nics), (Names{"bnxt_re0", "bnxt_re1", "bnxt_re2", "bnxt_re3", "bnxt_re4",
                                        "bnxt_re5", "bnxt_re6", "bnxt_re7", "eno1", "eno2"}));
  EXPECT_EQ(named(host, "eno1").vendor, "Intel");
  EXPECT_EQ(named(host, "eno1").model, "8086:1563");
  EXPECT_EQ(named(host, "eno2").interfaces, (std::vector<Interface>{{"eno2", "down", {}, 1500}}));
  EXPECT_EQ(named(host, "bnxt_re3").model, "BCM57608");
}

TEST_F(Mi300x, HasOneAdapterBesideEachGpu) {
  EXPECT_EQ(nearest_of(survey_host(root)), (Names{"bnxt_re0", "bnxt_re1", "bnxt_re2", "bnxt_re3",
                                                  "bnxt_re4", "bnxt_re5", "bnxt_re6", "bnxt_re7"}));
}

class CloudVm : public RecordedRoot {
 protected:
  CloudVm() { expand("cloud_vm"); }
};

TEST_F(CloudVm, HasOneGpuOnTheOnlyNode) {
  const Host host = survey_host(root);

  ASSERT_EQ(host.gpus.size(), 1U);
  EXPECT_EQ(host.gpus.at(0).name, "NVIDIA A10G");
  EXPECT_EQ(host.gpus.at(0).slot.bridges, Names{"pci0000:00"});
  EXPECT_EQ(host.gpus.at(0).slot.numa_node, 0);
  EXPECT_EQ(host.gpus.at(0).slot.current, (PcieLink{{16e9}, 8}));
  EXPECT_EQ(host.gpus.at(0).slot.port_maximum, PcieLink{});
}

TEST_F(CloudVm, HasAFabricAdapterAndEthernetOfUnknownRate) {
  const Host host = survey_host(root);

  EXPECT_EQ(names_of(host.nics), (Names{"rdmap0s29", "ens5"}));
  EXPECT_EQ(host.nics.at(0).model, "0xefa2");
  EXPECT_EQ(host.nics.at(0).slot.current, PcieLink{});
  EXPECT_EQ(host.nics.at(1).interfaces, (std::vector<Interface>{{"ens5", "up", {}, 9001}}));
  EXPECT_EQ(host.gpus.at(0).nearest_nic, "rdmap0s29");
  EXPECT_EQ(distance(host.gpus.at(0).slot, host.nics.at(0).slot), Distance::phb);
}

}  // namespace
}  // namespace shortfall
