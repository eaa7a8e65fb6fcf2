// The rows of a document, each with its prediction or with why there is none.
#include "model/answers.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <set>

#include "core/error.hpp"
#include "tests/unit/sample_documents.hpp"

namespace shortfall {
namespace {

using Json = nlohmann::ordered_json;

const std::vector<RunRow>& published() {
  static const std::vector<RunRow> rows =
      runs_from(sample::text_of_data("training_runs.json"), "runs.json");
  return rows;
}

Answers answers_of(const std::vector<RunRow>& rows, Calibration calibration = Calibration::none,
                   Detail detail = Detail::none) {
  return answers_to(rows, by_literature(built_in()), calibration, detail);
}

// A run of 8 GPUs that fits and was measured.
Json small_run(const std::string& id) {
  return {{"id", id},
          {"arch", {{"layers", 16}, {"hidden", 2048}, {"heads", 16}, {"vocab", 51200}}},
          {"gpu", "A100-SXM4-80GB"},
          {"gpus", 8},
          {"seq_len", 2048},
          {"global_batch_seqs", 64},
          {"dp", 8},
          {"derived", {{"iter_s", 2.5}}}};
}

RunAnswer answer_after(const std::function<void(Json&)>& change, Detail detail = Detail::none) {
  Json run = small_run("lab-7");
  change(run);
  return answers_of(runs_from(run.dump(), "run.json"), Calibration::none, detail).runs.at(0);
}

std::int64_t sum_of_shares(const RunPrediction& prediction) {
  return std::accumulate(prediction.waterfall.begin(), prediction.waterfall.end(), std::int64_t{0},
                         [](std::int64_t sum, const WaterfallRow& row) { return sum + row.share; });
}

bool has_row(const RunPrediction& prediction, std::string_view id) {
  return std::ranges::count(prediction.waterfall, id, &WaterfallRow::id) > 0;
}

TEST(Answers, AreOnesOfEveryRowInOrder) {
  const Answers answers = answers_of(published());

  ASSERT_EQ(answers.runs.size(), published().size());
  for (std::size_t i = 0; i < answers.runs.size(); ++i) {
    const RunAnswer& run = answers.runs[i];
    EXPECT_EQ(run.id, published()[i].id);
    EXPECT_EQ(run.source, source_key(run.id));
    EXPECT_FALSE(run.is_faulty) << run.why_not;
    EXPECT_EQ(run.is_predicted(), published()[i].run.has_value()) << run.why_not;
  }
}

TEST(Answers, ShareOutExactlyTheWholeStep) {
  for (const Calibration calibration : {Calibration::none, Calibration::per_source}) {
    for (const RunAnswer& run : answers_of(published(), calibration).runs) {
      if (!run.is_predicted()) continue;
      EXPECT_EQ(sum_of_shares(run.prediction), 1'000'000'000'000) << run.id;
      EXPECT_EQ(has_row(run.prediction, "residual"), run.measured.has_value()) << run.id;
    }
  }
}

TEST(Answers, MultiplyByTheFactorOfTheirSource) {
  const Answers plain = answers_of(published());
  const Answers fitted = answers_of(published(), Calibration::per_source);

  for (std::size_t i = 0; i < plain.runs.size(); ++i) {
    const RunAnswer &before = plain.runs[i], &after = fitted.runs[i];
    if (!before.is_predicted()) continue;
    const auto source = std::ranges::find(fitted.sources, after.source, &SourceErrors::source);
    const double factor = source->factor.value_or(1);
    EXPECT_DOUBLE_EQ(after.prediction.step.value, before.prediction.step.value * factor);
    EXPECT_EQ(has_row(after.prediction, "stack"), factor != 1);
  }
}

TEST(Answers, TellTheErrorOfMeasuredRunsAlone) {
  const RunAnswer measured = answer_after([](Json&) {});
  const RunAnswer other = answer_after([](Json& run) { run.erase("derived"); });

  EXPECT_DOUBLE_EQ(*measured.error(), measured.prediction.step.value / 2.5 - 1);
  EXPECT_FALSE(other.error());
  EXPECT_EQ(other.prediction.step.value, measured.prediction.step.value);
}

TEST(Answers, GiveDetailsWhereTheyAreAskedFor) {
  const auto unchanged = [](Json&) {};

  EXPECT_FALSE(answer_after(unchanged).detail);
  const RunDetail detail = *answer_after(unchanged, Detail::of_each).detail;

  EXPECT_FALSE(detail.what_if.empty());
  EXPECT_FALSE(detail.requests.empty());
  EXPECT_NE(detail.system.find("A100"), std::string::npos);
}

TEST(Answers, CountFailuresWhereTheRunTellsThem) {
  const RunAnswer run = answer_after([](Json& told) {
    told["reliability"] = {
        {"between_failures_of_gpu_s", 8e6}, {"checkpoint_s", 20}, {"restart_s", 600}};
  });

  // A failure every 1e6 s; the best interval is sqrt(2 x 20 x 1e6).
  EXPECT_DOUBLE_EQ(run.goodput->between_checkpoints.value, std::sqrt(4e7));
  EXPECT_NEAR(run.goodput->lost, 20 / std::sqrt(4e7) + (std::sqrt(4e7) / 2 + 600) / 1e6, 1e-12);
  EXPECT_EQ(sum_of_shares(run.prediction), 1'000'000'000'000);
  EXPECT_FALSE(answer_after([](Json&) {}).goodput);
}

TEST(Answers, RefuseAnotherUnitOfTime) {
  const RunAnswer run = answer_after([](Json& told) { told["derived"]["iter_s"] = 1e-8; });

  EXPECT_TRUE(run.is_faulty);
  EXPECT_EQ(run.why_not.find("run.json (lab-7): derived.iter_s: expected seconds"), 0U)
      << run.why_not;
}

TEST(Answers, RefuseWhatDoesNotFitIntoMemory) {
  const RunAnswer run = answer_after([](Json& told) { told["arch"]["layers"] = 960; });

  EXPECT_TRUE(run.is_faulty);
  EXPECT_EQ(run.why_not.find("run.json (lab-7): gpus: expected so many that the run fits"), 0U)
      << run.why_not;
}

TEST(Answers, RefuseGpusThatNobodyKnows) {
  const RunAnswer run = answer_after([](Json& told) { told["gpu"] = "Z9000"; });

  EXPECT_TRUE(run.is_faulty);
  EXPECT_EQ(run.why_not.find("run.json (lab-7): gpu: "), 0U) << run.why_not;
}

TEST(Answers, TakeEachSystemFromWhoIsAskedForIt) {
  const std::string text = Json{small_run("a-1"), small_run("a-2")}.dump();
  const SystemFor literature = by_literature(built_in());
  const SystemFor picky = [&](TrainingRun& run, const std::string& where) {
    if (run.id == "a-1") throw BadUsage(where + ": no system");
    SystemModel system = literature(run, where);
    system.device.clock /= 2;
    return system;
  };

  const Answers usual = answers_of(runs_from(text, "runs.json"));
  const Answers answers = answers_to(runs_from(text, "runs.json"), picky, Calibration::none);

  EXPECT_EQ(answers.runs[0].why_not, "runs.json: row 1 (a-1): no system");
  EXPECT_TRUE(answers.runs[0].is_faulty);
  EXPECT_GT(answers.runs[1].prediction.step, usual.runs[1].prediction.step);
}

TEST(Origins, AreKnownOfEveryRowOfAWaterfall) {
  std::set<std::string_view> origins;
  for (const RunAnswer& run : answers_of(published(), Calibration::per_source).runs) {
    for (const WaterfallRow& row : run.prediction.waterfall) origins.insert(origin_of(row.id));
  }

  EXPECT_EQ(origins, (std::set<std::string_view>{"calibration", "datasheet", "measured",
                                                 "published", "residual", "run", "schedule"}));
}

}  // namespace
}  // namespace shortfall
