// The GPU as a device, on the double of its runtime.
#include <gtest/gtest.h>

#include <thread>

#include "backends/cuda/card.hpp"
#include "backends/cuda/device.hpp"
#include "backends/cuda/stream.hpp"
#include "core/error.hpp"
#include "tests/double/runtime.hpp"

namespace shortfall::cuda {
namespace {

std::string error_of(const auto& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

// What tests change is as before afterwards.
class OnDouble : public testing::Test {
 protected:
  void TearDown() override {
    cuda_double::settings() = before_;
    cuda_double::repair_device();
  }
  cuda_double::Settings& double_of_gpu() { return cuda_double::settings(); }

 private:
  cuda_double::Settings before_ = cuda_double::settings();
};

using Cards = OnDouble;
using Streams = OnDouble;
using Memory = OnDouble;

void finish(Stream& stream) {
  while (!stream.done()) std::this_thread::yield();
}

TEST_F(Cards, AreUsableWhereThereIsOne) { EXPECT_EQ(why_no_card(), ""); }

TEST_F(Cards, WithoutADriverTheAnswerSaysSo) {
  double_of_gpu().driver = 0;

  EXPECT_EQ(
      why_no_card(),
      "no NVIDIA driver is installed (libcuda.so.1 was not found); this build is for CUDA 13.0");
}

TEST_F(Cards, OfADriverThatIsTooOldBothVersionsAreNamed) {
  double_of_gpu().driver = 12040;

  EXPECT_NE(why_no_card().find("it can do CUDA 12.4, this build needs 13.0"), std::string::npos)
      << why_no_card();
}

TEST_F(Cards, ThatTheEnvironmentHidesAreSaidToBe) {
  double_of_gpu().gpus = 0;
  setenv("CUDA_VISIBLE_DEVICES", "7", 1);
  const std::string why = why_no_card();
  unsetenv("CUDA_VISIBLE_DEVICES");

  EXPECT_EQ(why, "the driver sees no GPU; CUDA_VISIBLE_DEVICES is '7'");
}

TEST_F(Cards, TellWhatTheyAre) {
  double_of_gpu().gpus = 2;

  const auto facts = facts_of_cards();

  ASSERT_EQ(facts.size(), 2U);
  EXPECT_EQ(facts[1].address, "0000:18:00.0");
  EXPECT_EQ(facts[1].architecture, "sm_90");
  EXPECT_EQ(facts[1].serial, "GPU-10111213-1415-1617-1819-1a1b1c1d1e1f");
  EXPECT_EQ(facts[0].runtime_version, "CUDA 13.0");
  EXPECT_EQ(facts[0].clock, Frequency{1.98e9});
}

TEST_F(Cards, AreDealtOutInTurn) {
  double_of_gpu().gpus = 2;

  EXPECT_EQ(open_card(1)->facts().address, "0000:18:00.0");
  EXPECT_EQ(open_card(2)->facts().address, "0000:17:00.0");
}

TEST_F(Cards, HeldBySomebodyElseAreRefusedInWords) {
  double_of_gpu().fail["cudaFree"] = "46";

  const std::string said = error_of([] { open_card(0); });

  EXPECT_NE(said.find("another process may hold it"), std::string::npos) << said;
  EXPECT_NE(said.find("busy or unavailable"), std::string::npos) << said;
}

TEST_F(Memory, ThatIsNotThereIsRefusedWithBothSizes) {
  double_of_gpu().memory = std::size_t{1} << 30;
  const auto device = open_card(0);

  const auto no = device->refuses({}, {2e9});

  ASSERT_TRUE(no);
  EXPECT_EQ(no->reason.find("needs 2.00 GB of GPU memory, of which 1.0"), 0U) << no->reason;
}

TEST_F(Memory, ThatRunsOutAllTheSameIsSaidToBeOutOfMemory) {
  double_of_gpu().memory = std::size_t{1} << 30;
  const auto device = open_card(0);

  EXPECT_THROW(device->allocate({2e9}), OutOfMemory);
}

TEST_F(Streams, HoldWhatIsEnqueuedUntilTheyAreReleased) {
  const auto device = open_card(0);
  const auto stream = device->open_stream();
  stream->reserve_stamps(2);

  stream->hold();
  stream->stamp();
  stream->stamp();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const bool was_done_before = stream->done();
  stream->release();
  finish(*stream);

  EXPECT_FALSE(was_done_before);
}

TEST_F(Streams, OpenByThemselvesBeforeTheQueueOfTheDriverIsFull) {
  const auto device = open_card(0);
  const auto stream = device->open_stream();
  stream->reserve_stamps(2000);

  stream->hold();
  for (int i = 0; i < 2000; ++i) stream->stamp();
  finish(*stream);  // though nobody has released it

  stream->release();
  finish(*stream);
}

TEST_F(Streams, TellTheClockOfABatch) {
  double_of_gpu().clock_hz = 1.5e9;
  const auto device = open_card(0);
  const auto stream = device->open_stream();

  stream->hold();
  std::this_thread::sleep_for(std::chrono::milliseconds(1));
  own(*stream).handle();
  cuda_double::enqueue(own(*stream).handle(),
                       [] { std::this_thread::sleep_for(std::chrono::milliseconds(5)); });
  stream->release();
  finish(*stream);

  const auto clock = stream->clock();
  ASSERT_TRUE(clock);
  EXPECT_NEAR(clock->value, 1.5e9, 1.5e7);
}

TEST(Clocks, AreTheMedianOfMultiprocessorsThatWereSeenTwice) {
  const std::vector<ClockReading> before{{1000, 10}, {0, 0}, {1000, 500}, {1000, 7}, {1000, 7}};
  const std::vector<ClockReading> after{
      {2001000, 3000010}, {2001000, 9}, {2001000, 3200500}, {0, 0}, {2001000, 3400007}};

  EXPECT_EQ(clock_between(before, after), Frequency{1.6e9});
}

TEST(Clocks, OfLessThanAMillisecondAreNotTold) {
  const std::vector<ClockReading> before{{1000, 10}}, after{{1000900, 2000000}};

  EXPECT_EQ(clock_between(before, after), std::nullopt);
}

TEST_F(Streams, AnswerWithTheErrorOfWorkThatFailed) {
  const auto device = open_card(0);
  const auto stream = device->open_stream();
  stream->stamp();

  cuda_double::break_device(cudaErrorECCUncorrectable);

  const std::string said = error_of([&] { finish(*stream); });
  EXPECT_NE(said.find("wait for the GPU: uncorrectable ECC error"), std::string::npos) << said;
}

TEST_F(Streams, AreNotAskedAgainWhereNothingWasEnqueued) {
  const auto device = open_card(0);
  const auto stream = device->open_stream();
  finish(*stream);

  double_of_gpu().fail["cudaStreamQuery"] = "999";

  EXPECT_TRUE(stream->done());
  stream->stamp();
  EXPECT_THROW(finish(*stream), Error);
}

}  // namespace
}  // namespace shortfall::cuda
