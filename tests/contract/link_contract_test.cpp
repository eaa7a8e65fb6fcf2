// What every link between devices must do. Run once per backend of this build that opens one.
#include <gtest/gtest.h>

#include <algorithm>

#include "backends/backend.hpp"
#include "core/overloaded.hpp"

namespace shortfall {
namespace {

struct Named {  // printed by name
  Backend backend;
};
void PrintTo(const Named& named, std::ostream* out) { *out << named.backend.name; }

class LinkContract : public testing::TestWithParam<Named> {
 protected:
  void SetUp() override {
    const Backend& backend = GetParam().backend;
    const auto reason = std::visit(
        Overloaded{[](Usable) { return std::string(); }, [](const auto& no) { return no.reason; }},
        backend.probe());
    if (!reason.empty()) GTEST_SKIP() << reason;
    device = backend.open_device ? backend.open_device(0) : device_of_host();
    link = backend.open_link(*world, {});
  }

  // For links that are no device's.
  static std::unique_ptr<Device> device_of_host() {
    const auto all = backends();
    return std::ranges::find(all, "host", &Backend::name)->open_device(0);
  }

  std::string refusal(const Operation& operation) {
    const Layout buffers = layout(operation, {});
    Operands on{{}, device->allocate(buffers.output.bytes())};
    for (const Operand& operand : buffers.inputs) {
      on.inputs.push_back(device->allocate(operand.bytes()));
    }
    const auto answer = link->prepare(operation, on);
    const auto* const no = std::get_if<Unsupported>(&answer);
    return no == nullptr ? "" : no->reason;
  }

  std::unique_ptr<World> world = stay_alone();
  std::unique_ptr<Device> device;
  std::unique_ptr<Communicator> link;
};

TEST_P(LinkContract, TakesTheMemoryOfItsDevice) { EXPECT_TRUE(link->accepts(device->kind())); }

TEST_P(LinkContract, LeavesCollectivesAndMessagesToOthers) {
  EXPECT_NE(refusal(Collective{Collective::Kind::all_reduce, 1_KiB}), "");
  EXPECT_NE(refusal(Transfer{Transfer::Kind::one_way, 1_KiB}), "");
  EXPECT_NE(refusal(MemoryPass{MemoryPass::Kind::copy, 1_KiB}), "");
}

TEST_P(LinkContract, OfOneRankHasNothingToDo) {
  const auto& carried = GetParam().backend.links;
  if (std::ranges::count(carried, Carrier::peer_memory) == 0) GTEST_SKIP() << "copies nothing";
  EXPECT_EQ(refusal(PeerCopy{PeerCopy::Shape::all_to_one, 1_KiB}), "");
  link->synchronize();
}

std::vector<Named> with_links() {
  std::vector<Named> all;
  for (const Backend& backend : backends()) {
    if (backend.open_link) all.push_back({backend});
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Backends, LinkContract, testing::ValuesIn(with_links()),
                         [](const auto& named) { return named.param.backend.name; });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(LinkContract);  // in a build without any

}  // namespace
}  // namespace shortfall
