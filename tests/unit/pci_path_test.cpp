// Where devices lie on PCI, and which of them are near one another: of a made-up /sys.
#include "backends/pci_path.hpp"

#include "tests/unit/made_up_root.hpp"

namespace shortfall {
namespace {

using Indexes = std::vector<std::size_t>;

TEST(NearestOnPci, AreThoseThatShareMostBridges) {
  const PciPath gpu{"pci0000:16", "0000:16:01.0", "0000:17:00.0", "0000:18:00.0", "0000:19:00.0"};
  const PciPath below_its_switch{"pci0000:16", "0000:16:01.0", "0000:17:00.0", "0000:18:01.0"};
  const PciPath below_its_root{"pci0000:16", "0000:16:03.0", "0000:20:00.0"};
  const PciPath elsewhere{"pci0000:97", "0000:97:01.0", "0000:98:00.0"};

  EXPECT_EQ(nearest_on_pci(gpu, {elsewhere, below_its_root, below_its_switch}), (Indexes{2}));
  EXPECT_EQ(nearest_on_pci(gpu, {below_its_root, elsewhere}), (Indexes{0}));
  EXPECT_EQ(nearest_on_pci(gpu, {below_its_switch, elsewhere, below_its_switch}), (Indexes{0, 2}));
}

TEST(NearestOnPci, AreNoneWhereNotEvenTheRootIsShared) {
  const PciPath gpu{"pci0000:16", "0000:16:01.0"}, elsewhere{"pci0000:97", "0000:97:01.0"};

  EXPECT_TRUE(nearest_on_pci(gpu, {elsewhere, {}}).empty());
  EXPECT_TRUE(nearest_on_pci({}, {elsewhere, {}}).empty());
}

class PciPaths : public MadeUpRoot {};

TEST_F(PciPaths, AreThoseOfTheFolderThatALinkLeadsTo) {
  file("/sys/devices/pci0000:16/0000:16:01.0/0000:17:00.0/numa_node", "0\n");
  link("/sys/bus/pci/devices/0000:17:00.0", "../../../devices/pci0000:16/0000:16:01.0/0000:17:00.0");

  EXPECT_EQ(pci_path(root.path + "/sys/bus/pci/devices/0000:17:00.0"),
            (PciPath{"pci0000:16", "0000:16:01.0", "0000:17:00.0"}));
}

TEST_F(PciPaths, OfWhatIsNotOnPciAreEmpty) {
  file("/sys/devices/virtual/infiniband/rxe0/node_type", "1: CA\n");

  EXPECT_TRUE(pci_path(root.path + "/sys/devices/virtual/infiniband/rxe0").empty());
  EXPECT_TRUE(pci_path(root.path + "/sys/class/infiniband/mlx5_0/device").empty());
}

}  // namespace
}  // namespace shortfall
