// What a GPU is asked for when only asking takes time, on the double: every way counts 64.
#include <gtest/gtest.h>

#include "backends/cuda/device.hpp"
#include "core/error.hpp"
#include "tests/double/runtime.hpp"

namespace shortfall::cuda {
namespace {

constexpr Draw draw{.seed = 3, .batch = 1};
constexpr std::array kinds{Launch::Kind::stream, Launch::Kind::graph, Launch::Kind::round_trip,
                           Launch::Kind::synchronize};

class Launches : public testing::Test {
 protected:
  void TearDown() override {
    cuda_double::settings().fail.clear();
    cuda_double::repair_device();
  }

  std::unique_ptr<Prepared> prepared(const Launch& launch) {
    on_.output = device_->allocate(8_B);
    auto answer = device_->prepare(launch, on_);
    return std::get<std::unique_ptr<Prepared>>(std::move(answer));
  }

  // Of `calls` calls that nobody waited for.
  double count_after(Prepared& prepared, int calls) {
    for (int call = 0; call < calls; ++call) prepared.enqueue(*stream_);
    wait(*stream_, nullptr, {60});
    return *static_cast<double*>(on_.output->address());
  }

  std::unique_ptr<Device> device_ = open_card(0);
  std::unique_ptr<Stream> stream_ = device_->open_stream();
  Operands on_;
};

TEST_F(Launches, CountWhatOneCallHasStarted) {
  for (const auto kind : kinds) {
    const auto ready = prepared({kind});
    device_->fill(*on_.output, output_before(Launch{kind}, {}, draw));

    EXPECT_EQ(count_after(*ready, 1), launches_of_call) << static_cast<int>(kind);
    EXPECT_EQ(count_after(*ready, 3), launches_of_call) << static_cast<int>(kind);
  }
}

// A call that waits would otherwise wait for a gate that opens after it.
TEST_F(Launches, DoNotWaitBehindAGate) {
  for (const auto kind : kinds) {
    const auto ready = prepared({kind});
    const HeldStart held(*stream_, true);

    EXPECT_EQ(count_after(*ready, 1), launches_of_call) << static_cast<int>(kind);
  }
}

TEST_F(Launches, OfABrokenDeviceFailInsteadOfWaiting) {
  const auto ready = prepared({Launch::Kind::round_trip});
  cuda_double::break_device(cudaErrorECCUncorrectable);

  EXPECT_THROW(ready->enqueue(*stream_), Error);
}

TEST_F(Launches, SayWhatCouldNotBePrepared) {
  cuda_double::settings().fail["cudaGraphInstantiate"] = "2";

  EXPECT_THROW(prepared({Launch::Kind::graph}), Error);
}

}  // namespace
}  // namespace shortfall::cuda
