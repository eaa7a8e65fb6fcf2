// The published reference values, and files that look like them.
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>

#include "model/limits/reference.hpp"
#include "tests/unit/refusal.hpp"

namespace shortfall {
namespace {

using nlohmann::ordered_json;

ordered_json published() {
  std::ifstream file(SHORTFALL_SOURCE_DIR "/tests/data/limits_reference.json");
  return ordered_json::parse(file);
}

// The sections that take no time, and one row of one sweep.
ordered_json small() {
  ordered_json document = published();
  document.erase("summary");
  document["frontier"] = {document["frontier"][1]};
  document["frontier"][0]["rows"] = {document["frontier"][0]["rows"][0]};
  return document;
}

ReferenceCheck check(const ordered_json& document) {
  return check_reference(document.dump(), "values.json");
}

const SectionCheck& section(const ReferenceCheck& result, const std::string& name) {
  const auto found = std::ranges::find(result.sections, name, &SectionCheck::name);
  if (found == result.sections.end()) throw std::runtime_error("no section " + name);
  return *found;
}

std::string complaint(const ordered_json& document) {
  return refusal_of([&] { check(document); });
}

std::string complaint_after(const std::function<void(ordered_json&)>& spoil) {
  ordered_json document = small();
  spoil(document);
  return complaint(document);
}

TEST(LimitsReference, EveryPublishedValueIsRecomputed) {
  const ReferenceCheck result = check(published());
  EXPECT_TRUE(result.holds());
  std::int64_t entries = 0;
  for (const SectionCheck& one : result.sections) {
    EXPECT_LT(one.largest_error, 1e-14) << one.name << " " << one.largest_at;
    EXPECT_EQ(one.mismatches, 0) << one.name;
    entries += one.entries;
  }
  EXPECT_EQ(result.sections.size(), 10U);
  EXPECT_EQ(entries, 9 + 168 + 45 + 77 + 21 + 6 + 129 + 9 + 463 + 19);
}

TEST(LimitsReference, ANumberThatIsOffIsNamed) {
  ordered_json document = small();
  document["matmul"][3]["time_s"] = document["matmul"][3]["time_s"].get<double>() * (1 + 3e-9);
  const ReferenceCheck result = check(document);
  EXPECT_FALSE(result.holds());
  EXPECT_EQ(section(result, "matmul").off, 1);
  EXPECT_EQ(section(result, "matmul").largest_at, "matmul[3].time_s");
  EXPECT_NEAR(section(result, "matmul").largest_error, 3e-9, 1e-12);
}

TEST(LimitsReference, ANumberWithinTheToleranceHolds) {
  ordered_json document = small();
  document["matmul"][3]["time_s"] = document["matmul"][3]["time_s"].get<double>() * (1 + 5e-10);
  EXPECT_TRUE(check(document).holds());
}

TEST(LimitsReference, ACountThatIsOffByOneIsAMismatch) {
  for (const char* key : {"params", "tokens", "layers", "critical_batch_seqs_2048"}) {
    ordered_json document = small();
    ordered_json& value = document["scaling"][1][key];
    value = value.get<std::int64_t>() + 1;
    EXPECT_EQ(section(check(document), "scaling").mismatches, 1) << key;
  }
}

TEST(LimitsReference, AnotherDivisionOfTheSameClusterIsAMismatch) {
  ordered_json document = small();
  document["frontier"][0]["rows"][0]["TP_ff_tup"] = {4, 2};
  EXPECT_EQ(section(check(document), "frontier").mismatches, 1);
}

TEST(LimitsReference, ConstantsOfTheFileAreUsed) {
  ordered_json document = small();
  document["constants"]["chinchilla_tokens_per_param"] = 40;
  EXPECT_GT(section(check(document), "scaling").mismatches, 0);
}

TEST(LimitsReference, GpusOfTheFileAreUsed) {
  ordered_json document = {{"gpus", small()["gpus"]}, {"matmul", small()["matmul"]}};
  for (auto& [name, gpu] : document["gpus"].items()) gpu["latency_per_matmul_s"] = 1;
  for (ordered_json& entry : document["matmul"]) {
    const bool is_quick = entry["gpu"] == "H100 SXM Low Latency";
    entry["time_s"] = entry["time_s"].get<double>() - (is_quick ? 4.5e-7 : 4.5e-6) + 1;
  }
  EXPECT_TRUE(check(document).holds());
}

TEST(LimitsReference, SectionsMayBeMissing) {
  const ReferenceCheck result = check({{"comm", published()["comm"]}});
  EXPECT_TRUE(result.holds());
  ASSERT_EQ(result.sections.size(), 1U);
  EXPECT_EQ(result.sections[0].entries, 21);
  EXPECT_EQ(result.remarks.size(), 2U);  // constants and GPUs are the published ones
}

TEST(LimitsReference, UnknownSectionsAreNamedAndLeftOut) {
  const ReferenceCheck result = check({{"comm", published()["comm"]}, {"weather", {1, 2}}});
  EXPECT_TRUE(result.holds());
  EXPECT_NE(result.remarks.back().find("weather"), std::string::npos);
}

TEST(LimitsReference, AFileWithNothingToRecomputeIsRefused) {
  EXPECT_NE(complaint({{"weather", {1, 2}}}).find("holds nothing to recompute"), std::string::npos);
}

TEST(LimitsReference, BrokenPlacesAreNamed) {
  using Spoil = std::function<void(ordered_json&)>;
  const std::vector<std::pair<std::string, Spoil>> cases = {
      {"matmul[0].gpu", [](auto& d) { d["matmul"][0]["gpu"] = "H1000"; }},
      {"matmul[0].time_s", [](auto& d) { d["matmul"][0].erase("time_s"); }},
      {"matmul[1].b", [](auto& d) { d["matmul"][1]["b"] = -8; }},
      {"matmul", [](auto& d) { d["matmul"] = 3; }},
      {"comm[2].op", [](auto& d) { d["comm"][2]["op"] = "gossip"; }},
      {"comm[2].level", [](auto& d) { d["comm"][2]["level"] = 2; }},
      {"gpus.A100 SXM.hbm_Bps", [](auto& d) { d["gpus"]["A100 SXM"]["hbm_Bps"] = -1; }},
      {"gpus.A100 SXM.l2_Bps", [](auto& d) { d["gpus"]["A100 SXM"]["l2_Bps"] = nullptr; }},
      {"gpus.A100 SXM.hbm_Bps", [](auto& d) { d["gpus"]["A100 SXM"]["hbm_Bps"] = "inf"; }},
      {"gpus.A100 SXM.level_sizes",
       [](auto& d) {
         d["gpus"]["A100 SXM"]["level_sizes"] = {8, 8};
       }},
      {"gpus.A100 SXM.effective_utilization",
       [](auto& d) { d["gpus"]["A100 SXM"]["effective_utilization"] = 1.5; }},
      {"constants.run_duration_years", [](auto& d) { d["constants"]["run_duration_years"] = 0; }},
      {"constants.rounding", [](auto& d) { d["constants"]["rounding"] = "to the nearest"; }},
      {"constants.sparsity", [](auto& d) { d["constants"]["sparsity"] = "8*d_model"; }},
      {"constants.critical_batch.exponent",
       [](auto& d) { d["constants"]["critical_batch"]["exponent"] = "1/0"; }},
      {"training_results[0].inputs.PP_tup",
       [](auto& d) { d["training_results"][0]["inputs"]["PP_tup"] = {64}; }},
      {"training_results[0].inputs.layers",
       [](auto& d) { d["training_results"][0]["inputs"]["layers"] = 1e300; }},
      {"closed_form[0].B100",
       [](auto& d) { d["closed_form"][0]["B100"] = d["closed_form"][0]["A100 SXM"]; }},
      {"frontier[0].setting", [](auto& d) { d["frontier"][0]["setting"] = "base"; }},
      {"frontier[0].rows[0].n_gpu", [](auto& d) { d["frontier"][0]["rows"][0]["n_gpu"] = "many"; }},
  };
  for (const auto& [place, spoil] : cases) {
    const std::string text = complaint_after(spoil);
    EXPECT_EQ(text.rfind("values.json: " + place + ": ", 0), 0U) << place << " -> " << text;
  }
}

TEST(LimitsReference, HugeWaysAreRefused) {
  const std::string text = complaint_after([](ordered_json& d) {
    for (const char* key : {"DP_tup", "PP_tup", "EP_tup"}) {
      d["training_results"][0]["inputs"][key] = {1LL << 40, 1};
    }
  });
  EXPECT_NE(text.find("at most 2^62"), std::string::npos) << text;
}

}  // namespace
}  // namespace shortfall
