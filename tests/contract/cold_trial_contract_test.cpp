// Steps of a routine on every device of this build: with copies of their operands, and in order.
#include <gtest/gtest.h>

#include "backends/backend.hpp"
#include "core/overloaded.hpp"
#include "harness/routine_trial.hpp"

namespace shortfall {
namespace {

class ColdTrials : public testing::TestWithParam<Backend> {
 protected:
  void SetUp() override {
    if (!std::holds_alternative<Usable>(GetParam().probe())) {
      GTEST_SKIP() << GetParam().name << " is not usable here";
    }
    device = GetParam().open_device(0);
    stream = device->open_stream();
  }

  // Nothing where the device does not do it.
  std::unique_ptr<OperationTrial> trial_of(const Operation& operation) {
    auto made = OperationTrial::make(operation, {*device, *stream, world.get(), nullptr}, 1, 3);
    if (std::holds_alternative<Unsupported>(made)) return nullptr;
    return std::move(std::get<std::unique_ptr<OperationTrial>>(made));
  }

  void finish() {
    while (!stream->done()) continue;
  }

  std::unique_ptr<World> world = stay_alone();
  std::unique_ptr<Device> device;
  std::unique_ptr<Stream> stream;
};

TEST_P(ColdTrials, ProductsOfEveryShapeAreRightInEveryCopy) {
  int done = 0;
  for (const DType type : {DType::f64, DType::f32, DType::bf16}) {
    for (const Gemm& gemm : {Gemm{.m = 1, .n = 96, .k = 64, .type = type},
                             Gemm{.m = 1, .n = 33, .k = 64, .type = type, .batch = 6},
                             Gemm{.m = 32, .n = 48, .k = 16, .type = type, .batch = 4},
                             Gemm{.m = 40, .n = 1, .k = 72, .type = type, .batch = 2}}) {
      const auto trial = trial_of(gemm);
      if (!trial) continue;
      for (std::uint64_t batch = 1; batch <= 2; ++batch) {
        trial->arm(batch);
        for (int call = 0; call < 4; ++call) trial->run();
        finish();
        const auto wrong = trial->check();
        EXPECT_FALSE(wrong) << name_of(type) << " " << gemm.m << "x" << gemm.n << "x" << gemm.k
                            << ": element " << wrong->index << " is " << wrong->got;
        EXPECT_EQ(trial->checked(), 3);
      }
      ++done;
    }
  }
  EXPECT_GE(done, 4) << "every device multiplies at least one of these types";
}

TEST_P(ColdTrials, PassesAreRightInEveryCopy) {
  for (int kind = 0; kind <= static_cast<int>(MemoryPass::Kind::gather); ++kind) {
    const auto of_kind = static_cast<MemoryPass::Kind>(kind);
    const auto trial = trial_of(MemoryPass{.kind = of_kind, .bytes = {10000}, .is_cold = true});
    ASSERT_TRUE(trial) << name_of(of_kind);
    for (std::uint64_t batch = 1; batch <= 2; ++batch) {
      trial->arm(batch);
      for (int call = 0; call < 4; ++call) trial->run();
      finish();
      EXPECT_FALSE(trial->check()) << name_of(of_kind);
      EXPECT_EQ(trial->checked(), 3);
    }
  }
}

TEST_P(ColdTrials, CopiesAreWorkedOnAlike) {
  for (const Operation& operation :
       {Operation(Gemm{.m = 64, .n = 64, .k = 64, .type = DType::f64}),
        Operation(MemoryPass{.kind = MemoryPass::Kind::copy, .bytes = 16_MiB})}) {
    const Layout buffers = layout(operation, {});
    std::vector<Operands> copies(3);
    std::vector<std::unique_ptr<Prepared>> prepared;
    for (Operands& on : copies) {
      for (const Operand& operand : buffers.inputs) {
        on.inputs.push_back(device->allocate(operand.bytes()));
      }
      on.output = device->allocate(buffers.output.bytes());
      auto made = prepared.empty() ? device->prepare(operation, on)
                                   : device->prepare_alike(operation, on, *prepared.front());
      if (std::holds_alternative<Unsupported>(made)) break;
      prepared.push_back(std::move(std::get<std::unique_ptr<Prepared>>(made)));
    }
    for (const auto& one : prepared) EXPECT_EQ(one->details(), prepared.front()->details());
    EXPECT_TRUE(prepared.empty() || prepared.size() == copies.size());
  }
}

TEST_P(ColdTrials, ARoutineIsExecutedInOrder) {
  const Routine routine{
      "tiny",
      {{Gemm{.m = 16, .n = 32, .k = 64}, "all", "forward", "mlp"},
       {MemoryPass{.kind = MemoryPass::Kind::copy, .bytes = {10000}}, "all", "forward", "norm"},
       {Gemm{.m = 16, .n = 64, .k = 32, .batch = 3}, "one", "backward", "mlp"}},
      {0, 1, 0, 2, 1, 2}};
  Groups groups(*world, {});
  auto made = RoutineTrial::make(routine, {*device, *stream, groups}, 2, 1);
  ASSERT_TRUE(std::holds_alternative<std::unique_ptr<RoutineTrial>>(made));
  RoutineTrial& trial = *std::get<std::unique_ptr<RoutineTrial>>(made);

  stream->reserve_stamps(2 + 7);
  std::vector<Stamp> stamps;
  for (std::uint64_t batch = 1; batch <= 2; ++batch) {
    trial.arm(batch);
    trial.run();
    if (batch == 2) trial.run_stamped(stamps);
    finish();
    EXPECT_FALSE(trial.check());
    EXPECT_EQ(trial.checked(), 1);
  }

  ASSERT_EQ(stamps.size(), 7U);
  for (std::size_t i = 0; i + 1 < stamps.size(); ++i) {
    EXPECT_GE(stream->elapsed(stamps[i], stamps[i + 1]), Seconds{0});
  }
  EXPECT_GT(stream->elapsed(stamps.front(), stamps.back()), Seconds{0});
}

std::vector<Backend> devices() {
  std::vector<Backend> all = backends();
  std::erase_if(all, [](const Backend& backend) { return !backend.open_device; });
  return all;
}

INSTANTIATE_TEST_SUITE_P(Every, ColdTrials, testing::ValuesIn(devices()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace shortfall
