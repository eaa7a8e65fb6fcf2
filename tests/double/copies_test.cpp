// Copies within one GPU and to its host, by the copy engine and by the kernel's body.
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "backends/cuda/copies.hpp"
#include "backends/cuda/device.hpp"
#include "core/error.hpp"
#include "tests/double/runtime.hpp"

namespace shortfall::cuda {
namespace {

constexpr std::array movers{Mover::copy_engine, Mover::kernel};
constexpr Draw draw{.seed = 5, .batch = 1};

class CopiesOnDouble : public testing::Test {
 protected:
  void TearDown() override {
    cuda_double::settings() = before_;
    cuda_double::repair_device();
  }

  void run(Prepared& prepared, bool is_held = true) {
    {
      const HeldStart together(*stream_, is_held);
      prepared.enqueue(*stream_);
    }
    wait(*stream_, nullptr, {60});
  }

  Operands filled_for(const Operation& operation) {
    const Layout buffers = layout(operation, {});
    Operands on{{}, device_->allocate(buffers.output.bytes())};
    for (const Operand& operand : buffers.inputs) {
      on.inputs.push_back(device_->allocate(operand.bytes()));
    }
    return on;
  }

  std::string refusal(const Operation& operation) {
    Operands on = filled_for(operation);
    const auto answer = device_->prepare(operation, on);
    const auto* const no = std::get_if<Unsupported>(&answer);
    return no == nullptr ? "" : no->reason;
  }

  // What was wrong after two batches, the second of which a stale result must not pass.
  std::optional<Mismatch> wrong_after(const Operation& operation) {
    Operands on = filled_for(operation);
    auto answer = device_->prepare(operation, on);
    auto& prepared = *std::get<std::unique_ptr<Prepared>>(answer);
    device_->fill(*on.inputs[0], input(operation, {}, 0, draw));
    prepared.refresh();
    for (int batch = 0; batch < 2; ++batch) {
      device_->fill(*on.output, output_before(operation, {}, draw));
      if (batch == 0 || does_second_batch) run(prepared);
      prepared.collect();
      if (auto wrong = device_->compare(*on.output, *expected(operation, {}, draw))) return wrong;
    }
    return std::nullopt;
  }

  bool does_second_batch = true;
  cuda_double::Settings before_ = cuda_double::settings();
  std::unique_ptr<Device> device_ = open_card(0);
  std::unique_ptr<Stream> stream_ = device_->open_stream();
};

std::vector<unsigned char> numbered(std::size_t count) {
  std::vector<unsigned char> all(count);
  for (std::size_t i = 0; i < count; ++i) all[i] = static_cast<unsigned char>(1 + i * 7 + i / 251);
  return all;
}

unsigned char* bytes_at(CudaBuffer& buffer, std::size_t offset) {
  return static_cast<unsigned char*>(buffer.address()) + offset;
}

// Sizes around vectors and tiles, ends that begin within a vector; nothing beside is touched.
TEST_F(CopiesOnDouble, MoveEveryByteAndNoOther) {
  constexpr std::size_t apart = 64;
  const Card card = card_at(0);
  for (const Mover by : movers) {
    for (const std::size_t bytes : {1U, 15U, 16U, 17U, 4096U, 65535U, 65536U, 3000001U}) {
      for (const auto& [from_offset, to_offset] : {std::pair(0, 0), {16, 32}, {1, 1}, {0, 4}}) {
        CudaBuffer from(Bytes{static_cast<double>(bytes + 2 * apart)}),
            to(Bytes{static_cast<double>(bytes + 2 * apart)});
        const auto all = numbered(bytes + 2 * apart);
        std::copy(all.begin(), all.end(), bytes_at(from, 0));
        std::fill_n(bytes_at(to, 0), all.size(), 0);
        const auto source = static_cast<std::size_t>(from_offset),
                   goal = static_cast<std::size_t>(to_offset);

        Copies copies({{bytes_at(from, source), bytes_at(to, goal), bytes}}, by, card);
        copies.enqueue(own(*stream_));
        wait(*stream_, nullptr, {60});

        EXPECT_TRUE(
            std::equal(bytes_at(to, goal), bytes_at(to, goal + bytes), all.begin() + from_offset))
            << bytes << " from " << source << " to " << goal;
        EXPECT_EQ(std::count(bytes_at(to, 0), bytes_at(to, goal), 0), to_offset);
        EXPECT_EQ(std::count(bytes_at(to, goal + bytes), bytes_at(to, all.size()), 0),
                  static_cast<std::ptrdiff_t>(all.size() - goal - bytes));
      }
    }
  }
}

TEST_F(CopiesOnDouble, OfManyGoOnTogetherAndEndBeforeWhatComesNext) {
  constexpr std::size_t bytes = 10000, count = 200;  // more than one kernel takes
  const Card card = card_at(0);
  for (const Mover by : movers) {
    CudaBuffer from(Bytes{bytes}), to(Bytes{bytes * count}), last(Bytes{bytes * count});
    const auto all = numbered(bytes);
    std::copy(all.begin(), all.end(), bytes_at(from, 0));
    std::vector<CopyTask> tasks;
    for (std::size_t i = 0; i < count; ++i) {
      tasks.push_back({from.address(), bytes_at(to, i * bytes), bytes});
    }
    Copies copies(tasks, by, card);
    Copies after({{to.address(), last.address(), bytes * count}}, Mover::copy_engine, card);
    for (int call = 0; call < 3; ++call) copies.enqueue(own(*stream_));
    after.enqueue(own(*stream_));
    wait(*stream_, nullptr, {60});

    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_TRUE(std::equal(all.begin(), all.end(), bytes_at(last, i * bytes))) << i;
    }
  }
}

TEST_F(CopiesOnDouble, BehindAGateBeginWithIt) {
  const Card card = card_at(0);
  CudaBuffer from(64_KiB), to(128_KiB);
  std::fill_n(bytes_at(from, 0), 65536, 3);
  std::fill_n(bytes_at(to, 0), 131072, 0);
  Copies copies(
      {{from.address(), to.address(), 65536}, {from.address(), bytes_at(to, 65536), 65536}},
      Mover::copy_engine, card);

  stream_->hold();
  copies.enqueue(own(*stream_));
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const auto before = std::count(bytes_at(to, 0), bytes_at(to, 131072), 3);
  stream_->release();
  wait(*stream_, nullptr, {60});

  EXPECT_EQ(before, 0);
  EXPECT_EQ(std::count(bytes_at(to, 0), bytes_at(to, 131072), 3), 131072);
}

TEST_F(CopiesOnDouble, ToAndFromTheHostAreRight) {
  using Direction = HostCopy::Direction;
  for (const auto direction : {Direction::to_device, Direction::to_host, Direction::both}) {
    for (const Mover by : movers) {
      for (const double bytes : {4., 1001., 65536., 1048576.}) {
        const HostCopy copy{direction, {bytes}, HostCopy::Memory::pinned, by};
        EXPECT_FALSE(wrong_after(copy)) << static_cast<int>(direction) << ' ' << bytes;
      }
    }
  }
}

// The driver would wait for the gate, and the gate for the calling thread.
TEST_F(CopiesOnDouble, OfPageableMemoryLeaveTheGateOpen) {
  for (const auto direction : {HostCopy::Direction::to_device, HostCopy::Direction::to_host}) {
    const HostCopy copy{direction, 64_KiB, HostCopy::Memory::pageable};
    EXPECT_FALSE(wrong_after(copy));
  }
}

TEST_F(CopiesOnDouble, ToTheHostThatWereNotMadeAreFoundOut) {
  does_second_batch = false;
  for (const auto direction : {HostCopy::Direction::to_device, HostCopy::Direction::to_host}) {
    EXPECT_TRUE(wrong_after(HostCopy{direction, 64_KiB})) << "what the first batch left passed";
  }
}

TEST_F(CopiesOnDouble, ThatCannotBeAreRefusedInWords) {
  const auto both = HostCopy::Direction::both, in = HostCopy::Direction::to_device;
  const auto pageable = HostCopy::Memory::pageable;
  EXPECT_NE(refusal(HostCopy{both, 1_MiB, pageable}).find("one way after the other"),
            std::string::npos);
  EXPECT_NE(refusal(HostCopy{in, 1_MiB, pageable, Mover::kernel}).find("do not see pageable"),
            std::string::npos);
  EXPECT_NE(refusal(HostCopy{in, 1_MiB, HostCopy::Memory::pinned, Mover::kernel, 900}).find("NUMA"),
            std::string::npos);
  const MemoryPass triad{.kind = MemoryPass::Kind::triad, .bytes = 1_MiB, .by = Mover::copy_engine};
  EXPECT_EQ(refusal(triad), "a copy engine only copies");
}

TEST_F(CopiesOnDouble, OfMemoryThatCannotBePinnedAreErrorsWithTheSize) {
  cuda_double::settings().fail["cudaHostRegister"] = "1";
  Operands on = filled_for(HostCopy{HostCopy::Direction::to_host, 64_KiB});
  try {
    device_->prepare(HostCopy{HostCopy::Direction::to_host, 64_KiB}, on);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("pin 65536 bytes"), std::string::npos) << error.what();
  }
}

TEST_F(CopiesOnDouble, WithinTheGpuAreOfTheCopyEngine) {
  const MemoryPass copy{.kind = MemoryPass::Kind::copy, .bytes = 1_MiB, .by = Mover::copy_engine};
  EXPECT_FALSE(wrong_after(copy));
}

TEST_F(CopiesOnDouble, OfAChaseThroughTheHostItsLinesLieThere) {
  const Chase chase{.bytes = 64_KiB, .lines = Chase::Lines::host};
  Operands on = filled_for(chase);
  auto answer = device_->prepare(chase, on);
  auto& prepared = *std::get<std::unique_ptr<Prepared>>(answer);
  prepared.refresh();
  for (int call = 0; call < 3; ++call) run(prepared);

  EXPECT_FALSE(device_->compare(*on.output, *expected(chase, {}, draw)));
  EXPECT_EQ(prepared.details().back().first, "host_node");
}

}  // namespace
}  // namespace shortfall::cuda
