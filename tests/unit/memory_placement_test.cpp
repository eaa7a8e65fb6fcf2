// Where memory lies: pages as they were granted, NUMA nodes of machines that do not exist.
#include <gtest/gtest.h>

#include "backends/host/buffer.hpp"
#include "backends/host/pages.hpp"
#include "backends/numa.hpp"
#include "core/error.hpp"
#include "tests/unit/made_up_root.hpp"

namespace shortfall {
namespace {

constexpr std::string_view smaps =
    "7f0000000000-7f0000400000 rw-p 00000000 00:00 0 \n"
    "Size:               4096 kB\n"
    "Rss:                4096 kB\n"
    "AnonHugePages:      2048 kB\n"
    "VmFlags: rd wr mr mw me ac hg \n"
    "7f0000400000-7f0000600000 rw-p 00000000 00:00 0 \n"
    "Rss:                2048 kB\n"
    "AnonHugePages:      2048 kB\n"
    "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\n"
    "Rss:                   0 kB\n"
    "AnonHugePages:         0 kB\n";

TEST(PageUse, IsThatOfTheMappingsThatHoldABuffer) {
  const PageUse first = page_use(smaps, {{0x7f0000000000, 0x7f0000001000}});
  const PageUse both = page_use(smaps, {{0x7f00003ff000, 0x7f0000401000}});

  EXPECT_EQ(first.resident, 4096 * 1024.0);
  EXPECT_EQ(first.huge, 2048 * 1024.0);
  EXPECT_EQ(both.resident, 6144 * 1024.0);
  EXPECT_EQ(both.huge, 4096 * 1024.0);
}

TEST(PageUse, EndsWhereTheNextMappingBegins) {
  EXPECT_EQ(page_use(smaps, {{0x7f0000400000, 0x7f0000600000}}).resident, 2048 * 1024.0);
}

TEST(PageUse, IsNothingOutsideOfAllMappingsAndWithoutAnAnswer) {
  EXPECT_EQ(page_use(smaps, {{0x1000, 0x2000}}).resident, 0);
  EXPECT_EQ(page_use("", {{0x1000, 0x2000}}).resident, 0);
}

TEST(Pages, AreDescribedAsTheyWereGranted) {
  EXPECT_EQ(describe_pages(Pages::huge, {100, 100}), "huge");
  EXPECT_EQ(describe_pages(Pages::huge, {100, 0}), "huge asked, small granted");
  EXPECT_EQ(describe_pages(Pages::huge, {100, 40}), "huge asked, granted for 40 %");
  EXPECT_EQ(describe_pages(Pages::small, {100, 0}), "small");
  EXPECT_EQ(describe_pages(Pages::small, {100, 40}), "small asked, 40 % huge");
  EXPECT_EQ(describe_pages(Pages::huge, {0, 0}), "unknown");
}

Operands with_output(const Placement& placement) {
  return {{}, allocate_on_host(3_MiB, 1, placement)};
}

TEST(Pages, OfABufferInSmallOnesAreSmall) {
  const Details details =
      placement_details({Pages::small, local_node}, with_output({Pages::small, local_node}));

  ASSERT_EQ(details.size(), 1U);
  EXPECT_EQ(details[0], (std::pair<std::string, std::string>{"pages", "small"}));
}

TEST(Pages, OfABufferInHugeOnesAreHugeOrSaidToBeRefused) {
  const Details details =
      placement_details({Pages::huge, local_node}, with_output({Pages::huge, local_node}));

  ASSERT_EQ(details.size(), 1U);
  EXPECT_TRUE(details[0].second.starts_with("huge")) << details[0].second;
}

TEST(Pages, OfASmallBufferAreNotSpokenOf) {
  EXPECT_TRUE(placement_details({}, {{}, allocate_on_host(64_B, 1)}).empty());
}

class NumaNodes : public MadeUpRoot {
 protected:
  std::string why_not(int node, Bytes bytes = 1_MiB) const {
    return why_not_on_node(node, bytes, root.path).value_or("");
  }
};

TEST_F(NumaNodes, AreNotNeededForLocalMemory) { EXPECT_EQ(why_not(local_node), ""); }

TEST_F(NumaNodes, AreNoChoiceWhereThereIsOne) {
  EXPECT_EQ(why_not(0), "this host has 1 NUMA node");
  file("sys/devices/system/node/has_memory", "0\n");
  EXPECT_EQ(why_not(0), "this host has 1 NUMA node");
}

TEST_F(NumaNodes, ThatDoNotExistAreNamed) {
  file("sys/devices/system/node/has_memory", "0-1,4\n");

  EXPECT_EQ(why_not(2), "this host has 3 NUMA nodes, none of them number 2");
}

TEST_F(NumaNodes, AreFoundByTheirOlderName) {
  file("sys/devices/system/node/has_normal_memory", "0,2\n");

  EXPECT_EQ(why_not(1), "this host has 2 NUMA nodes, none of them number 1");
}

TEST_F(NumaNodes, WithoutRoomAreRefused) {
  file("sys/devices/system/node/has_memory", "0-1\n");
  file("sys/devices/system/node/node0/meminfo",
       "Node 0 MemTotal:       65536 kB\nNode 0 MemFree:         1024 kB\n");

  EXPECT_EQ(why_not(0, 2_MiB), "NUMA node 0 has 1.05 MB available, 2.10 MB are needed");
}

TEST_F(NumaNodes, HaveRoomWhereTheKernelKeepsPagesOfFilesThatItNeedNotWrite) {
  file("sys/devices/system/node/has_memory", "0-1\n");
  const auto with_dirty = [](const std::string& kib) {
    return "Node 0 MemFree:         1024 kB\nNode 0 Active(file):    1024 kB\n"
           "Node 0 Inactive(file):  1024 kB\nNode 0 Dirty:            " +
           kib + " kB\nNode 0 Writeback:           0 kB\n";
  };

  file("sys/devices/system/node/node0/meminfo", with_dirty("8"));
  EXPECT_EQ(why_not(0, 2_MiB).find("available"), std::string::npos) << why_not(0, 2_MiB);

  file("sys/devices/system/node/node0/meminfo", with_dirty("1500"));
  EXPECT_EQ(why_not(0, 2_MiB), "NUMA node 0 has 1.61 MB available, 2.10 MB are needed");
}

TEST_F(NumaNodes, WhichTheSystemRefusesAreSkippedWithItsAnswer) {
  file("sys/devices/system/node/has_memory", "0,1000\n");

  EXPECT_TRUE(why_not(1000).starts_with("bind memory to NUMA node 1000: ")) << why_not(1000);
}

TEST(NumaBinding, OfABufferToTheNodeThatThereIsIsDoneOrRefusedWithTheNode) {
  try {
    const auto buffer = allocate_on_host(1_MiB, 1, {Pages::huge, 0});
    EXPECT_NE(buffer->address(), nullptr);
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("bind memory to NUMA node 0"), std::string::npos);
  }
}

}  // namespace
}  // namespace shortfall
