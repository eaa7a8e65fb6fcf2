// What is told of predictions: as a document, as a table, and of one run in full.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "reporters/operation_text.hpp"
#include "reporters/prediction_json.hpp"
#include "reporters/prediction_text.hpp"

namespace shortfall {
namespace {

using Json = nlohmann::ordered_json;

// 60 % delivered, 50 % lost, 10 % given back by the residual.
RunAnswer answer(const std::string& id) {
  RunAnswer run;
  run.id = id;
  run.source = source_key(id);
  run.gpus = 64;
  run.measured = Seconds{2};
  run.prediction.step = Seconds{2.2};
  run.prediction.mfu = {.causal = 0.5, .full = 0.55, .peak_used = {312e12}};
  run.prediction.waterfall = {{"delivered", "the arithmetic", {1.2}, 600'000'000'000},
                              {"bubble", "pipeline bubble", {1}, 500'000'000'000},
                              {"residual", "not explained", {-0.2}, -100'000'000'000}};
  run.prediction.elasticity = {{Resource::compute, 0.75}, {Resource::scale_out, 0.25}};
  run.assumed = {"micro_batch = 1"};
  return run;
}

RunAnswer not_predicted(const std::string& id, bool is_faulty) {
  RunAnswer run;
  run.id = id;
  run.why_not = "runs.json: " + id + " lacks gpus";
  run.is_faulty = is_faulty;
  return run;
}

RunDetail detail() {
  return {.model = "toy",
          .system = "H100, by literature",
          .what_if = {{"fp8", "linear layers in fp8", {1.5}, 0.3, 0.7, false}},
          .requests = {{Gemm{.m = 8, .n = 4, .k = 2, .type = DType::bf16}, RankAxis::none, 1,
                        Precision::bf16, 0.4}}};
}

std::string text_of(const Answers& answers, Rows rows = Rows::worst) {
  std::ostringstream out;
  write_predictions(out, answers, rows);
  return out.str();
}

void expect_words(const std::string& text, const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    EXPECT_NE(text.find(word), std::string::npos) << word << " in\n" << text;
  }
}

TEST(PredictionJson, HasTheKeysOfTheContract) {
  const Json json = Json::parse(json_of({{answer("lab-1")}, {{.source = "lab", .rows = 1}}}));

  const Json& row = json["rows"].at(0);
  EXPECT_EQ(row["id"], "lab-1");
  EXPECT_EQ(row["source_key"], "lab");
  EXPECT_EQ(row["step_s"], 2.2);
  EXPECT_EQ(row["reported_step_s"], 2);
  EXPECT_NEAR(row["error"], 0.1, 1e-12);
  EXPECT_EQ(row["mfu"]["causal"], 0.5);
  EXPECT_EQ(row["mfu"]["peak_used"], 312e12);
  EXPECT_EQ(row["waterfall"].at(2)["share_ppt"], -100'000'000'000);
  EXPECT_EQ(row["waterfall"].at(1)["source"], "schedule");
  EXPECT_TRUE(row["waterfall"].at(1)["culprit"].is_null());
  EXPECT_EQ(row["sum_check_ppt"], 0);
  EXPECT_EQ(row["elasticity"]["scale_out_bandwidth"], 0.25);
  EXPECT_EQ(row["elasticity"]["sum"], 1);
  EXPECT_EQ(row["extrapolated"], Json::array());
  EXPECT_EQ(row["assumed"], Json{"micro_batch = 1"});
  EXPECT_FALSE(row.contains("what_if") || row.contains("goodput"));
}

TEST(PredictionJson, SaysByHowMuchSharesMissTheWhole) {
  RunAnswer run = answer("lab-1");
  run.prediction.waterfall.pop_back();

  EXPECT_EQ(Json::parse(json_of({{run}, {}}))["rows"].at(0)["sum_check_ppt"], 100'000'000'000);
}

TEST(PredictionJson, HasNullForWhatIsNotKnown) {
  RunAnswer run = answer("lab-1");
  run.measured.reset();

  const Json json = Json::parse(json_of({{run}, {{.source = "lab"}}}));

  EXPECT_TRUE(json["rows"].at(0)["reported_step_s"].is_null());
  EXPECT_TRUE(json["rows"].at(0)["error"].is_null());
  EXPECT_EQ(json["by_source"]["lab"],
            (Json{{"n", 0}, {"mape", nullptr}, {"bias", nullptr}, {"stack_factor", 1.0}}));
}

TEST(PredictionJson, ListsRowsWithoutPrediction) {
  const Json json = Json::parse(
      json_of({{not_predicted("a-1", false), answer("a-2"), not_predicted("a-3", true)}, {}}));

  EXPECT_EQ(json["rows"].size(), 1U);
  EXPECT_EQ(json["not_predicted"].at(0)["reason"], "runs.json: a-1 lacks gpus");
  EXPECT_EQ(json["not_predicted"].at(0)["is_faulty"], false);
  EXPECT_EQ(json["not_predicted"].at(1)["is_faulty"], true);
}

TEST(PredictionJson, HasDetailsAndFailuresWhereTheyAreKnown) {
  RunAnswer run = answer("lab-1");
  run.detail = detail();
  run.goodput = Goodput{{600}, 0.25};

  const Json row = Json::parse(json_of({{run}, {}}))["rows"].at(0);

  EXPECT_EQ(row["what_if"].at(0)["id"], "fp8");
  EXPECT_EQ(row["what_if"].at(0)["fits_memory"], false);
  EXPECT_EQ(row["requests"].at(0)["operation"], "8 x 4 x 2 bf16 product");
  EXPECT_EQ(row["requests"].at(0)["axis"], "none");
  EXPECT_EQ(row["goodput"]["lost_share"], 0.25);
  EXPECT_EQ(row["goodput"]["between_checkpoints_s"], 600);
  EXPECT_EQ(row["goodput"]["mfu_causal_after_failures"], 0.5 * 0.75);
}

TEST(PredictionText, TellsARunWithoutATable) {
  RunAnswer run = answer("lab-1");
  run.detail = detail();
  run.goodput = Goodput{{600}, 0.25};

  expect_words(
      text_of({{run}, {{.source = "lab"}}}),
      {"lab-1 (toy): 64 GPUs, H100, by literature", "2.2 s predicted, 2 s measured",
       "error +10.0 %", "50.0 % causal, 55.0 % full", "linear layers in fp8", "memory is short",
       "8 x 4 x 2 bf16 product", "compute                                        0.750 %",
       "(best every 10 min) take 25.0 % of all time: 37.5 % MFU causal", "micro_batch = 1"});
}

TEST(PredictionText, DrawsTheWaterfallOfTheMeasuredStep) {
  RunAnswer run = answer("lab-1");
  run.detail = detail();

  expect_words(text_of({{run}, {}}), {"1.20 s   60.00 %  ###", "1.00 s   50.00 %",
                                      "-200 ms  -10.00 %", "2.00 s  100.00 %"});
}

TEST(PredictionText, HasALineForEachRunAndEachSource) {
  RunAnswer other = answer("shop-1");
  other.measured.reset();

  const std::string text =
      text_of({{answer("lab-1"), other, not_predicted("shop-2", false)},
               {{.source = "lab", .rows = 1, .mape = 0.1, .bias = 0.1, .factor = 1.25},
                {.source = "shop"}}});

  expect_words(text, {"     64      2.2 s        2 s   +10.0 %  50.0 %  55.0 %\n",
                      "     64      2.2 s          -         -  50.0 %  55.0 %\n",
                      "not predicted: 1 run\n  runs.json: shop-2 lacks gpus\n",
                      "        1        10.0 %   +10.0 %    1.250\n",
                      "        0             -         -        -\n"});
}

TEST(PredictionText, ShowsTheWorstOfALongDocument) {
  Answers answers;
  for (int i = 0; i < 100; ++i) {
    answers.runs.push_back(answer("lab-" + std::to_string(i)));
    answers.runs.back().measured = Seconds{1.0 + i};
  }
  const auto lines = [](const std::string& text) { return std::ranges::count(text, '\n'); };

  const std::string worst = text_of(answers);

  EXPECT_EQ(lines(worst), 2 + 1 + 25);
  expect_words(worst, {"25 of 100 runs", "--all"});
  EXPECT_LT(worst.find("lab-0 "), worst.find("lab-99 "));  // 120 % too long, 98 % too short
  EXPECT_EQ(worst.find("lab-1 "), std::string::npos);
  EXPECT_EQ(lines(text_of(answers, Rows::all)), 1 + 100);
}

TEST(PredictionText, CutsLongNamesBetweenLetters) {
  std::string name;
  for (int i = 0; i < 60; ++i) name += "\u00e9";
  const std::string text = text_of({{answer(name), answer("lab-1")}, {}});

  const Json as_json = text;
  EXPECT_NO_THROW((void)as_json.dump());  // valid UTF-8
  expect_words(text, {"\u00e9... "});
}

TEST(OperationText, NamesWhatATrainingStepDoes) {
  EXPECT_EQ(text_of(Operation{Collective{.kind = Collective::Kind::all_gather, .bytes = 3_MiB}}),
            "all_gather of 3 MiB");
  EXPECT_EQ(text_of(Operation{Transfer{Transfer::Kind::one_way, 1536_B}}), "message of 1.5 KiB");
  EXPECT_EQ(text_of(Operation{MemoryPass{MemoryPass::Kind::copy, 5_GiB}}), "pass over 5 GiB");
  EXPECT_EQ(text_of(Operation{Gemm{.m = 3, .n = 2, .k = 1, .type = DType::f32, .batch = 4}}),
            "4 times 3 x 2 x 1 f32 product");
  EXPECT_EQ(text_of(Operation{Attention{2, 8, 1, 64, 128, 32, 32}}),
            "2 x 8 heads of 64 queries x 128 keys (1 head of keys), bf16 attention");
}

}  // namespace
}  // namespace shortfall
