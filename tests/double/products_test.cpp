// Products of GPUs by the DOUBLE of cuBLASLt: which algorithm is taken, and what is refused.
#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>

#include "backends/cuda/device.hpp"
#include "core/error.hpp"
#include "tests/double/runtime.hpp"

namespace shortfall {
namespace {

constexpr Draw draw{.seed = 3, .batch = 1};

// A variable of the environment, while a test needs it.
class Variable {
 public:
  Variable(std::string name, const std::string& value) : name_(std::move(name)) {
    setenv(name_.c_str(), value.c_str(), 1);
  }
  ~Variable() { unsetenv(name_.c_str()); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  std::string name_;
};

Variable library(const std::string& settings) { return {"SHORTFALL_CUBLASLT_DOUBLE", settings}; }

class Products : public testing::Test {
 protected:
  // As the harness does it. Keeps the operands for as long as what is prepared on them.
  std::string refusal_of(const Gemm& gemm) {
    const Layout buffers = layout(gemm, {});
    on.inputs.clear();
    for (const Operand& operand : buffers.inputs) {
      on.inputs.push_back(device->allocate(operand.bytes()));
    }
    on.output = device->allocate(buffers.output.bytes());
    auto answer = device->prepare(gemm, on);
    if (auto* const no = std::get_if<Unsupported>(&answer)) return no->reason;
    prepared = std::move(std::get<std::unique_ptr<Prepared>>(answer));
    for (std::size_t i = 0; i < 2; ++i) device->fill(*on.inputs[i], input(gemm, {}, i, draw));
    prepared->refresh();
    device->fill(*on.output, output_before(gemm, {}, draw));
    return {};
  }

  std::optional<Mismatch> mismatch_of(const Gemm& gemm) {
    prepared->enqueue(*stream);
    while (!stream->done()) continue;
    return device->compare(*on.output, *expected(gemm, {}, draw));
  }

  void expect_right(const Gemm& gemm, const std::string& what) {
    const std::string refusal = refusal_of(gemm);
    ASSERT_EQ(refusal, "") << what;
    const auto wrong = mismatch_of(gemm);
    EXPECT_FALSE(wrong) << what << ": element " << wrong->index << " is " << wrong->got << ", not "
                        << wrong->want;
  }

  std::string detail(const std::string& name) const {
    for (const auto& [key, value] : prepared->details()) {
      if (key == name) return value;
    }
    return "no " + name;
  }

  std::unique_ptr<Device> device = cuda::open_card(0);
  std::unique_ptr<Stream> stream = device->open_stream();
  Operands on;
  std::unique_ptr<Prepared> prepared;
};

constexpr std::array all_types{DType::f64,   DType::f32,     DType::tf32,    DType::bf16,
                               DType::f16,   DType::f8_e4m3, DType::f8_e5m2, DType::int8,
                               DType::mxfp8, DType::nvfp4};

TEST_F(Products, OfEveryTypeAreRight) {
  const Variable blackwell = library("sm=100");
  for (const DType type : all_types) {
    for (const auto& [m, n, k] :
         {std::array{32, 64, 96}, std::array{1, 136, 160}, std::array{3, 8, 32}}) {
      for (const char* const data : {"normal", "integers", "sorted"}) {
        expect_right(Gemm{.m = m, .n = n, .k = k, .type = type, .data = data_from(data)},
                     std::string(name_of(type)) + " of " + data);
      }
    }
  }
}

TEST_F(Products, OfABatchAreRightInEveryType) {
  const Variable blackwell = library("sm=100");
  for (const DType type : all_types) {
    expect_right(Gemm{.m = 5, .n = 48, .k = 64, .type = type, .batch = 7},
                 "a batch of " + std::string(name_of(type)));
  }
}

TEST_F(Products, OfGroupsAreRightInEveryTypeHoweverRowsAreDealt) {
  const Variable blackwell = library("sm=100");
  for (const DType type : all_types) {
    for (const double skew : {0.0, 1.0, 4.0}) {
      expect_right(Gemm{.m = 40, .n = 48, .k = 64, .type = type, .batch = 7, .skew = skew},
                   "a group of " + std::string(name_of(type)));
      EXPECT_EQ(detail("launched_as"), "one graph");
    }
  }
}

TEST_F(Products, FollowTheirInputsWhenTheseAreFilledAnew) {
  const Gemm gemm{.m = 16, .n = 32, .k = 64, .type = DType::f8_e4m3};
  const Draw other{.seed = 9, .batch = 0};
  ASSERT_EQ(refusal_of(gemm), "");

  for (std::size_t i = 0; i < 2; ++i) device->fill(*on.inputs[i], input(gemm, {}, i, other));
  prepared->refresh();
  prepared->enqueue(*stream);
  while (!stream->done()) continue;

  EXPECT_FALSE(device->compare(*on.output, *expected(gemm, {}, other)));
}

TEST_F(Products, TakeTheFastestAlgorithm) {
  const Variable slow = library("fastest=5;step_us=3000");

  ASSERT_EQ(refusal_of({.m = 16, .n = 16, .k = 16}), "");

  EXPECT_EQ(detail("algorithm"), "id 5");
  EXPECT_EQ(prepared->figures().at(0).name, "algorithms_tried");
  EXPECT_GE(prepared->figures().at(0).value, 8);
  EXPECT_GT(prepared->figures().at(1).value, 1.5) << "times as fast as the library's favourite";
}

TEST_F(Products, KeepTheAlgorithmThatWasFoundForTheirShape) {
  {
    const Variable slow = library("fastest=3;step_us=3000");
    ASSERT_EQ(refusal_of({.m = 24, .n = 16, .k = 16}), "");
  }
  const Variable turned = library("fastest=0;step_us=3000");

  ASSERT_EQ(refusal_of({.m = 24, .n = 16, .k = 16, .data = data_from("zeros")}), "");

  EXPECT_EQ(detail("algorithm"), "id 3");
}

TEST_F(Products, AreNeverEmulated) {
  const Variable emulating = library("fastest=3;step_us=5000;emulated=4");

  ASSERT_EQ(refusal_of({.m = 16, .n = 16, .k = 16, .type = DType::f64}), "");

  EXPECT_EQ(detail("algorithm"), "id 4") << "the fastest of those that are not";
  EXPECT_EQ(detail("math"), "dmma f64, sums f64");
  EXPECT_EQ(detail("compute_type"), "CUBLAS_COMPUTE_64F");
}

TEST_F(Products, AreRefusedWhereTheyAreOnlyEmulated) {
  const Variable emulating = library("emulated=100");
  for (const DType type : {DType::f64, DType::f32, DType::tf32}) {
    const std::string reason = refusal_of({.m = 16, .n = 16, .k = 16, .type = type});
    EXPECT_NE(reason.find("only by other arithmetic (imma int8, sums f16)"), std::string::npos)
        << reason;
  }
}

TEST_F(Products, AreRefusedWhereEmulationIsAskedForAndNobodyTells) {
  const Variable silent = library("silent=1");
  ASSERT_EQ(refusal_of({.m = 16, .n = 16, .k = 16, .type = DType::f64}), "");
  const Variable wish("CUBLAS_EMULATE_DOUBLE_PRECISION", "1");

  const std::string reason = refusal_of({.m = 32, .n = 16, .k = 16, .type = DType::f64});

  EXPECT_NE(reason.find("CUBLAS_EMULATE_DOUBLE_PRECISION is set"), std::string::npos) << reason;
}

TEST_F(Products, DoWithoutAlgorithmsThatAreOfferedAndThenRefused) {
  const Variable refusing = library("refused=2");

  expect_right({.m = 16, .n = 16, .k = 16}, "two are refused");
}

TEST_F(Products, AreSkippedWithTheLibrarysOwnAnswer) {
  for (const char* const how : {"unsupported=1", "refused=100"}) {
    const Variable refusing = library(how);
    const std::string reason = refusal_of({.m = 16, .n = 16, .k = 16, .type = DType::bf16});
    EXPECT_NE(reason.find("CUBLAS_STATUS_NOT_SUPPORTED (an answer of the double)"),
              std::string::npos)
        << reason;
    EXPECT_NE(reason.find("products of bf16 need sm_80 or later, this is sm_90"), std::string::npos)
        << reason;
  }
}

TEST_F(Products, OfFourBitsNeedALaterGpu) {
  for (const DType type : {DType::mxfp8, DType::nvfp4}) {
    const std::string reason = refusal_of({.m = 32, .n = 32, .k = 32, .type = type});
    EXPECT_NE(reason.find("need sm_100 or later, this is sm_90"), std::string::npos) << reason;
  }
}

TEST_F(Products, OfEightBitsNeedWholeRows) {
  const std::string reason = refusal_of({.m = 16, .n = 16, .k = 40, .type = DType::f8_e4m3});

  EXPECT_EQ(
      reason,
      "cuBLASLt multiplies f8_e4m3 only where k is a multiple of 16 and n of 8; here they are "
      "40 and 16");
}

TEST_F(Products, OfAnotherVersionOfTheLibraryAreRefusedWithBoth) {
  const Variable old = library("version=120400");

  const std::string reason = refusal_of({.m = 16, .n = 16, .k = 16});

  EXPECT_NE(reason.find("cuBLASLt 12.4.0 was found, this build needs 13.x"), std::string::npos)
      << reason;
}

TEST_F(Products, ThatAreWrongAreFound) {
  for (const DType type : {DType::f64, DType::bf16, DType::int8, DType::f8_e4m3}) {
    const Gemm gemm{.m = 16, .n = 16, .k = 16, .type = type};
    const Variable spoiling = library("wrong=17");
    ASSERT_EQ(refusal_of(gemm), "");
    const auto wrong = mismatch_of(gemm);
    ASSERT_TRUE(wrong) << name_of(type);
    EXPECT_EQ(wrong->index, 17U) << name_of(type);
  }
}

TEST_F(Products, ThatAreNoNumbersAreFound) {
  const Gemm gemm{.m = 16, .n = 16, .k = 16, .type = DType::f16};
  const Variable spoiling = library("nan=200");
  ASSERT_EQ(refusal_of(gemm), "");

  EXPECT_TRUE(mismatch_of(gemm));
}

TEST_F(Products, ThatFailAreErrors) {
  const Variable broken = library("broken=1");

  EXPECT_THROW(refusal_of({.m = 16, .n = 16, .k = 16}), Error);
}

TEST_F(Products, ForWhichMemoryIsShortAreRefusedWithSizes) {
  const std::size_t before = cuda_double::settings().memory;
  cuda_double::settings().memory = 16 << 20;  // less than the library's workspace

  const std::string reason = refusal_of({.m = 16, .n = 16, .k = 16});

  cuda_double::settings().memory = before;
  EXPECT_NE(reason.find("allocate 33.6 MB of GPU memory"), std::string::npos) << reason;
}

}  // namespace
}  // namespace shortfall
