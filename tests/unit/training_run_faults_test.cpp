// What no training run can be is answered with one sentence that names row and field.
#include <gtest/gtest.h>

#include <limits>

#include "core/error.hpp"
#include "model/training/check_run.hpp"
#include "tests/unit/sample_documents.hpp"

namespace shortfall {
namespace {

using Json = nlohmann::ordered_json;

std::string complaint_after(const std::function<void(Json&)>& change) {
  const RunRow row = sample::row_after(change);
  if (row.run) return "accepted";
  return (row.is_faulty ? "" : "not told: ") + row.why_not;
}

struct Fault {
  std::string name;
  std::string change;  // merged into the good run (RFC 7396, without its erasing nulls)
  std::string complaint;
};

// Objects are merged, everything else replaced.
void merge(Json& into, const Json& change) {
  for (const auto& [key, value] : change.items()) {
    if (value.is_object() && into.contains(key) && into[key].is_object()) {
      merge(into[key], value);
    } else {
      into[key] = value;
    }
  }
}

class FaultyRun : public ::testing::TestWithParam<Fault> {};

TEST_P(FaultyRun, IsRefusedWithRowAndField) {
  const std::string complaint =
      complaint_after([&](Json& run) { merge(run, Json::parse(GetParam().change)); });

  EXPECT_EQ(complaint.find("runs.json: row 1 (lab-7): " + GetParam().complaint), 0U) << complaint;
  EXPECT_EQ(complaint.find('\n'), std::string::npos);
}

std::string name_of(const ::testing::TestParamInfo<Fault>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(
    Splits, FaultyRun,
    ::testing::Values(
        Fault{"Product", R"({"gpus": 511})",
              "gpus: expected tp x pp x dp x cp = 4 x 8 x 8 x 2 = 512, found 511"},
        Fault{"ProductThatOverflows",
              R"({"tp": 1073741824, "pp": 1073741824, "dp": 1073741824, "cp": 4})",
              "gpus: expected tp x pp x dp x cp = "},
        Fault{"Heads", R"({"arch": {"heads": 40}, "tp": 16, "dp": 2})",
              "tp: expected a divisor of arch.heads = 40, found 16"},
        Fault{"HeadsOfKeys", R"({"arch": {"heads": 36, "kv_heads": 9}})",
              "tp: expected a divisor or a multiple of arch.kv_heads = 9, found 4"},
        Fault{"FeedForward", R"({"arch": {"ffn": 4098}})",
              "tp: expected a divisor of arch.ffn = 4098, found 4"},
        Fault{"Stages", R"({"arch": {"layers": 6}})",
              "pp: expected at most one stage for each of the 6 layers, found 8"},
        Fault{"Chunks", R"({"vp": 9})", "vp: expected at most 66 chunks for 64 layers"},
        Fault{"Batch", R"({"global_batch_seqs": 250})",
              "global_batch_seqs: expected a multiple of dp x micro_batch = 8 x 2, found 250"},
        Fault{"Sequence", R"({"seq_len": 8191})",
              "cp: expected a divisor of seq_len = 8191, found 2"},
        Fault{"SequenceParallel", R"({"seq_len": 8194})",
              "sequence_parallel: expected false, for cp x tp = 2 x 4 do not divide seq_len"},
        Fault{"Ulysses",
              R"({"context_exchange": "all_to_all", "arch": {"heads": 4, "kv_heads": 4}})",
              "cp: expected a divisor of arch.heads / tp with all_to_all = 1, found 2"},
        Fault{"Experts", R"({"ep": 3})",
              "ep: expected a divisor of arch.moe.experts = 16, found 3"},
        Fault{"ExpertsOverRanks", R"({"ep": 128, "arch": {"moe": {"experts": 128}}})",
              "ep: expected a divisor of tp x dp x cp = 64, found 128"},
        Fault{"NoExperts", R"({"arch": {"moe": null}})",
              "ep: expected 1 without arch.moe, found 16"},
        Fault{"Shards", R"({"shards": 5})", "shards: expected a divisor of dp x cp = 16, found 5"},
        Fault{"ShardsOfNothing", R"({"fsdp_or_zero": "ZeRO-1"})",
              "shards: expected none, for fsdp_or_zero is not hybrid, found 4"},
        Fault{"Clusters", R"({"outer": {"clusters": 3}})",
              "outer.clusters: expected a divisor of dp = 8, found 3"},
        Fault{"Classes", R"({"device_classes": [{"gpu": "B200", "gpus": 512}]})",
              "device_classes: expected fewer than the 512 GPUs"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Shapes, FaultyRun,
    ::testing::Values(
        Fault{"KeysOfHeads", R"({"arch": {"kv_heads": 5}})",
              "arch.kv_heads: expected a divisor of arch.heads = 32, found 5"},
        Fault{"MoreKeysThanHeads", R"({"arch": {"kv_heads": 64}})",
              "arch.kv_heads: expected a whole number from 1 to 32, found 64"},
        Fault{"HeadDim", R"({"arch": {"head_dim": null, "heads": 33, "kv_heads": 33}})",
              "arch.head_dim: expected a whole number, for heads = 33 does not divide hidden"},
        Fault{"ExpertsPerToken", R"({"arch": {"moe": {"topk": 17}}})",
              "arch.moe.topk: expected a whole number from 1 to 16, found 17"},
        Fault{"DenseLayers", R"({"arch": {"moe": {"dense_layers": 64}}})",
              "arch.moe.dense_layers: expected a whole number from 0 to 63, found 64"},
        Fault{"Imbalance", R"({"arch": {"moe": {"imbalance": 0.5}}})",
              "arch.moe.imbalance: expected 1 to 16 times the mean"},
        Fault{"Parameters",
              R"({"arch": {"layers": 100000, "hidden": 60000000, "vocab": 60000000}})",
              "arch: expected at most 2^53 parameters"},
        Fault{"Tokens", R"({"global_batch_seqs": 68719476736, "seq_len": 268435456})",
              "global_batch_seqs: expected at most 2^53 tokens"},
        Fault{"Latent", R"({"arch": {"mla": {"kv_lora": 0, "qk_nope": 128, "v": 128}}})",
              "arch.mla.kv_lora: expected a whole number from 1"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Words, FaultyRun,
    ::testing::Values(
        Fault{"Key", R"({"micro_bach": 1})",
              "micro_bach: expected a key that is known (nearest: micro_batch, "},
        Fault{"KeyOfArch", R"({"arch": {"layer": 1}})",
              "arch.layer: expected a key that is known (nearest: layers, "},
        Fault{"KeyOfExperts", R"({"arch": {"moe": {"top_k": 1}}})",
              "arch.moe.top_k: expected a key that is known (nearest: topk, "},
        Fault{"KeyThatRulesTerminals", "{\"a\\u001b[2J\": 1}",
              "a\\u001b[2J: expected a key that is known"},
        Fault{"Sharding", R"({"fsdp_or_zero": "shared"})",
              "fsdp_or_zero: expected none, DDP, a distributed optimizer"},
        Fault{"Recompute", R"({"recompute": "a bit"})",
              "recompute: expected none, selective or full, found \"a bit\""},
        Fault{"Precision", R"({"precision": "fp12"})",
              "precision: expected bf16, fp16, fp8 or fp32, found \"fp12\""},
        Fault{"Schedule", R"({"schedule": "random"})", "schedule: expected 1F1B, interleaved"},
        Fault{"Exchange", R"({"context_exchange": "carrier pigeon"})",
              "context_exchange: expected ring, all_gather or all_to_all"},
        Fault{"Gpu", R"({"gpu": "H100\n80GB"})", "gpu: expected 1 to 200 printable characters"},
        Fault{"PeakInTera", R"({"peak_flops_per_gpu": 989.4})",
              "peak_flops_per_gpu: expected 1e+08 to 1e+18 FLOP/s, found 989.4"},
        Fault{"LinkInBytes", R"({"network": {"nvlink_uni_GBps": 450e9}})",
              "network.nvlink_uni_GBps: expected 0.001 to 1e+06 GB/s, found 4.5e+11"},
        Fault{"NoLink", R"({"outer": {"link_bytes_per_s": null}})",
              "outer.link_bytes_per_s: expected bytes per second"},
        Fault{"Time", R"({"derived": {"iter_s": -1}})",
              "derived.iter_s: expected a number of seconds greater than 0, found -1"}),
    name_of);

// Every place of the good run, as path.
void each_place(const Json& at, const Json::json_pointer& path,
                const std::function<void(const Json::json_pointer&, const std::string&)>& visit,
                const std::string& name = "") {
  if (!name.empty()) visit(path, name);
  for (const auto& [key, value] : at.items()) {
    const bool is_element = at.is_array();
    const std::string here = is_element     ? name + "[" + key + "]"
                             : name.empty() ? key
                                            : name + "." + key;
    const Json::json_pointer child =
        is_element ? path / static_cast<std::size_t>(std::stoul(key)) : path / key;
    if (value.is_structured()) {
      each_place(value, child, visit, here);
    } else {
      visit(child, here);
    }
  }
}

TEST(SpoiledRuns, AreRefusedInOneSentenceThatNamesTheField) {
  const std::vector<Json> spoiled{-1,
                                  0,
                                  2.5,
                                  1e300,
                                  -1e300,
                                  std::int64_t{1} << 62,
                                  "\x01",
                                  Json::array(),
                                  Json::object(),
                                  true,
                                  Json::array({1, {}})};
  int refused = 0;
  each_place(sample::good_run(), Json::json_pointer(),
             [&](const Json::json_pointer& path, const std::string& name) {
               for (const Json& value : spoiled) {
                 const std::string complaint =
                     complaint_after([&](Json& run) { run[path] = value; });
                 if (complaint == "accepted") continue;
                 ++refused;
                 EXPECT_EQ(complaint.find("runs.json: row 1"), 0U) << complaint;
                 EXPECT_NE(complaint.find(name.substr(0, name.find('['))), std::string::npos)
                     << name << " = " << value << ": " << complaint;
                 EXPECT_LT(complaint.size(), 900U) << complaint;
               }
             });
  EXPECT_GT(refused, 350);
}

TEST(SpoiledRuns, WithNullsAreAnsweredOrTakeADefault) {
  each_place(
      sample::good_run(), Json::json_pointer(),
      [&](const Json::json_pointer& path, const std::string& name) {
        const std::string complaint = complaint_after([&](Json& run) { run[path] = nullptr; });
        const bool is_answered = complaint == "accepted" || complaint.starts_with("not told: ") ||
                                 complaint.find(": expected ") != std::string::npos;
        EXPECT_TRUE(is_answered) << name << ": " << complaint;
      });
}

TEST(SpoiledRuns, LeaveTheOtherRowsToThoseWhoWantThem) {
  Json bad = sample::good_run();
  bad["id"] = "lab-8";
  bad["tp"] = 3;
  const auto rows =
      runs_from(Json{{"rows", {sample::good_run(), bad, 3, nullptr}}}.dump(), "runs.json");

  EXPECT_TRUE(rows[0].run);
  EXPECT_TRUE(rows[1].is_faulty);
  EXPECT_EQ(rows[2].why_not, "runs.json: row 3: expected an object, found a number");
  EXPECT_EQ(rows[3].why_not, "runs.json: row 4: expected an object, found null");
  EXPECT_THROW(
      {
        try {
          refuse_faulty(rows);
        } catch (const BadUsage& fault) {
          EXPECT_EQ(std::string(fault.what()), rows[1].why_not);
          throw;
        }
      },
      BadUsage);
}

TEST(SpoiledRuns, HaveNoKeyTwice) {
  const std::string good = sample::good_run().dump();
  std::string twice = good;
  twice.replace(twice.find("\"heads\""), 0, "\"heads\": 32, ");
  const auto rows = runs_from("{\"rows\": [" + good + ", " + twice + "]}", "runs.json");

  EXPECT_TRUE(rows[0].run);
  EXPECT_EQ(rows[1].why_not,
            "runs.json: row 2 (lab-7): arch.heads: expected each key once, found it twice");
  EXPECT_EQ(runs_from(twice, "run.json").front().why_not,
            "run.json (lab-7): arch.heads: expected each key once, found it twice");
}

TEST(SpoiledRuns, OfATableNameTheirRow) {
  const std::string columns =
      R"("columns": ["gpus","gbs","mbs","hidden","heads","layers","seq","tp","dp","pp","iter_ms"])";
  const auto rows = runs_from("{" + columns + R"(, "rows": [[1], {}, 
      [2, 16, 8, 1024, 16, 24, 1024, 1, 1, 4, 372], [2, 16, 8, 1024, 16, 24, 1024, 1, 1, 2, "x"],
      [2, 16, 8, 1024, 16, 24, 1024, 1, 1, 2, null]]})",
                              "t.json");

  EXPECT_EQ(rows[0].why_not,
            "t.json: row 1: expected a list of 11 numbers, one of each column, found 1");
  EXPECT_EQ(rows[1].why_not,
            "t.json: row 2: expected a list of 11 numbers, one of each column, found an object");
  EXPECT_EQ(rows[2].why_not.find("t.json: row 3 (vtrain1-0003): gpus: expected tp x pp"), 0U);
  EXPECT_EQ(rows[3].why_not.find("t.json: row 4: iter_ms: "), 0U) << rows[3].why_not;
  EXPECT_TRUE(rows[4].run);
}

TEST(RunsMadeByPrograms, AreCheckedAlike) {
  TrainingRun run = *sample::row_after([](Json&) {}).run;
  EXPECT_FALSE(fault_in(run));

  run.fabric.scale_out = Bandwidth{std::numeric_limits<double>::quiet_NaN()};
  EXPECT_EQ(fault_in(run)->field, "network.nic_uni_GBps_per_gpu");

  run.split.tensor = 0;
  EXPECT_EQ(fault_in(run)->field, "tp");

  EXPECT_EQ(fault_in(TrainingRun{})->field, "arch.layers");
}

}  // namespace
}  // namespace shortfall
