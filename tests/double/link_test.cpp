// Copies between the GPUs of ranks, and what can go wrong with them. Ranks are threads here: CUDA
// itself lends no memory within a process; gpu_links_test.py does the same with processes.
#include <gtest/gtest.h>

#include <array>
#include <atomic>

#include "backends/cuda/device.hpp"
#include "backends/cuda/link.hpp"
#include "backends/stream.hpp"
#include "core/error.hpp"
#include "tests/double/runtime.hpp"
#include "tests/unit/fakes.hpp"

namespace shortfall::cuda {
namespace {

using Shape = PeerCopy::Shape;
using Way = PeerCopy::Way;

constexpr Draw draw{.seed = 9, .batch = 1};

struct Outcome {  // of one rank
  std::string refused, failed;
  std::optional<Mismatch> wrong;
  Details details;
};

class LinkOnDouble : public testing::Test {
 protected:
  void SetUp() override {
    cuda_double::settings().gpus = 3;
    cuda_double::settings().shares = true;
  }
  void TearDown() override {
    cuda_double::settings() = before_;
    cuda_double::repair_device();
  }

  // What each rank is told: of two batches, the second of which a stale result must not pass.
  std::vector<Outcome> outcomes(const Operation& operation, int ranks, const std::string& host) {
    std::vector<Outcome> all(static_cast<std::size_t>(ranks));
    fake::Job job(ranks, host);
    job.run([&](World& world) {
      Outcome& mine = all[static_cast<std::size_t>(world.rank())];
      const auto device = open_card(world.rank());
      const auto link = open_link(world, {});
      try {
        mine = outcome(operation, world, *device, *link);
      } catch (const std::exception& error) {
        mine.failed = error.what();
      }
    });
    return all;
  }

  Outcome outcome(const Operation& operation, World& world, Device& device, Communicator& link) {
    const Group group{world.rank(), world.size()};
    const Layout buffers = layout(operation, group);
    Operands on{{}, device.allocate(buffers.output.bytes())};
    for (const Operand& operand : buffers.inputs)
      on.inputs.push_back(device.allocate(operand.bytes()));
    world.barrier();
    if (world.rank() == 0 && !refused_by_then.empty()) {
      cuda_double::settings().fail[refused_by_then] = "2";
    }
    world.barrier();
    auto answer = link.prepare(operation, on);
    if (const auto* const no = std::get_if<Unsupported>(&answer)) return {.refused = no->reason};
    auto& prepared = *std::get<std::unique_ptr<Prepared>>(answer);
    const auto stream = device.open_stream();
    Outcome told;
    for (int batch = 0; batch < 2; ++batch) {
      if (!on.inputs.empty()) device.fill(*on.inputs[0], input(operation, group, 0, draw));
      prepared.refresh();
      device.fill(*on.output, output_before(operation, group, draw));
      world.barrier();
      if (batch == 0 || !loses_second_batch) prepared.enqueue(*stream);
      wait(*stream, nullptr, {60});
      world.barrier();
      prepared.collect();
      const auto want = expected(operation, group, draw);
      if (want && !told.wrong) told.wrong = device.compare(*on.output, *want);
    }
    told.details = prepared.details();
    return told;
  }

  void expect_right(const Operation& operation, int ranks, const std::string& what) {
    for (const Outcome& told : outcomes(operation, ranks, "node07")) {
      EXPECT_EQ(told.refused + told.failed, "") << what;
      EXPECT_FALSE(told.wrong) << what << ": " << told.wrong->index;
    }
  }

  bool loses_second_batch = false;
  std::string refused_by_then;  // a function that is out of memory once the operands are there
  cuda_double::Settings before_ = cuda_double::settings();
};

TEST_F(LinkOnDouble, CopiesRightInEveryShapeAndWay) {
  for (const Shape shape : {Shape::pair, Shape::both_ways, Shape::all_to_one, Shape::one_to_all}) {
    const int ranks = shape == Shape::pair || shape == Shape::both_ways ? 2 : 3;
    for (const Way way : {Way::write, Way::read}) {
      for (const Mover by : {Mover::copy_engine, Mover::kernel}) {
        for (const double bytes : {4., 999., 65536.}) {
          expect_right(PeerCopy{shape, {bytes}, way, by}, ranks,
                       std::to_string(static_cast<int>(shape)) + " of " + std::to_string(bytes));
        }
      }
    }
  }
}

TEST_F(LinkOnDouble, ChasesThroughThePeersMemory) {
  expect_right(Chase{.bytes = 64_KiB, .lines = Chase::Lines::peer}, 2, "chase");
}

TEST_F(LinkOnDouble, SaysHowRanksReachOneAnother) {
  const auto told = outcomes(PeerCopy{Shape::pair, 4_KiB}, 2, "node07");
  EXPECT_EQ(told[0].details.back(), (Details::value_type{"reached_by", "CUDA IPC"}));
}

TEST_F(LinkOnDouble, FindsWritesThatAreDropped) {
  cuda_double::settings().drops = true;
  for (const Mover by : {Mover::copy_engine, Mover::kernel}) {
    const auto told = outcomes(PeerCopy{Shape::pair, 4_KiB, Way::write, by}, 2, "node07");
    EXPECT_FALSE(told[0].wrong);
    ASSERT_TRUE(told[1].wrong);
    EXPECT_EQ(told[1].wrong->index, 512U);
    EXPECT_EQ(told[1].wrong->got, 0x7f7f7f7f);
  }
}

TEST_F(LinkOnDouble, FindsCopiesThatAreNotMade) {
  loses_second_batch = true;
  for (const Way way : {Way::write, Way::read}) {
    EXPECT_TRUE(outcomes(PeerCopy{Shape::pair, 4_KiB, way}, 2, "node07")[1].wrong);
  }
}

TEST_F(LinkOnDouble, WithoutPeerAccessEveryRankSkipsAndKnowsBothGpus) {
  cuda_double::settings().peers = false;
  for (const Outcome& told : outcomes(PeerCopy{Shape::pair, 4_KiB}, 2, "node07")) {
    EXPECT_NE(told.refused.find("0000:17:00.0 does not reach the memory of the one at 0000:18:00.0 "
                                "of rank 1 on node07"),
              std::string::npos)
        << told.refused;
  }
}

TEST_F(LinkOnDouble, AGpuThatIsHiddenIsSaidToBe) {
  cuda_double::settings().fail["cudaDeviceGetByPCIBusId"] = "101";
  setenv("CUDA_VISIBLE_DEVICES", "0", 1);
  const auto told = outcomes(PeerCopy{Shape::pair, 4_KiB}, 2, "node07");
  unsetenv("CUDA_VISIBLE_DEVICES");

  EXPECT_NE(told[1].refused.find("is not visible to the rank of the one at 0000:17:00.0 "
                                 "(CUDA_VISIBLE_DEVICES is '0')"),
            std::string::npos)
      << told[1].refused;
}

TEST_F(LinkOnDouble, ARefusalToOpenIsAnErrorOfTheRankThatWasRefused) {
  cuda_double::settings().fail["cudaIpcOpenMemHandle"] = "201";
  const auto told = outcomes(PeerCopy{Shape::pair, 4_KiB}, 2, "node07");

  EXPECT_NE(told[0].failed.find("open GPU memory of rank 1 on node07"), std::string::npos)
      << told[0].failed;
  EXPECT_NE(told[1].refused, "");
  EXPECT_EQ(told[1].failed, "") << "it is not to blame";
}

TEST_F(LinkOnDouble, WithoutMemoryNoRankWaitsForAnother) {
  refused_by_then = "cudaMalloc";
  for (const Outcome& told : outcomes(PeerCopy{Shape::one_to_all, 4_KiB}, 2, "node07")) {
    EXPECT_NE(told.refused, "");
  }
}

TEST_F(LinkOnDouble, GivesBackAllMemory) {
  for (int repeat = 0; repeat < 3; ++repeat) {
    expect_right(PeerCopy{Shape::all_to_one, 4_KiB}, 3, "again");
  }
  std::size_t free = 0, all = 0;
  ASSERT_EQ(cudaMemGetInfo(&free, &all), cudaSuccess);
  EXPECT_EQ(free, all);
}

TEST_F(LinkOnDouble, BetweenHostsNeedsFabricHandles) {
  for (const Outcome& told : outcomes(PeerCopy{Shape::pair, 4_KiB}, 2, "")) {
    EXPECT_NE(told.refused.find("this GPU does not lend memory to other hosts"), std::string::npos)
        << told.refused;
  }
}

TEST_F(LinkOnDouble, BetweenHostsCopiesByFabricHandlesWhereTheyAreGranted) {
  cuda_double::settings().fabric = true;
  for (const Way way : {Way::write, Way::read}) {
    for (const Outcome& told : outcomes(PeerCopy{Shape::all_to_one, {999}, way}, 3, "")) {
      EXPECT_EQ(told.refused + told.failed, "");
      EXPECT_FALSE(told.wrong);
      EXPECT_EQ(told.details.back().second, "fabric handles");
    }
  }
}

TEST_F(LinkOnDouble, BetweenHostsWithoutImexSaysWhatIsMissing) {
  cuda_double::settings().fabric = true;
  for (const std::string function :
       {"cuMemCreate", "cuMemExportToShareableHandle", "cuMemImportFromShareableHandle"}) {
    cuda_double::settings().fail = {{function, "800"}};
    for (const Outcome& told : outcomes(PeerCopy{Shape::pair, 4_KiB}, 2, "")) {
      EXPECT_NE(told.refused.find("nvidia-imex must run"), std::string::npos)
          << function << ": " << told.refused << told.failed;
    }
  }
}

TEST_F(LinkOnDouble, BetweenHostsTellsAWrongCallFromWhatIsNotGranted) {
  cuda_double::settings().fabric = true;
  for (const std::string function : {"cuMemCreate", "cuMemExportToShareableHandle"}) {
    cuda_double::settings().fail = {{function, "1"}};
    const auto told = outcomes(PeerCopy{Shape::pair, 4_KiB}, 2, "");
    EXPECT_NE((told[0].failed + told[1].failed).find("the driver answers 1"), std::string::npos)
        << function << ": " << told[0].refused;
  }
  cuda_double::settings().fail = {{"cuMemImportFromShareableHandle", "1"}};
  for (const Outcome& told : outcomes(PeerCopy{Shape::pair, 4_KiB}, 2, "")) {
    EXPECT_NE(told.refused.find("open memory of another host (answer 1)"), std::string::npos)
        << "of another fabric: " << told.failed;
  }
}

TEST_F(LinkOnDouble, OfDriversWithoutFabricHandlesIsSkippedInWords) {
  cuda_double::settings().fail["cudaGetDriverEntryPointByVersion"] = "34";
  const auto told = outcomes(PeerCopy{Shape::pair, 4_KiB}, 2, "");
  EXPECT_NE(told[0].refused.find("this driver cannot lend"), std::string::npos) << told[0].refused;
}

}  // namespace
}  // namespace shortfall::cuda
