// GPU memory that is lent to other devices, and memory of the host beside it, on the double.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>

#include "backends/cuda/buffer.hpp"
#include "backends/cuda/device.hpp"
#include "harness/operation_trial.hpp"
#include "tests/double/runtime.hpp"
#include "tests/unit/fakes.hpp"

namespace shortfall::cuda {
namespace {

class Lending : public testing::Test {
 protected:
  void SetUp() override {
    cuda_double::settings().shares = true;
    cuda_double::settings().dmabuf = true;
  }
  void TearDown() override {
    cuda_double::settings() = before_;
    cuda_double::repair_device();
  }

  static std::string refusal(Buffer& buffer) {
    const auto lent = buffer.lend();
    const auto* const no = std::get_if<Unsupported>(&lent);
    return no != nullptr ? no->reason : "";
  }

  std::unique_ptr<Device> device_ = open_card(0);

 private:
  cuda_double::Settings before_ = cuda_double::settings();
};

// What lies in the file is what lies in the memory.
bool is_in(const DmaBuf& lent, char what) {
  char found = 0;
  const auto offset = static_cast<off_t>(lent.offset());
  return pread(lent.file(), &found, 1, offset) == 1 && found == what;
}

TEST_F(Lending, GivesAFileThatHoldsTheMemory) {
  const auto buffer = device_->allocate(13_B, {.is_lent = true});
  std::memset(buffer->address(), 'x', 13);

  auto lent = buffer->lend();

  ASSERT_TRUE(std::holds_alternative<DmaBuf>(lent));
  EXPECT_TRUE(is_in(std::get<DmaBuf>(lent), 'x'));
  EXPECT_EQ(buffer->size(), 13_B);
  EXPECT_EQ(buffer->device_address(), "0000:17:00.0");
}

TEST_F(Lending, ClosesTheFileWithItsOwner) {
  const auto buffer = device_->allocate(13_B, {.is_lent = true});
  int file = -1;
  {
    auto lent = std::get<DmaBuf>(buffer->lend());
    const DmaBuf moved(std::move(lent));
    file = moved.file();
    EXPECT_NE(lseek(file, 0, SEEK_CUR), -1);
  }
  EXPECT_EQ(lseek(file, 0, SEEK_CUR), -1);
}

TEST_F(Lending, IsRefusedInWordsByAPlatformThatDoesNot) {
  cuda_double::settings().dmabuf = false;
  const auto buffer = device_->allocate(13_B, {.is_lent = true});

  EXPECT_EQ(refusal(*buffer), "the GPU's driver does not lend its memory on this host");
}

TEST_F(Lending, IsRefusedWithTheAnswerOfTheDriver) {
  cuda_double::settings().fail["cuMemGetHandleForAddressRange"] = "801";
  const auto buffer = device_->allocate(13_B, {.is_lent = true});

  EXPECT_EQ(refusal(*buffer), "the GPU's driver answers 801 when it is asked to lend memory");
}

TEST_F(Lending, IsNotOfMemoryOfTheHost) {
  const auto beside = device_->allocate(13_B, {.is_on_host = true, .is_lent = true});

  EXPECT_NE(refusal(*beside), "");
  EXPECT_EQ(beside->device_address(), "");
}

TEST_F(Lending, WaitsForWhatAdaptersHaveWritten) {
  const auto buffer = device_->allocate(13_B, {.is_lent = true});
  buffer->take_in_arrivals();

  cuda_double::settings().fail["cudaDeviceFlushGPUDirectRDMAWrites"] = "999";

  EXPECT_THROW(buffer->take_in_arrivals(), Error);
}

TEST_F(Lending, MemoryBesideTheGpuIsFilledAndComparedByTheHost) {
  const auto beside = device_->allocate(40_B, {.is_on_host = true});
  const Pattern own{DType::i32, 10, {.bits = 8}, {.seed = 3}, Own{0, 0, 10}};

  device_->fill(*beside, own);

  EXPECT_EQ(beside->kind(), MemoryKind::host);
  EXPECT_FALSE(device_->compare(*beside, own));
  static_cast<std::int32_t*>(beside->address())[7] ^= 1;
  ASSERT_TRUE(device_->compare(*beside, own));
  EXPECT_EQ(device_->compare(*beside, own)->index, 7U);
}

// Keeps what it is asked to move.
struct Mover final : Communicator {
  std::string name() const override { return "mover"; }
  bool accepts(MemoryKind kind) const override {
    asked = kind;
    return true;
  }
  Preparation prepare(const Operation&, Operands& on) override {
    auto lent = on.output->lend();
    if (auto* const file = std::get_if<DmaBuf>(&lent)) offsets.push_back(file->offset());
    return prepared_call([](Stream&) {});
  }
  void synchronize() override {}
  std::string abort() noexcept override { return {}; }
  mutable MemoryKind asked{};
  std::vector<std::uint64_t> offsets;
};

class LendingToTrials : public Lending {
 protected:
  Details details_of(const FabricTransfer& transfer) {
    fake::Job job(1);
    Details told;
    job.run([&](World& world) {
      const auto stream = device_->open_stream();
      const auto made = OperationTrial::make(transfer, {*device_, *stream, &world, &mover_}, 1, 3);
      told = std::get<std::unique_ptr<OperationTrial>>(made)->details();
    });
    return told;
  }

  static FabricTransfer transfer(bool is_on_host) {
    return {.verb = FabricTransfer::Verb::write,
            .shape = FabricTransfer::Shape::one_way,
            .bytes = 8_B,
            .window = 1,
            .placement = {.is_on_host = is_on_host, .is_lent = true}};
  }

  Mover mover_;
};

TEST_F(LendingToTrials, PartsOfABufferLieBehindOneAnotherInItsFile) {
  details_of(transfer(false));

  EXPECT_EQ(mover_.asked, MemoryKind::cuda);
  EXPECT_EQ(mover_.offsets, (std::vector<std::uint64_t>{0, 256, 512}));
}

TEST_F(LendingToTrials, MemoryOfTheHostIsMovedWhenTheStreamIsEmpty) {
  const Details told = details_of(transfer(true));

  EXPECT_EQ(mover_.asked, MemoryKind::host);
  EXPECT_TRUE(mover_.offsets.empty());
  EXPECT_EQ(
      std::ranges::count(told, Details::value_type{"timed_by", "cuda, when its stream is empty"}),
      1);
}

}  // namespace
}  // namespace shortfall::cuda
