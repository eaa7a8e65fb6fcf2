// Systems from reports: reports of machines that are exactly as a model says give that model's
// times, what they lack is named, and what cannot be is refused.
#include "diagnosis/measured_system.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "core/error.hpp"
#include "model/system/measured_reach.hpp"
#include "report/json.hpp"
#include "tests/unit/measured_truth.hpp"
#include "tests/unit/refusal.hpp"

namespace shortfall {
namespace {

bool tells(const std::vector<std::string>& words, const std::string& what) {
  return std::ranges::any_of(
      words, [&](const std::string& one) { return one.find(what) != std::string::npos; });
}

TEST(MeasuredSystemOfAReport, GivesTheTimesOfTheSystemThatWroteIt) {
  const SystemModel wrote = truth();
  ReportOfSystem made_up(wrote, {});
  const SystemModel measured = found(made_up.with_all().report());
  const Split splits[]{
      {.tensor = 8, .data = 2}, {.data = 16}, {.tensor = 4, .pipeline = 2, .data = 2}};
  for (const Split& split : splits) {
    const TrainingRun run = run_on_two_hosts(split);
    const double over = predicted_step(run, measured) / predicted_step(run, wrote);
    EXPECT_NEAR(over, 1, 0.04) << split.tensor << " tensor-parallel ranks";
    const double otherwise = predicted_step(run, literature()) / predicted_step(run, wrote);
    EXPECT_LT(otherwise, 0.92);  // so that finding it is no accident
  }
}

TEST(MeasuredSystemOfAReport, GivesWhatWasMeasuredOfMeasuredShapes) {
  SystemModel wrote = truth();
  ReportOfSystem made_up(wrote, {});
  Report& report = made_up.with_products().with_memory().report();
  // No tile explains this: a library that is bad at one shape.
  auto& slow = std::get<Measured>(report.entries[3].result.outcome);
  for (Seconds& time : slow.per_rank.all) time = time * 3;
  const SystemModel system = found(report);
  const Gemm shape{2048, 2048, 2048, DType::bf16};
  const Seconds price = price_of(shape, Precision::bf16, system.device);
  EXPECT_NEAR(price / slow.per_rank.all.front(), 1, 1e-3);
}

TEST(MeasuredSystemOfAReport, FasterPartsStillMakeItFaster) {
  const SystemModel wrote = truth();
  ReportOfSystem made_up(wrote, {});
  const SystemModel system = found(made_up.with_all().report());
  const TrainingRun run = usual_run();
  double sum = 0;
  for (const Elasticity& one : predict(run, system).elasticity) sum += one.value;
  EXPECT_NEAR(sum, 1, 1e-3);
  for (const Resource resource : {Resource::compute, Resource::memory, Resource::scale_up}) {
    EXPECT_LT(predicted_step(run, with_more(system, resource, 1.2)), predicted_step(run, system));
  }
}

TEST(MeasuredSystemOfAReport, NamesTheCaseOfEachFigure) {
  const SystemModel wrote = truth();
  ReportOfSystem made_up(wrote, {});
  const auto sources = found(made_up.with_all().report()).sources;
  EXPECT_TRUE(tells(sources, "products: ") && tells(sources, "gemm"));
  EXPECT_TRUE(tells(sources, "memory_copy/bytes=1073741824"));
  EXPECT_TRUE(tells(sources, "within hosts: ") && tells(sources, "all_reduce of 8 ranks"));
  EXPECT_TRUE(tells(sources, "attention: not measured"));
  EXPECT_TRUE(tells(sources, "dispatch: not measured"));
}

TEST(MeasuredSystemOfAReport, TakesWhatItLacksFromTheDatasheetAndSaysSo) {
  const SystemModel wrote = truth();
  ReportOfSystem made_up(wrote, {});
  const SystemModel system = found(made_up.with_memory().report());
  EXPECT_EQ(system.device.peak, literature().device.peak);
  EXPECT_EQ(system.scale_out.attained, literature().scale_out.attained);
  for (const char* const part : {"products", "within hosts", "between hosts", "ranks"}) {
    EXPECT_TRUE(tells(system.sources, std::string(part) + ": not measured")) << part;
  }
}

TEST(MeasuredSystemOfAReport, LetsTheNearestTypeStandForOneThatWasNotMeasured) {
  const SystemModel wrote = truth();
  ReportOfSystem made_up(wrote, {});
  const SystemModel system = found(made_up.with_products(DType::f32).with_memory().report());
  EXPECT_TRUE(tells(system.sources, "products in bf16: not measured, those in f32 stand for them"));
}

TEST(MeasuredSystemOfAReport, SharesAreOfThePeakOfTheDeviceThatWasMeasured) {
  const SystemModel wrote = truth();
  ReportOfSystem made_up(wrote, {});
  TrainingRun run = usual_run();
  run.peak = Throughput{1};
  run.gpu = "another GPU";
  const SystemModel measured = system_of(made_up.with_all().report(), run, sheets(), "report.json");
  EXPECT_FALSE(run.peak.has_value());
  EXPECT_EQ(measured.device.peak, wrote.device.peak);
  EXPECT_TRUE(tells(run.assumed, "as measured in report.json, instead of 'another GPU'"));
}

TEST(MeasuredSystemOfAReport, ProcessorsDoWithoutADatasheetOfGpus) {
  SystemModel wrote = truth();
  ReportOfSystem made_up(wrote, {.hosts = 1, .per_host = 2, .device = "host"});
  Report& report = made_up.with_products().with_memory().report();
  report.machine.datasheet = {};
  const SystemModel measured = found(report);
  EXPECT_NEAR(measured.device.memory / wrote.device.memory, 1, 0.02);
  const Gemm shape{4096, 14336, 4096, DType::bf16};
  EXPECT_NEAR(price_of(shape, Precision::bf16, measured.device) /
                  price_of(shape, Precision::bf16, wrote.device),
              1, 1e-3);
  EXPECT_TRUE(measured.hosts.empty());
}

TEST(MeasuredSystemOfAReport, IsTheSameForManyRunsAsForOne) {
  const SystemModel wrote = truth();
  ReportOfSystem made_up(wrote, {});
  const Report& report = made_up.with_all().report();
  const SystemFor for_many = by_report(report, sheets(), "report.json");
  TrainingRun with_links = usual_run();
  with_links.fabric.scale_up_gpus = 4;
  for (const TrainingRun& run : {usual_run(), with_links, usual_run()}) {
    TrainingRun one = run, again = run;
    const SystemModel system = for_many(one, "row 1");
    EXPECT_EQ(predicted_step(run, system),
              predicted_step(run, system_of(report, again, sheets(), "report.json")));
    EXPECT_EQ(one.assumed, again.assumed);
  }
}

TEST(MeasuredSystemOfAReport, FlagsGroupsFarLargerThanMeasuredOnes) {
  const SystemModel wrote = truth();
  ReportOfSystem made_up(wrote, {});
  const SystemModel system = found(made_up.with_all().report());
  TrainingRun run = usual_run();
  EXPECT_FALSE(tells(beyond_measured(run, system), "do not rely on it"));
  run.split.data = 64;
  run.gpus = 512;
  EXPECT_TRUE(tells(beyond_measured(run, system),
                    "between hosts: measured up to 2 ranks, 32 times fewer: do not rely on it"));
  EXPECT_TRUE(beyond_measured(run, wrote).empty());  // nobody measured anything there
}

TEST(MeasuredSystemOfAReport, FlagsShapesAndKindsThatWereNotMeasured) {
  const SystemModel wrote = truth();
  ReportOfSystem made_up(wrote, {});
  made_up.with_products().with_memory().with_collectives("across_hosts", {2, 1});
  const SystemModel system = found(made_up.report());
  const auto flags = beyond_measured(usual_run(), system);
  EXPECT_TRUE(tells(flags, "within a host: not measured, by the rates of its links"));
  EXPECT_TRUE(tells(beyond_measured(run_on_two_hosts({.data = 16}), system),
                    "more than a factor of 4 from all measured ones, such as 4096x128256x4096"));
}

TEST(MeasuredSystemOfAReport, SurvivesBeingWrittenAndRead) {
  const SystemModel wrote = truth();
  ReportOfSystem made_up(wrote, {});
  const Report& report = made_up.with_all().report();
  const Report again = report_from(json_of(report), "report.json");
  EXPECT_EQ(predicted_step(usual_run(), found(again)), predicted_step(usual_run(), found(report)));
}

TEST(MeasuredSystemOfAReport, RefusesTimesAndSizesThatCannotBe) {
  const SystemModel wrote = truth();
  for (const double bad : {-1.0, 0.0, 1e-300, 1e300, std::numeric_limits<double>::quiet_NaN(),
                           std::numeric_limits<double>::infinity()}) {
    ReportOfSystem made_up(wrote, {});
    Report& report = made_up.with_all().report();
    std::get<Measured>(report.entries.back().result.outcome).timing.throughput->median = {bad};
    EXPECT_THROW(found(report), BadUsage) << bad;
  }
  ReportOfSystem made_up(wrote, {});
  Report& report = made_up.with_all().report();
  report.entries.back().result.params = Params({{"bytes", std::int64_t{-8}}, {"group", "pairs"}});
  EXPECT_THROW(found(report), BadUsage);
}

TEST(MeasuredSystemOfAReport, RefusesPromisesThatCannotBe) {
  const SystemModel wrote = truth();
  for (const double bad : {-1.0, 0.0, 1e-300, 1e300}) {
    ReportOfSystem made_up(wrote, {});
    Report& report = made_up.with_all().report();
    report.machine.datasheet.peak = {{DType::bf16, {bad}}};
    EXPECT_NE(refusal_of([&] {
                found(report);
              }).find("report.json: machine.datasheet.peak_flop_per_s.bf16"),
              std::string::npos)
        << bad;
  }
}

TEST(MeasuredSystemOfAReport, RefusesAReportWithoutAnythingToGoBy) {
  const SystemModel wrote = truth();
  ReportOfSystem empty(wrote, {.device = "host"});
  empty.report().machine.datasheet = {};
  EXPECT_THROW(found(empty.report()), BadUsage);
  EXPECT_THROW(found(Report{}), BadUsage);
}

TEST(MeasuredSystemOfAReport, IgnoresWhatIsDamagedOrUnknown) {
  const SystemModel wrote = truth();
  ReportOfSystem made_up(wrote, {});
  Report& report = made_up.with_all().report();
  const Seconds before = predicted_step(usual_run(), found(report));
  Entry wrong = report.entries.front();
  auto& measured = std::get<Measured>(wrong.result.outcome);
  measured.verification.status = Verification::Status::failed;
  for (Seconds& time : measured.per_rank.all) time = time / 100;
  report.entries.push_back(wrong);
  Entry unknown = report.entries.back();
  unknown.result.params = Params({{"n", "many"}, {"dtype", std::int64_t{3}}, {"group", "moon"}});
  std::get<Measured>(unknown.result.outcome).verification.status = Verification::Status::passed;
  report.entries.push_back(unknown);
  EXPECT_EQ(predicted_step(usual_run(), found(report)), before);
}

}  // namespace
}  // namespace shortfall
