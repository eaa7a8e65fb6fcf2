// Operations of a routine as cases, and cases as operations.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/error.hpp"
#include "harness/step_case.hpp"

namespace shortfall {
namespace {

RoutineOperation step(Operation operation, std::string group = "all") {
  return {std::move(operation), std::move(group), "forward", "mlp"};
}

Operation again(const RoutineOperation& from) {
  const Case which = step_case(from);
  return step_operation(which.benchmark, which.params).value();
}

TEST(StepCase, NamesProducts) {
  EXPECT_EQ(step_case(step(Gemm{.m = 8, .n = 64, .k = 32, .type = DType::bf16, .batch = 12})).key(),
            "step_product/shape=8x64x32,batch=12,dtype=bf16,group=all");
}

TEST(StepCase, NamesPasses) {
  using Kind = MemoryPass::Kind;
  EXPECT_EQ(step_case(step(MemoryPass{.kind = Kind::copy, .bytes = 4096_B})).key(),
            "step_pass/kind=copy,reads=1,bytes=4096,group=all");
  EXPECT_EQ(
      step_case(step(MemoryPass{.kind = Kind::mix, .bytes = 4096_B, .reads = 3}, "one")).key(),
      "step_pass/kind=mix,reads=3,bytes=4096,group=one");
}

TEST(StepCase, NamesWhatRanksExchange) {
  EXPECT_EQ(step_case(step(Collective{Collective::Kind::all_reduce, 4096_B}, "blocks_of_2")).key(),
            "step_exchange/kind=all_reduce,bytes=4096,dtype=f32,group=blocks_of_2");
  EXPECT_EQ(step_case(step(Transfer{Transfer::Kind::one_way, 4096_B}, "0-1")).key(),
            "step_exchange/kind=send,bytes=4096,dtype=u8,group=0-1");
}

TEST(StepCase, RoundsToWhatIsExecuted) {
  using Kind = MemoryPass::Kind;
  for (const double bytes : {0.0, 1.0, 1000.0, 123456.5, 1e9}) {
    for (const Kind kind : {Kind::read, Kind::write, Kind::add, Kind::mix, Kind::gather}) {
      const MemoryPass asked{.kind = kind, .bytes = {bytes}, .reads = 2};
      const auto made = std::get<MemoryPass>(again(step(asked)));

      EXPECT_GT(made.bytes, 0_B);
      EXPECT_EQ(work_of(made, {}).memory, made.bytes);
      EXPECT_EQ(work_of(made, {}).memory, work_of(asked, {}).memory);
      EXPECT_EQ(step_case(step(made)).key(), step_case(step(asked)).key());
    }
  }
  for (const double bytes : {0.0, 3.0, 4.0, 4099.7}) {
    const Collective asked{Collective::Kind::all_gather, {bytes}};
    const auto made = std::get<Collective>(again(step(asked, "world")));

    EXPECT_EQ(made.bytes.value, std::max(bytes >= 4096 ? 4096.0 : 4.0, 4.0)) << bytes;
  }
}

TEST(StepCase, ComesBackAsAnOperationThatFindsNothingInACache) {
  const std::vector<Operation> all{
      Gemm{.m = 8, .n = 64, .k = 32, .type = DType::f64, .batch = 3, .is_cold = true},
      MemoryPass{.kind = MemoryPass::Kind::triad, .bytes = 24576_B, .is_cold = true},
      Collective{.kind = Collective::Kind::reduce_scatter, .bytes = 64_KiB, .is_cold = true},
      Transfer{.kind = Transfer::Kind::one_way, .bytes = 1_MiB, .window = 1, .is_cold = true}};
  for (const Operation& operation : all) {
    EXPECT_TRUE(again(step(operation, "world")) == operation) << operation.index();
    EXPECT_TRUE(is_cold(operation));
  }
}

TEST(StepCase, RefusesWhatNoBenchmarkDoes) {
  EXPECT_THROW(step_case(step(Attention{.batch = 1})), Error);
  EXPECT_THROW(step_case(step(Gemm{.m = 8, .n = 8, .k = 8, .batch = 2, .skew = 1.0})), Error);
  EXPECT_THROW(step_case(step(Transfer{Transfer::Kind::ping_pong, 8_B})), Error);
}

TEST(StepOperation, IsNothingForOtherBenchmarksAndBrokenParameters) {
  using Entries = std::vector<Params::Entry>;
  const auto broken = [](const std::string& benchmark, const Entries& entries) {
    return !step_operation(benchmark, Params(entries));
  };
  const Entries product{
      {"shape", "1x2x3"}, {"batch", std::int64_t{1}}, {"dtype", "f32"}, {"group", "all"}};
  EXPECT_FALSE(broken("step_product", product));
  EXPECT_TRUE(broken("gemm", product));
  EXPECT_TRUE(broken("step_pass", product));
  EXPECT_TRUE(broken("step_product", {}));
  for (const std::string shape : {"1x2", "0x2x3", "axbxc", "1x2x3x4", "1x2x99999999999"}) {
    EXPECT_TRUE(
        broken("step_product", {{"shape", shape}, {"batch", std::int64_t{1}}, {"dtype", "f32"}}))
        << shape;
  }
  EXPECT_TRUE(
      broken("step_product", {{"shape", "1x2x3"}, {"batch", std::int64_t{0}}, {"dtype", "f32"}}));
  EXPECT_TRUE(
      broken("step_product", {{"shape", "1x2x3"}, {"batch", std::int64_t{1}}, {"dtype", "f31"}}));
  EXPECT_TRUE(broken("step_pass",
                     {{"kind", "copie"}, {"reads", std::int64_t{1}}, {"bytes", std::int64_t{64}}}));
  EXPECT_TRUE(broken("step_pass",
                     {{"kind", "mix"}, {"reads", std::int64_t{5}}, {"bytes", std::int64_t{64}}}));
  EXPECT_TRUE(
      broken("step_exchange", {{"kind", "send"}, {"bytes", std::int64_t{0}}, {"dtype", "u8"}}));
  EXPECT_TRUE(
      broken("step_exchange", {{"kind", "shout"}, {"bytes", std::int64_t{8}}, {"dtype", "u8"}}));
}

TEST(NameOfStep, TellsWhereAndWhat) {
  EXPECT_EQ(name_of_step(step(Gemm{.m = 1, .n = 2, .k = 3})),
            "forward.mlp (step_product/shape=1x2x3,batch=1,dtype=f32,group=all)");
  EXPECT_EQ(name_of_step(step(Attention{.batch = 1})), "forward.mlp");
}

}  // namespace
}  // namespace shortfall
