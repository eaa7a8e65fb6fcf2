// What every device must do, whichever library is behind it. Run once per backend of this build.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "backends/backend.hpp"
#include "core/overloaded.hpp"

namespace shortfall {

void PrintTo(const Backend& backend, std::ostream* out) { *out << backend.name; }

namespace {

constexpr Draw draw{.seed = 3, .batch = 1};
constexpr Group alone{};

std::string why_not(const Backend& backend) {
  const auto reason = std::visit(
      Overloaded{[](Usable) { return std::string(); }, [](const auto& no) { return no.reason; }},
      backend.probe());
  return reason.empty() && !backend.open_device ? "it opens no device" : reason;
}

class DeviceContract : public testing::TestWithParam<Backend> {
 protected:
  void SetUp() override {
    if (const auto reason = why_not(GetParam()); !reason.empty()) GTEST_SKIP() << reason;
    device = GetParam().open_device(0);
    stream = device->open_stream();
  }

  Operands filled_for(const Operation& operation) {
    const Layout buffers = layout(operation, alone);
    Operands on{{}, device->allocate(buffers.output.bytes())};
    for (std::size_t i = 0; i < buffers.inputs.size(); ++i) {
      on.inputs.push_back(device->allocate(buffers.inputs[i].bytes()));
      device->fill(*on.inputs[i], input(operation, alone, i, draw));
    }
    device->fill(*on.output, output_before(operation, alone, draw));
    return on;
  }

  // As the harness does it: inputs are filled after they were handed over, then refreshed. Nothing
  // if the device does not do it.
  std::unique_ptr<Prepared> ready(const Operation& operation, Operands& on) {
    auto answer = device->prepare(operation, on);
    if (std::holds_alternative<Unsupported>(answer)) {
      EXPECT_NE(std::get<Unsupported>(answer).reason, "");
      return nullptr;
    }
    for (std::size_t i = 0; i < on.inputs.size(); ++i) {
      device->fill(*on.inputs[i], input(operation, alone, i, draw));
    }
    device->fill(*on.output, output_before(operation, alone, draw));
    auto prepared = std::move(std::get<std::unique_ptr<Prepared>>(answer));
    prepared->refresh();
    return prepared;
  }

  void run(Prepared& prepared) {
    prepared.enqueue(*stream);
    while (!stream->done()) continue;
  }

  void expect_right(const Operation& operation, const std::string& what) {
    Operands on = filled_for(operation);
    const auto prepared = ready(operation, on);
    if (!prepared) return;
    for (int repeat = 0; repeat < 2; ++repeat) {
      device->fill(*on.output, output_before(operation, alone, draw));
      run(*prepared);
      const auto wrong = device->compare(*on.output, *expected(operation, alone, draw));
      EXPECT_FALSE(wrong) << what << ": element " << wrong->index << " is " << wrong->got
                          << ", not " << wrong->want;
    }
  }

  std::unique_ptr<Device> device;
  std::unique_ptr<Stream> stream;
};

TEST_P(DeviceContract, ComparesEqualToWhatItWasFilledWith) {
  const Pattern own{DType::f32, 1000, {10, 1}, draw, Own{1, 0, 1000, 0}};
  const auto buffer = device->allocate(4_KiB);

  device->fill(*buffer, own);

  EXPECT_FALSE(device->compare(*buffer, own));
}

TEST_P(DeviceContract, ComparesUnequalToWhatAnotherRankWouldHold) {
  const auto buffer = device->allocate(4_KiB);

  device->fill(*buffer, {DType::f32, 1000, {10, 1}, draw, Own{1, 0, 1000, 0}});

  EXPECT_TRUE(device->compare(*buffer, {DType::f32, 1000, {10, 1}, draw, Own{2, 0, 1000, 0}}));
}

TEST_P(DeviceContract, PoisonEqualsNothingNotEvenItself) {
  const Pattern nothing{DType::f64, 8, {}, {}, Poison{}};
  const auto buffer = device->allocate(64_B);

  device->fill(*buffer, nothing);

  EXPECT_TRUE(device->compare(*buffer, nothing));
}

TEST_P(DeviceContract, FindsTheFirstElementThatWasCorrupted) {
  const Pattern right{DType::u8, 5000, {8, 1}, draw, Own{0, 0, 5000, 0}};
  const auto buffer = device->allocate({5000});
  device->fill(*buffer, right);
  if (buffer->kind() != MemoryKind::host) GTEST_SKIP() << "only host memory is corrupted by hand";

  for (const std::size_t index : {4321U, 4999U}) {
    static_cast<unsigned char*>(buffer->address())[index] ^= 1U;
  }

  const auto wrong = device->compare(*buffer, right);
  ASSERT_TRUE(wrong);
  EXPECT_EQ(wrong->index, 4321U);
}

TEST_P(DeviceContract, EqualDataHaveEqualFingerprints) {
  const Pattern own{DType::f64, 512, {10, 1}, draw, Own{1, 0, 512, 0}};
  const auto one = device->allocate(4_KiB), other = device->allocate(8_KiB);

  device->fill(*one, own);
  device->fill(*other, own);

  EXPECT_EQ(device->fingerprint(*one, 4_KiB), device->fingerprint(*other, 4_KiB));
}

TEST_P(DeviceContract, DifferentDataHaveDifferentFingerprints) {
  const auto one = device->allocate(4_KiB), other = device->allocate(4_KiB);

  device->fill(*one, {DType::f64, 512, {10, 1}, draw, Own{1, 0, 512, 0}});
  device->fill(*other, {DType::f64, 512, {10, 1}, draw, Own{2, 0, 512, 0}});

  EXPECT_NE(device->fingerprint(*one, 4_KiB), device->fingerprint(*other, 4_KiB));
}

TEST_P(DeviceContract, StampsDoNotRunBackwards) {
  stream->reserve_stamps(100);
  std::vector<Stamp> stamps;
  for (int i = 0; i < 100; ++i) stamps.push_back(stream->stamp());
  while (!stream->done()) continue;

  for (std::size_t i = 1; i < stamps.size(); ++i) {
    EXPECT_GE(stream->elapsed(stamps[i - 1], stamps[i]), Seconds{0});
  }
}

TEST_P(DeviceContract, StampsOfAHostClockAgreeWithTheTimeBetweenThem) {
  stream->reserve_stamps(2);
  const Stamp from = stream->stamp(), to = stream->stamp();
  while (!stream->done()) continue;
  if (!stream->has_host_clock()) GTEST_SKIP() << "the device has a clock of its own";

  EXPECT_NEAR((stream->at(to) - stream->at(from)).value, stream->elapsed(from, to).value, 1e-6);
}

constexpr std::array product_types{DType::f64,   DType::f32,     DType::tf32,    DType::bf16,
                                   DType::f16,   DType::f8_e4m3, DType::f8_e5m2, DType::int8,
                                   DType::mxfp8, DType::nvfp4};

TEST_P(DeviceContract, ProductsAreRight) {
  const std::vector<std::array<std::int64_t, 3>> shapes{
      {1, 1, 1}, {5, 7, 9}, {64, 64, 64}, {129, 129, 129}, {1, 300, 20}, {300, 1, 33}, {7, 40, 96}};
  for (const DType type : product_types) {
    for (const auto& [m, n, k] : shapes) {
      const std::string shape =
          std::to_string(m) + " x " + std::to_string(n) + " x " + std::to_string(k);
      expect_right(Gemm{m, n, k, type}, std::string(name_of(type)) + " " + shape);
    }
  }
}

TEST_P(DeviceContract, ProductsOfAnyDataAreRight) {
  for (const char* const data :
       {"normal", "uniform", "integers", "zeros", "sparse:0.99", "sparse:0.5", "sorted"}) {
    for (const DType type : product_types) {
      for (const auto& [m, n, k] : {std::array{33, 65, 257}, std::array{3, 70, 2000}}) {
        expect_right(Gemm{.m = m, .n = n, .k = k, .type = type, .data = data_from(data)},
                     std::string(name_of(type)) + " of " + data);
      }
    }
  }
}

TEST_P(DeviceContract, BatchesAndGroupsOfProductsAreRight) {
  for (const DType type : product_types) {
    const std::string of_type = " of " + std::string(name_of(type));
    for (const auto& [m, n, k] : {std::array{16, 16, 32}, std::array{5, 33, 70}}) {
      expect_right(Gemm{.m = m, .n = n, .k = k, .type = type, .batch = 7}, "a batch" + of_type);
    }
    expect_right(Gemm{.m = 37, .n = 48, .k = 64, .type = type, .batch = 5, .skew = 2}, of_type);
  }
}

TEST_P(DeviceContract, PassesOverMemoryAreRight) {
  using Kind = MemoryPass::Kind;
  for (const Kind kind : {Kind::read, Kind::write, Kind::copy, Kind::scale, Kind::add, Kind::triad,
                          Kind::dot, Kind::gather}) {
    for (const double bytes : {64.0, 192.0, 4096.0 + 8, 100000.0, 4.0 * (1 << 20)}) {
      expect_right(MemoryPass{kind, {bytes}}, "kind " + std::to_string(static_cast<int>(kind)) +
                                                  " of " + std::to_string(bytes) + " bytes");
    }
  }
}

TEST_P(DeviceContract, MixesOfStreamsAreRight) {
  for (int reads = 1; reads <= MemoryPass::most_reads; ++reads) {
    for (const double bytes : {64.0, 100000.0, 4.0 * (1 << 20)}) {
      expect_right(MemoryPass{MemoryPass::Kind::mix, {bytes}, reads},
                   std::to_string(reads) + " read, " + std::to_string(bytes) + " bytes");
    }
  }
}

TEST_P(DeviceContract, ChasesComeAsFarAsTheyShould) {
  for (const double bytes : {64.0, 640.0, 16384.0, 100000.0, 4.0 * (1 << 20)}) {
    expect_right(Chase{{bytes}}, "chase through " + std::to_string(bytes) + " bytes");
  }
}

TEST_P(DeviceContract, MemoryCanLieInPagesOfEitherSizeOrIsRefusedWithAReason) {
  for (const Pages pages : {Pages::huge, Pages::small}) {
    const Placement where{pages, local_node};
    if (const auto no = device->refuses(where, 4_MiB)) {
      EXPECT_NE(no->reason, "");
      continue;
    }
    const Pattern own{DType::f64, 1 << 19, {10, 1}, draw, Own{1, 0, 1 << 19, 0}};
    const auto buffer = device->allocate(4_MiB, where);

    device->fill(*buffer, own);

    EXPECT_FALSE(device->compare(*buffer, own));
  }
}

TEST_P(DeviceContract, NodesThatNoMachineHasAreRefused) {
  const auto no = device->refuses({Pages::huge, 1023}, 4_KiB);

  ASSERT_TRUE(no);
  EXPECT_NE(no->reason, "");
}

TEST_P(DeviceContract, RefreshedProductsFollowTheirInputs) {
  const Operation operation = Gemm{64, 64, 64, DType::f32};
  const Draw other{.seed = 4, .batch = 0};
  Operands on = filled_for(operation);
  const auto prepared = ready(operation, on);
  if (!prepared) GTEST_SKIP() << "it does not multiply f32";

  for (std::size_t i = 0; i < 2; ++i)
    device->fill(*on.inputs[i], input(operation, alone, i, other));
  prepared->refresh();
  run(*prepared);

  EXPECT_FALSE(device->compare(*on.output, *expected(operation, alone, other)));
}

TEST_P(DeviceContract, RatesLeaveAFiniteNumber) {
  const std::vector<Operation> rates{PeakRate{DType::f64}, PeakRate{DType::f32},
                                     PeakRate{DType::bf16}, PeakRate{DType::int8}, ClockChain{}};
  for (const Operation& rate : rates) {
    Operands on = filled_for(rate);
    const auto prepared = ready(rate, on);
    if (!prepared || on.output->kind() != MemoryKind::host) continue;

    run(*prepared);

    EXPECT_TRUE(std::isfinite(*static_cast<double*>(on.output->address())));
  }
}

TEST_P(DeviceContract, RefusesWhatOnlyACommunicatorDoes) {
  const Operation operation = Collective{Collective::Kind::all_reduce, 64_B};
  Operands on = filled_for(operation);

  const auto answer = device->prepare(operation, on);

  EXPECT_TRUE(std::holds_alternative<Unsupported>(answer));
}

std::vector<Backend> devices() {
  std::vector<Backend> all = backends();
  std::erase_if(all, [](const Backend& backend) { return !backend.open_device; });
  return all;
}

INSTANTIATE_TEST_SUITE_P(Every, DeviceContract, testing::ValuesIn(devices()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace shortfall
