// What links promise, against published figures.
#include "topology/datasheets/link_promises.hpp"

#include <gtest/gtest.h>

namespace shortfall {
namespace {

constexpr double giga = 1e9;

struct Figures {
  LinkPromise promise;
  double raw, payload;  // GB/s in one direction, as tables print them
};

class PublishedLink : public ::testing::TestWithParam<Figures> {};

TEST_P(PublishedLink, IsPromised) {
  const Figures& want = GetParam();

  ASSERT_TRUE(want.promise.raw);
  EXPECT_NEAR(want.promise.raw->value / giga, want.raw, want.raw * 0.0005);
  if (want.payload == 0) return;
  ASSERT_TRUE(want.promise.payload);
  EXPECT_NEAR(want.promise.payload->value / giga, want.payload, want.payload * 0.002);
}

PcieLink lanes_of(int generation, int lanes = 16) { return {*pcie_lane(generation), lanes}; }

INSTANTIATE_TEST_SUITE_P(Pcie, PublishedLink,
                         ::testing::Values(Figures{pcie_promise(lanes_of(1)), 4.0, 4.0 * 256 / 280},
                                           Figures{pcie_promise(lanes_of(2)), 8.0, 8.0 * 256 / 280},
                                           Figures{pcie_promise(lanes_of(3)), 15.754, 14.4},
                                           Figures{pcie_promise(lanes_of(4)), 31.508, 28.8},
                                           Figures{pcie_promise(lanes_of(5)), 63.015, 57.6},
                                           Figures{pcie_promise(lanes_of(5), 128), 63.015, 53.1},
                                           Figures{pcie_promise(lanes_of(5), 512), 63.015, 60.2},
                                           Figures{pcie_promise(lanes_of(5, 8)), 31.508, 28.8},
                                           Figures{pcie_promise(lanes_of(6)), 128,
                                                   118.0 * 256 / 272}));

INSTANTIATE_TEST_SUITE_P(InfiniBand, PublishedLink,
                         ::testing::Values(Figures{infiniband_promise({10 * giga}), 1.0, 0.994},
                                           Figures{infiniband_promise({20 * giga}), 2.0, 1.987},
                                           Figures{infiniband_promise({40 * giga}), 4.0, 3.975},
                                           Figures{infiniband_promise({56 * giga}), 6.818, 6.776},
                                           Figures{infiniband_promise({100 * giga}), 12.5, 12.42},
                                           Figures{infiniband_promise({200 * giga}), 25, 24.84},
                                           Figures{infiniband_promise({400 * giga}), 50, 49.68},
                                           Figures{infiniband_promise({800 * giga}), 100, 99.37},
                                           Figures{infiniband_promise({123 * giga}), 15.375, 0}));

INSTANTIATE_TEST_SUITE_P(
    Ethernet, PublishedLink,
    ::testing::Values(Figures{roce_promise({400 * giga}), 50, 50 * 0.980},
                      Figures{roce_promise({100 * giga}, 1024), 12.5, 12.5 * 1024 / 1106},
                      Figures{tcp_promise({10 * giga}), 1.25, 1.25 * 1448 / 1538},
                      Figures{tcp_promise({10 * giga}, 9000), 1.25, 1.25 * 8948 / 9038}));

TEST(LinkPromise, SaysItsFormula) {
  EXPECT_EQ(pcie_promise(lanes_of(5)).source,
            "16 lanes x 32 GT/s / 8 x 128/130 (128b/130b) x 256/280 (packets)");
  EXPECT_EQ(pcie_promise(lanes_of(6, 1)).source,
            "1 lane x 64 GT/s / 8 x 236/256 (flits) x 256/272 (packets)");
  EXPECT_EQ(infiniband_promise({400 * giga}).source,
            "4X NDR, 400 Gbit/s of data / 8 x 4096/4122 (headers of 26 bytes at MTU 4096)");
  EXPECT_EQ(tcp_promise({1 * giga}).source,
            "1.00 Gbit/s / 8 x 1448/1538 (TCP with time stamps at MTU 1500)");
}

TEST(LinkPromise, IsUnknownWithoutFigures) {
  for (const LinkPromise& promise :
       {pcie_promise({}), pcie_promise({{32e9}, 0}), pcie_promise({{}, 16})}) {
    EXPECT_FALSE(promise.raw);
    EXPECT_FALSE(promise.payload);
    EXPECT_EQ(promise.source, "");
  }
  EXPECT_FALSE(pcie_lane(0));
  EXPECT_FALSE(pcie_lane(8));
}

TEST(LinkPromise, OfAnAbsurdMtuHasNoPayload) {
  EXPECT_TRUE(tcp_promise({1 * giga}, 52).raw);
  EXPECT_FALSE(tcp_promise({1 * giga}, 52).payload);
}

Gpu gpu_at(std::string address) {
  Gpu gpu;
  gpu.slot.address = std::move(address);
  gpu.slot.current = {{2.5e9}, 16};
  gpu.slot.maximum = {{32e9}, 16};
  return gpu;
}

TEST(LinksOfAHost, CountTheLinkUnderLoadOfAGpu) {
  Host host;
  host.name = "node01";
  host.gpus = {gpu_at("0000:17:00.0")};
  host.gpus[0].slot.loaded = PcieLink{{32e9}, 8};

  const auto links = links_of(host);

  ASSERT_EQ(links.size(), 1U);
  EXPECT_EQ(links[0].kind, Link::Kind::pcie);
  EXPECT_EQ(links[0].host, "node01");
  EXPECT_EQ(links[0].from, "0000:17:00.0");
  EXPECT_EQ(links[0].to, "host");
  EXPECT_NEAR(links[0].raw->value, 31.508e9, 1e7);
  EXPECT_TRUE(links[0].source.ends_with(", as seen under load"));
}

TEST(LinksOfGpus, AreThoseOfTheirDatasheets) {
  Host host;
  host.name = "node01";
  host.gpus = {gpu_at("0000:17:00.0"), gpu_at("0000:18:00.0"), gpu_at("0000:19:00.0")};
  host.gpus[0].name = host.gpus[1].name = "NVIDIA H100 80GB HBM3";
  host.gpus[2].name = "NVIDIA GH200 480GB";
  host.gpus[0].facts.nvlinks = 18;  // no driver tells of those of the others

  const auto links = gpu_links_of(host, built_in());

  ASSERT_EQ(links.size(), 2U);
  EXPECT_EQ(links[0].kind, Link::Kind::nvlink);
  EXPECT_EQ(links[0].from, "0000:17:00.0");
  EXPECT_EQ(links[0].to, "GPUs");
  EXPECT_EQ(links[0].raw, Bandwidth{450e9});
  EXPECT_EQ(links[0].source, "18 links x 25.0 GB/s (NVLink 4), datasheet H100 SXM5 80GB");
  EXPECT_EQ(links[1].from, "0000:19:00.0");
  EXPECT_EQ(links[1].to, "host");
  EXPECT_EQ(links[1].raw, Bandwidth{450e9});
  EXPECT_EQ(links[1].source, "NVLink-C2C, datasheet GH200 96GB");
}

TEST(LinksOfAHost, CountTheNarrowerEndIfNotSeenUnderLoad) {
  Host host;
  host.gpus = {gpu_at("0000:17:00.0"), gpu_at("0000:18:00.0"), gpu_at("0000:19:00.0")};
  host.gpus[0].slot.port_maximum = {{16e9}, 16};
  host.gpus[1].slot.maximum = {};
  host.gpus[1].slot.port_maximum = {{64e9}, 4};
  host.gpus[2].slot.maximum = {};

  const auto links = links_of(host);

  ASSERT_EQ(links.size(), 3U);
  EXPECT_NEAR(links[0].raw->value, 31.508e9, 1e7);
  EXPECT_TRUE(links[0].source.ends_with(", its maximum"));
  EXPECT_NEAR(links[1].raw->value, 32e9, 1e7) << "the port alone says";
  EXPECT_FALSE(links[2].raw);
  EXPECT_EQ(links[2].source, "");
}

Host host_with(Nic nic) {
  Host host;
  nic.name = "mlx5_0";
  host.nics = {std::move(nic)};
  return host;
}

RdmaPort port_of(std::string layer, double rate) {
  RdmaPort port;
  port.state = "ACTIVE";
  port.link_layer = std::move(layer);
  port.rate = {rate};
  return port;
}

TEST(LinksOfAHost, HaveAPortOfInfiniBandOnce) {
  Nic nic;
  nic.ports = {port_of("InfiniBand", 400 * giga)};
  nic.interfaces = {{"ib0", "up", {400 * giga}, 2044}};

  const auto links = links_of(host_with(nic));

  ASSERT_EQ(links.size(), 1U);
  EXPECT_EQ(links[0].kind, Link::Kind::infiniband);
  EXPECT_EQ(links[0].from, "mlx5_0/1");
  EXPECT_EQ(links[0].to, "network");
  EXPECT_NEAR(links[0].payload->value, 49.68e9, 1e7);
  EXPECT_TRUE(links[0].source.ends_with("; MTU assumed")) << links[0].source;
}

TEST(LinksOfAHost, HaveRoceByTheMtuOfItsInterface) {
  Nic nic;
  nic.ports = {port_of("Ethernet", 100 * giga)};
  nic.interfaces = {{"eth0", "up", {100 * giga}, 1500}};

  const auto links = links_of(host_with(nic));

  ASSERT_EQ(links.size(), 2U);
  EXPECT_EQ(links[0].kind, Link::Kind::ethernet);
  EXPECT_EQ(links[0].from, "mlx5_0/1");
  EXPECT_NEAR(links[0].payload->value, 12.5e9 * 1024 / 1106, 1e6);
  EXPECT_EQ(links[1].from, "eth0");
  EXPECT_NEAR(links[1].payload->value, 12.5e9 * 1448 / 1538, 1e6);
}

TEST(LinksOfAHost, HaveTheMtuThatAPortTells) {
  Nic nic;
  nic.ports = {port_of("Ethernet", 100 * giga)};
  nic.ports[0].mtu = 4096;

  EXPECT_NEAR(links_of(host_with(nic))[0].payload->value, 12.5e9 * 4096 / 4178, 1e6);
}

TEST(LinksOfAHost, PromiseNothingOfAPortThatIsDown) {
  Nic nic;
  nic.ports = {port_of("InfiniBand", 10 * giga)};
  nic.ports[0].state = "DOWN";

  const auto links = links_of(host_with(nic));

  ASSERT_EQ(links.size(), 1U);
  EXPECT_FALSE(links[0].raw);
  EXPECT_EQ(links[0].source, "the port is down");
}

TEST(LinksOfAHost, LeaveOutInterfacesWithoutARate) {
  Nic nic;
  nic.interfaces = {{"veth0", "up", {}, 1500}};

  EXPECT_TRUE(links_of(host_with(nic)).empty());
}

}  // namespace
}  // namespace shortfall
