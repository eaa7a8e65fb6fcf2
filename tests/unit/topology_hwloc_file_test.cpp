// A host as an hwloc file describes it, and files that describe none.
#include <gtest/gtest.h>

#include "tests/unit/made_up_root.hpp"
#include "tests/unit/refusal.hpp"
#include "topology/distance.hpp"
#include "topology/hwloc/file.hpp"
#include "topology/parts.hpp"

namespace shortfall {
namespace {

using Names = std::vector<std::string>;

const std::string dgx = SHORTFALL_SOURCE_DIR "/tests/fixtures/dgx_h100.xml";

class HwlocFile : public MadeUpRoot {
 protected:
  void SetUp() override {
    if (!shape_by_hwloc()) GTEST_SKIP() << "this build has no hwloc";
  }
  std::string written(std::string_view text) const {
    file("/host.xml", text);
    return root.path + "/host.xml";
  }
};

std::string refusal(const std::string& path) {
  return refusal_of([&] { with_topology({}, path); });
}

TEST_F(HwlocFile, ReplacesCountsCachesAndNodes) {
  Host here;
  here.name = "here";
  here.cpu.model = "this one";
  here.numa.resize(7);

  const Host host = with_topology(here, dgx);

  EXPECT_EQ(host.name, "here");
  EXPECT_EQ(host.cpu.model, "this one");
  EXPECT_EQ(host.cpu.sockets, 2);
  EXPECT_EQ(host.cpu.cores, 112);
  EXPECT_EQ(host.cpu.threads, 224);
  EXPECT_EQ(host.cpu.numa_nodes, 2);
  EXPECT_EQ(host.cpu.caches,
            (std::vector<Cache>{{1, 48_KiB, 2}, {2, 2_MiB, 2}, {3, 105_MiB, 112}}));
  EXPECT_EQ(host.numa,
            (std::vector<NumaNode>{{0, "0-55,112-167", {1056434928.0 * 1024}, {10, 21}},
                                   {1, "56-111,168-223", {1056960512.0 * 1024}, {21, 10}}}));
}

TEST_F(HwlocFile, ReplacesGpus) {
  Host here;
  here.gpus.resize(3);

  const Host host = with_topology(here, dgx);

  ASSERT_EQ(host.gpus.size(), 8U);
  const Gpu& gpu = host.gpus[4];
  EXPECT_EQ(gpu.name, "NVIDIA H100 80GB HBM3");
  EXPECT_EQ(gpu.vendor, "NVIDIA");
  EXPECT_EQ(gpu.slot.address, "0000:9d:00.0");
  EXPECT_EQ(gpu.slot.bridges,
            (Names{"pci0000:97", "0000:97:01.0", "0000:98:00.0", "0000:99:02.0"}));
  EXPECT_EQ(gpu.slot.numa_node, 1);
  EXPECT_EQ(gpu.slot.current, (PcieLink{{2.5e9}, 16}));
  EXPECT_EQ(gpu.nearest_nic, "mlx5_6");
}

TEST_F(HwlocFile, ReplacesAdapters) {
  const Host host = with_topology({}, dgx);

  ASSERT_EQ(host.nics.size(), 12U);
  const Nic& nic = host.nics[10];
  EXPECT_EQ(nic.name, "mlx5_10");
  EXPECT_EQ(nic.vendor, "Mellanox");
  EXPECT_EQ(nic.model, "ConnectX-7");
  EXPECT_EQ(nic.slot.current, (PcieLink{{32e9}, 16}));
  EXPECT_EQ(nic.ports,
            (std::vector<RdmaPort>{{1,
                                    "ACTIVE",
                                    "",
                                    "",
                                    {},
                                    std::nullopt,
                                    {{0, "", "fe80:0000:0000:0000:a088:c203:0000:70a6"}}}}));
  EXPECT_EQ(nic.interfaces, (std::vector<Interface>{{"ibp206s0", "", {}, 0}}));
}

TEST_F(HwlocFile, TellsTheWidestLinkOfABandwidth) {
  const std::string whole = text_of_file({}, dgx), key = "pci_link_speed=\"4.000000\"";
  const auto link_of = [&](const std::string& gigabytes) {
    std::string text = whole;
    for (std::size_t at = 0; (at = text.find(key, at)) != std::string::npos;) {
      text.replace(at, key.size(), "pci_link_speed=\"" + gigabytes + "\"");
    }
    return with_topology({}, written(text)).gpus.at(0).slot.current;
  };

  EXPECT_EQ(link_of("31.507692"), (PcieLink{{16e9}, 16}));
  EXPECT_EQ(link_of("7.876923"), (PcieLink{{8e9}, 8}));
  EXPECT_EQ(link_of("0.250000"), (PcieLink{{2.5e9}, 1}));
  EXPECT_EQ(link_of("121.000000"), (PcieLink{{64e9}, 16}));
  EXPECT_EQ(link_of("5.500000"), PcieLink{});
  EXPECT_EQ(link_of("0.000000"), PcieLink{});
}

TEST_F(HwlocFile, KeepsDistances) {
  const Host host = with_topology({}, dgx);

  EXPECT_EQ(distance(host.gpus[0].slot, host.nics[0].slot), Distance::pix);
  EXPECT_EQ(distance(host.gpus[0].slot, host.gpus[1].slot), Distance::node);
  EXPECT_EQ(distance(host.gpus[0].slot, host.gpus[7].slot), Distance::sys);
}

TEST_F(HwlocFile, ThatIsMissingIsRefusedWithTheReason) {
  const std::string path = root.path + "/nowhere.xml";

  EXPECT_EQ(refusal(path), "--topology=" + path +
                               ": No such file or directory. Give an XML file that 'lstopo "
                               "FILE.xml' has written.");
}

TEST_F(HwlocFile, ThatIsNoneIsRefused) {
  for (const std::string_view text :
       {"", "hello", "<html></html>", "{}", "<topology", "<topology>",
        "<topology version=\"2.0\"/>",
        "<?xml version=\"1.0\"?><topology version=\"2.0\"><object/></topology>"}) {
    EXPECT_NE(refusal(written(text)).find("lstopo FILE.xml"), std::string::npos) << text;
  }
  EXPECT_NE(refusal(root.path), "accepted");
}

TEST_F(HwlocFile, WithoutAnEndIsRefused) {
  EXPECT_NE(refusal("/dev/zero").find("larger than"), std::string::npos);
}

TEST_F(HwlocFile, OfANewerFormatIsRefusedWithTheWayOut) {
  const std::string told = refusal(written("<topology version=\"9.1\"></topology>"));

  EXPECT_NE(told.find("its format is 9.1"), std::string::npos) << told;
  EXPECT_NE(told.find("--export-xml-flags"), std::string::npos) << told;
}

TEST_F(HwlocFile, ThatDeclaresEntitiesIsRefused) {
  EXPECT_NE(refusal(written("<!DOCTYPE x [<!ENTITY a \"b\">]><topology/>")).find("entities"),
            std::string::npos);
}

TEST_F(HwlocFile, ThatIsDamagedIsReadOrRefusedInSilence) {
  const std::string whole = text_of_file({}, dgx);
  ASSERT_NE(whole, "");
  ::testing::internal::CaptureStderr();
  for (std::size_t i = 1; i < 40; ++i) {
    std::string text = whole;
    const std::size_t at = whole.size() / 40 * i;
    text[at] = static_cast<char>('!' + i);
    refusal(written(text));
    EXPECT_NE(refusal(written(std::string_view(whole).substr(0, at))), "accepted") << at;
  }

  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST_F(HwlocFile, ThatHwlocDoesNotSurviveIsRefused) {
  std::string text = text_of_file({}, dgx);
  const std::size_t at = text.find("complete_cpuset", text.find("type=\"PU\""));
  ASSERT_NE(at, std::string::npos);
  text.replace(at, 1, "C");

  const std::string told = refusal(written(text));

  EXPECT_NE(told, "accepted");
  EXPECT_NE(told.find("lstopo FILE.xml"), std::string::npos) << told;
}

TEST(HwlocFiles, CannotBeReadWithoutHwloc) {
  if (shape_by_hwloc()) GTEST_SKIP() << "this build has hwloc";

  EXPECT_NE(refusal(dgx).find("no hwloc"), std::string::npos);
}

}  // namespace
}  // namespace shortfall
