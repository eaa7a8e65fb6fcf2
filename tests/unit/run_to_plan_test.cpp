// Documents with the training run that a plan is asked for.
#include <gtest/gtest.h>

#include "model/plan/asked_json.hpp"
#include "model/training/run_writing_json.hpp"
#include "model/workloads/workloads.hpp"
#include "refusal.hpp"

namespace shortfall {
namespace {

Json without_split() {
  Json row = json_of(workload_named("llama3-8b"));
  for (const char* const key : {"gpus", "tp", "pp", "vp", "dp", "cp", "ep", "micro_batch"}) {
    row.erase(key);
  }
  return row;
}

TEST(RunToPlan, NeedsNeitherGpusNorSplit) {
  const Json row = without_split();

  for (const Json& document : {row, Json::array({row}), Json{{"rows", Json::array({row})}}}) {
    const RunRow read = run_to_plan_from(document.dump(), "run.json");
    EXPECT_EQ(read.run->architecture.layers, 32);
    EXPECT_EQ(read.run->batch, 16);
  }
}

TEST(RunToPlan, MayBeSplitInWaysThatCannotBe) {
  Json row = without_split();
  row["tp"] = 7;
  row["gpus"] = nullptr;

  EXPECT_TRUE(run_to_plan_from(row.dump(), "run.json").run);
}

TEST(RunToPlan, IsRefusedForOtherFaults) {
  const auto complaint = [](const Json& document) {
    return refusal_of([&] { run_to_plan_from(document.dump(), "run.json"); });
  };
  const auto with = [](const char* key, const Json& value) {
    Json row = without_split();
    row[key] = value;
    return row;
  };

  EXPECT_NE(complaint(with("seq_len", 0)).find("seq_len"), std::string::npos);
  EXPECT_NE(complaint(with("arch", nullptr)).find("cannot be predicted without arch"),
            std::string::npos);
  EXPECT_NE(complaint(with("speed", 1)).find("speed"), std::string::npos);
  EXPECT_NE(complaint(Json::array({without_split(), without_split()})).find("found 2"),
            std::string::npos);
  for (const Json& other : {Json::array(), Json(3), Json{{"rows", 3}}, Json::array({3})}) {
    EXPECT_EQ(complaint(other).find("run.json"), 0U) << complaint(other);
  }
}

}  // namespace
}  // namespace shortfall
