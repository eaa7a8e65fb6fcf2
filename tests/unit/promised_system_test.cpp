// A system that attains all that its datasheet promises.
#include "model/system/promised.hpp"

#include <gtest/gtest.h>

#include "model/prediction.hpp"
#include "model/prices/gemm_price.hpp"
#include "model/system/run_system.hpp"
#include "model/workloads/workloads.hpp"

namespace shortfall {
namespace {

SystemModel promised_for(TrainingRun& run) { return as_promised(system_of(run, built_in(), "")); }

TEST(PromisedSystem, MultipliesAnyLargeShapeAtItsPeak) {
  TrainingRun run = workload_named("llama3-8b");
  const SystemModel system = promised_for(run);
  const Gemm odd{.m = 4099, .n = 4097, .k = 4101, .type = DType::bf16};
  const double flop = 2.0 * 4099 * 4097 * 4101;

  const Seconds time = price_of(odd, Precision::bf16, system.device);

  // The last wave of elements is not full: less than one of 132 units in 16.8 million.
  EXPECT_NEAR(time.value / (flop / system.device.peak.value), 1, 1e-5);
}

TEST(PromisedSystem, IsNeverSlowerThanPublishedEfficiencies) {
  for (const Workload& workload : workloads()) {
    TrainingRun run = workload_named(workload.name);
    run.gpu = "H100 SXM5 80GB";  // those for processors have no datasheet
    const Seconds published = predicted_step(run, system_of(run, built_in(), ""));

    EXPECT_LT(predicted_step(run, promised_for(run)), published) << workload.name;
  }
}

TEST(PromisedSystem, LosesNothingToClocksShapesHostsAndStragglers) {
  TrainingRun run = workload_named("llama3-405b");
  const RunPrediction prediction = predict(run, promised_for(run));
  double sum = 0;
  for (const Elasticity& one : prediction.elasticity) sum += one.value;

  EXPECT_NEAR(sum, 1, 1e-6);
  for (const WaterfallRow& row : prediction.waterfall) {
    const bool is_gone = row.id == "clock" || row.id == "best_shape" || row.id == "dispatch" ||
                         row.id == "contention" || row.id == "stragglers" || row.id == "interference";
    EXPECT_FALSE(is_gone && row.share != 0) << row.id;
    EXPECT_FALSE(row.id == "bubble" && row.share <= 0);
  }
}

}  // namespace
}  // namespace shortfall
