// Systems from the operations of a training step that were measured one by one: each is priced as
// it was measured, and what slows one rank, all ranks, or one kind of work stays apart.
#include <gtest/gtest.h>

#include <cmath>

#include "diagnosis/measured_system.hpp"
#include "model/prediction.hpp"
#include "model/prices/exchange_price.hpp"
#include "model/prices/gemm_price.hpp"
#include "model/prices/pass_price.hpp"
#include "model/system/measured_exchanges.hpp"
#include "model/system/measured_reach.hpp"
#include "tests/unit/report_of_steps.hpp"

namespace shortfall {
namespace {

SystemModel found(const Report& report, TrainingRun run) {
  return system_of(report, run, built_in(), "report.json");
}

bool tells(const std::vector<std::string>& words, const std::string& what) {
  return std::ranges::any_of(
      words, [&](const std::string& one) { return one.find(what) != std::string::npos; });
}

void expect_exact(Seconds price, double measured) {
  EXPECT_NEAR(price.value / measured, 1, 1e-9) << measured << " s";
}

TEST(MeasuredSteps, AreTheOperationsTheyWereMeasuredAs) {
  ReportOfSteps made_up({});
  made_up.add_product({96, 2048, 130, DType::f32, 3});
  made_up.add_pass({MemoryPass::Kind::mix, {3e6}, 3});
  made_up.add_exchange({Collective::Kind::reduce_scatter, {123456}}, "world");
  const TrainingRun run = small_run(2, 1);
  const SystemModel system = found(made_up.report(), run);
  expect_exact(price_of(Gemm{96, 2048, 130, DType::f32, 3}, Precision::bf16, system.device),
               2.0 * 96 * 2048 * 130 * 3 / 100e9);
  expect_exact(
      price_of(MemoryPass{MemoryPass::Kind::mix, {3e6}, 3}, StepPart::norm, run, system).time,
      3e6 / 8e9);
  expect_exact(
      price_of(Collective{Collective::Kind::reduce_scatter, {123456}}, Spread{2, 2}, system),
      20e-6 + 123456 / 2e9);
}

TEST(MeasuredSteps, AreExactAmongManyOthers) {
  const TrainingRun run = small_run(8, 1);
  ReportOfSteps made_up({.hosts = 2, .per_host = 4});
  made_up.with_step(run);
  // A library that is bad at one shape, right beside one at which it is good; caches that a pass
  // of nearly the same size finds full; a message size at which a protocol begins.
  const Gemm slow{2048, 1025, 1024};
  made_up.add("step_product", Suite::workload,
              {{"shape", "2048x1025x1024"}, {"batch", 1}, {"dtype", "f32"}, {"group", "all"}},
              {0.7}, {});
  made_up.add("step_pass", Suite::workload,
              {{"kind", "copy"}, {"reads", 1}, {"bytes", 1 << 20}, {"group", "all"}}, {0.031}, {});
  made_up.add_pass({MemoryPass::Kind::copy, {(1 << 20) + 16}});
  made_up.add("step_exchange", Suite::workload,
              {{"kind", "all_reduce"}, {"bytes", 8200}, {"dtype", "f32"}, {"group", "world"}},
              {0.011}, {});
  const SystemModel system = found(made_up.report(), run);
  expect_exact(price_of(slow, Precision::bf16, system.device), 0.7);
  expect_exact(
      price_of(MemoryPass{MemoryPass::Kind::copy, {1 << 20}}, StepPart::norm, run, system).time,
      0.031);
  expect_exact(
      price_of(MemoryPass{MemoryPass::Kind::copy, {(1 << 20) + 16}}, StepPart::norm, run, system)
          .time,
      ((1 << 20) + 16) / 8e9);
  const Spread all{8, 4};
  expect_exact(price_of(Collective{Collective::Kind::all_reduce, {8200}}, all, system), 0.011);
  for (const Step& step : steps_of_stage(run, 0)) {
    if (const auto* const gemm = std::get_if<Gemm>(&step.operation)) {
      expect_exact(price_of(*gemm, Precision::bf16, system.device),
                   work_of(*gemm, {}).flop.value / 100e9);
    }
    if (const auto* const exchange = std::get_if<Collective>(&step.operation)) {
      if (step.group < 2) continue;
      const auto bytes = static_cast<double>(ReportOfSteps::whole_elements(exchange->bytes));
      expect_exact(price_of(Collective{exchange->kind, {bytes}}, all, system), 20e-6 + bytes / 2e9);
    }
  }
}

TEST(MeasuredSteps, CountInsteadOfTheSameShapeInCaches) {
  ReportOfSteps made_up({});
  made_up.add("gemm", Suite::gemm, {{"n", 512}, {"dtype", "f32"}, {"group", "all"}}, {0.001}, {});
  made_up.add("memory_copy", Suite::memory, {{"bytes", 1 << 20}, {"group", "all"}}, {1e-5}, {});
  made_up.add("memory_copy", Suite::memory, {{"bytes", 1 << 27}, {"group", "all"}}, {0.02}, {});
  made_up.add_product({512, 512, 512});
  made_up.add_pass({MemoryPass::Kind::copy, {1 << 21}});
  const TrainingRun run = small_run(2, 1);
  const SystemModel system = found(made_up.report(), run);
  expect_exact(price_of(Gemm{512, 512, 512}, Precision::bf16, system.device),
               2.0 * 512 * 512 * 512 / 100e9);
  const auto warm =
      price_of(MemoryPass{MemoryPass::Kind::copy, {1 << 20}}, StepPart::norm, run, system);
  EXPECT_GT(warm.time.value, 1e-4);  // as the cold one's rate has it
}

TEST(MeasuredSteps, AreNeitherSizesNorKindsThatNobodyKnows) {
  ReportOfSteps made_up({});
  made_up.add_product({512, 512, 512});
  made_up.add_pass({MemoryPass::Kind::copy, {1 << 21}});
  const TrainingRun run = small_run(2, 1);
  const Seconds before = predicted_step(run, found(made_up.report(), run));
  const std::vector<std::vector<Params::Entry>> damaged{
      {{"shape", "1x2"}, {"batch", 1}, {"dtype", "f32"}, {"group", "all"}},
      {{"shape", "0x2x3"}, {"batch", 1}, {"dtype", "f32"}, {"group", "all"}},
      {{"shape", "1x2x3"}, {"batch", 1}, {"dtype", "f31"}, {"group", "all"}},
      {{"shape", "1x2x3"}, {"batch", "many"}, {"dtype", "f32"}, {"group", "moon"}}};
  for (const auto& params : damaged) {
    made_up.add("step_product", Suite::workload, params, {5}, {});
  }
  made_up.add("step_pass", Suite::workload, {{"kind", "jump"}, {"bytes", 8}, {"group", "all"}}, {5},
              {});
  made_up.add("step_pass", Suite::workload, {{"kind", "copy"}, {"bytes", 0}, {"group", "all"}}, {5},
              {});
  made_up.add("step_exchange", Suite::workload,
              {{"kind", "barrier"}, {"bytes", 8}, {"dtype", "f32"}, {"group", "world"}}, {5}, {});
  EXPECT_EQ(predicted_step(run, found(made_up.report(), run)), before);
}

TEST(MeasuredSteps, StillGetFasterWithFasterParts) {
  const TrainingRun run = small_run(8, 1);
  ReportOfSteps made_up({.hosts = 2, .per_host = 4});
  const SystemModel system = found(made_up.with_step(run).report(), run);
  const Collective reduction{Collective::Kind::all_reduce, {8200}};
  const Spread all{8, 4};
  made_up.add_exchange(reduction, "world");
  const SystemModel exact = found(made_up.report(), run);
  const SystemModel faster =
      with_more(with_more(exact, Resource::scale_out, 2), Resource::scale_out_latency, 2);
  EXPECT_LT(price_of(reduction, all, faster), price_of(reduction, all, exact) * 0.99);
  double sum = 0;
  for (const Elasticity& one : predict(run, system).elasticity) sum += one.value;
  EXPECT_NEAR(sum, 1, 1e-3);
}

TEST(MeasuredSteps, AreNotBeyondWhatWasMeasured) {
  const TrainingRun run = small_run(2, 1);
  ReportOfSteps made_up({});
  const SystemModel system = found(made_up.with_step(run).report(), run);
  for (const std::string& words : beyond_measured(run, system)) {
    EXPECT_EQ(words.find("all_reduce"), std::string::npos) << words;
  }
}

TEST(MeasuredSteps, OfATypicalRankDoNotMoveWithOneSlowRank) {
  for (const int ranks : {2, 3, 8}) {
    const TrainingRun run = small_run(8, 1);
    MadeUpRanks slow{.per_host = ranks, .slower = {1, 1.4}};
    ReportOfSteps made_up(slow), alike({.per_host = ranks});
    const SystemModel system = found(made_up.with_step(run).report(), run);
    const SystemModel even = found(alike.with_step(run).report(), run);
    const Gemm gemm{2048, 1024, 1024};
    EXPECT_EQ(price_of(gemm, Precision::bf16, system.device),
              price_of(gemm, Precision::bf16, even.device));
    EXPECT_GT(system.slowest.value().after_step,
              0.2);  // its products are slower, its passes are not
    EXPECT_LT(system.slowest.value().after_step, 0.4);
    EXPECT_EQ(even.slowest.value().after_step, 0);
    EXPECT_EQ(system.measured_ranks, ranks);
  }
}

TEST(MeasuredSteps, HaveTheSlowRankInTheirExchangesAlready) {
  const TrainingRun run = small_run(2, 1);
  ReportOfSteps made_up({.slower = {1, 1.4}});
  made_up.with_step(run).add_exchange({Collective::Kind::broadcast, {4096}}, "world");
  const SystemModel system = found(made_up.report(), run);
  const Seconds price = price_of(Collective{Collective::Kind::broadcast, {4096}}, {2, 2}, system);
  expect_exact(price, 20e-6 + 4096 / 2e9);
}

TEST(MeasuredSteps, CountALittleLagAsWhatItIs) {
  const TrainingRun run = small_run(2, 1);
  ReportOfSteps made_up({.slower = {1, 1.005}});
  const double slowest = found(made_up.with_step(run).report(), run).slowest.value().after_step;
  EXPECT_GT(slowest, 0.002);
  EXPECT_LT(slowest, 0.005);
}

TEST(MeasuredSteps, TellTheClockApartFromTheShape) {
  const TrainingRun run = small_run(2, 1);
  for (const double clock : {0.7, 1.0, 1.3}) {
    ReportOfSteps made_up({.clock = clock});
    const SystemModel system = found(made_up.with_step(run).report(), run);
    EXPECT_NEAR(system.device.clock, clock, 1e-9);
    EXPECT_NEAR(system.device.best_shape, 100.0 / 104, 1e-9);
    EXPECT_TRUE(tells(system.sources, "the peak is counted with 2.00 GHz"));
  }
}

TEST(MeasuredSteps, DoNotTakeAClockWhereNobodyTellsByWhichThePeakCounts) {
  const TrainingRun run = small_run(2, 1);
  ReportOfSteps made_up({.clock = 0.7});
  Report& report = made_up.with_step(run).report();
  report.machine.datasheet.confidence = "high";
  const SystemModel system = found(report, run);
  EXPECT_EQ(system.device.clock, 1);
  EXPECT_NEAR(system.device.best_shape, 0.7 * 100 / 104, 1e-9);
}

TEST(MeasuredSteps, TellWhatRanksTakeFromOneAnother) {
  const TrainingRun run = small_run(2, 1);
  ReportOfSteps made_up({.contention = 0.8});
  for (const char* const group : {"all", "one"}) {
    made_up.with_step(run).add_product({2048, 1024, 1024}, group);
  }
  const SystemModel system = found(made_up.report(), run);
  EXPECT_NEAR(system.device.contention, 0.8, 1e-9);
  EXPECT_NEAR(system.device.best_shape, 100 / 0.8 / 104, 1e-9);
  expect_exact(price_of(Gemm{2048, 1024, 1024}, Precision::bf16, system.device),
               2.0 * 2048 * 1024 * 1024 / 100e9);
  ReportOfSteps faster_together({.contention = 1.2});
  for (const char* const group : {"all", "one"}) {
    faster_together.with_step(run).add_product({2048, 1024, 1024}, group);
  }
  EXPECT_EQ(found(faster_together.report(), run).device.contention, 1);
}

TEST(MeasuredSteps, OfProcessorsAreHandedOverByNobody) {
  const TrainingRun run = small_run(2, 1);
  ReportOfSteps made_up({});
  const SystemModel system = found(made_up.with_step(run).report(), run);
  EXPECT_EQ(system.dispatch.forward, Seconds{0});
  EXPECT_EQ(system.dispatch.backward, Seconds{0});
  EXPECT_TRUE(tells(system.sources, "dispatch: none"));
}

TEST(MeasuredSteps, TellWhatComputingBesideAnExchangeCosts) {
  const TrainingRun run = small_run(2, 1);
  ReportOfSteps made_up({});
  made_up.with_step(run);
  for (const auto& [bytes, share] : {std::pair{1 << 10, 0.1}, std::pair{1 << 20, 0.75}}) {
    Measured& one =
        made_up.add("all_reduce", Suite::collectives,
                    {{"bytes", bytes}, {"start", "overlapped"}, {"group", "world"}}, {1e-3}, {});
    one.figures = {{"overlap_share", share, share, share, 0, "node00000"}};
  }
  const SystemModel system = found(made_up.report(), run);
  EXPECT_DOUBLE_EQ(system.scale_up.slows, 0.25);  // of the larger one
  EXPECT_EQ(system.scale_out.slows, 0);
}

}  // namespace
}  // namespace shortfall
