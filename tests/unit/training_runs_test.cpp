// What is read of documents of training runs.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/error.hpp"
#include "tests/unit/sample_documents.hpp"

namespace shortfall {
namespace {

using Json = nlohmann::ordered_json;
using Texts = std::vector<std::string>;

const std::vector<RunRow>& published() {
  static const std::vector<RunRow> rows =
      runs_from(sample::text_of_data("training_runs.json"), "runs.json");
  return rows;
}

const RunRow& published(const std::string& id) {
  return *std::ranges::find(published(), id, &RunRow::id);
}

TrainingRun run_after(const std::function<void(Json&)>& change) {
  const RunRow row = sample::row_after(change);
  return row.run ? *row.run : throw BadUsage(row.why_not);
}

// None of these runs tells which programs trained it: each names what was assumed of them, once.
Texts told_assumptions(const TrainingRun& run) {
  Texts others = run.assumed;
  const auto about_software =
      std::erase_if(others, [](const auto& text) { return text.starts_with("software = "); });
  EXPECT_EQ(about_software, 1U);
  return others;
}

// The defaults that were taken where `keys` are null.
Texts assumed_without(
    const Texts& keys, const std::function<void(Json&)>& change = [](Json&) {}) {
  return told_assumptions(run_after([&](Json& run) {
    change(run);
    for (const std::string& key : keys) run[key] = nullptr;
  }));
}

std::string complaint_about(const std::string& text) {
  try {
    (void)runs_from(text, "runs.json");
  } catch (const BadUsage& refused) {
    return refused.what();
  }
  return "accepted";
}

TEST(TrainingRuns, TakeEveryKeyOfTheForm) {
  const TrainingRun run = run_after([](Json&) {});

  EXPECT_EQ(run.id, "lab-7");
  EXPECT_EQ(run.gpus, 512);
  EXPECT_EQ(run.architecture.experts->count, 16);
  EXPECT_EQ(run.architecture.experts->dense_layers, 2);
  EXPECT_EQ(run.architecture.experts->groups_per_token, 3);
  EXPECT_EQ(run.architecture.experts->imbalance, 1.25);
  EXPECT_EQ(run.architecture.experts->published_active, 1.2e10);
  EXPECT_EQ(run.fabric.scale_up->value, 450e9);
  EXPECT_EQ(run.fabric.scale_out->value, 50e9);
  EXPECT_EQ(run.fabric.scale_up_gpus, 8);
  EXPECT_EQ(run.peak->value, 989.4e12);
  EXPECT_EQ(run.split.chunks, 4);
  EXPECT_EQ(run.split.experts, 16);
  EXPECT_EQ(run.split.shards, 4);
  EXPECT_EQ(run.sharding, Sharding::hybrid);
  EXPECT_EQ(run.context_exchange, ContextExchange::all_gather);
  EXPECT_EQ(run.outer->local_steps, 500);
  EXPECT_EQ(run.outer->link.value, 1.25e10);
  EXPECT_EQ(run.others.front().gpus, 256);
  EXPECT_EQ(run.measured->value, 12.5);
  EXPECT_EQ(told_assumptions(run), Texts{});
}

TEST(TrainingRuns, AreReadFromPublishedOnesOfEverySource) {
  int predictable = 0;
  for (const RunRow& row : published()) {
    EXPECT_FALSE(row.is_faulty) << row.why_not;
    predictable += row.run ? 1 : 0;
  }
  EXPECT_EQ(published().size(), 16U);
  EXPECT_EQ(predictable, 14);
}

TEST(TrainingRuns, WithoutWhatAPredictionNeedsAreNoErrorButAnsweredWithTheReason) {
  const RunRow& row = published("palm-gpt3");

  EXPECT_FALSE(row.run);
  EXPECT_FALSE(row.is_faulty);
  EXPECT_EQ(row.why_not,
            "runs.json: row 4 (palm-gpt3): cannot be predicted without gpus, global_batch_seqs, "
            "which are null");
  EXPECT_NO_THROW(refuse_faulty(published()));
}

TEST(TrainingRuns, KnowWhatFreeTextOfSourcesMeans) {
  const TrainingRun& selective = *published("kort22-gpt-175B-seqsel").run;
  EXPECT_EQ(selective.recompute, Recompute::selective);
  EXPECT_TRUE(selective.split.sequence_parallel);
  EXPECT_EQ(selective.schedule, Schedule::interleaved);
  EXPECT_FALSE(published("kort22-gpt-175B-full").run->split.sequence_parallel);

  const TrainingRun& palm = *published("palm-540b").run;
  EXPECT_EQ(palm.sharding, Sharding::hybrid);
  EXPECT_EQ(palm.split.shards, 256);
  EXPECT_EQ(palm.recompute, Recompute::full);

  EXPECT_EQ(published("deepseek-v3").run->schedule, Schedule::dual_pipe);
  EXPECT_EQ(published("deepseek-v3").run->sharding, Sharding::optimizer);
  EXPECT_EQ(published("mbridge-25.11-llama3-8B-8-gbs128").run->sharding, Sharding::parameters);
}

TEST(TrainingRuns, MeetThePublishedArithmeticOfTheirSources) {
  for (const RunRow& row : published()) {
    if (!row.run) continue;
    const auto document = Json::parse(sample::text_of_data("training_runs.json"));
    const auto& rows = document["rows"];
    const auto found =
        std::ranges::find_if(rows, [&](const Json& one) { return one["id"] == row.id; });
    const auto flops = flops_per_token(row.run->architecture, row.run->seq_len, row.run->recompute);
    const double palm = (*found)["derived"]["palm_6N_12LHQT_per_token"].get<double>();
    const double causal = (*found)["derived"]["model_flops_per_token_causal"].get<double>();
    EXPECT_NEAR(flops.palm.value / palm, 1, 0.002) << row.id;
    EXPECT_NEAR(flops.causal.value / causal, 1, 0.002) << row.id;
  }
}

TEST(TrainingRuns, TakeAndNameADefaultForWhatIsNull) {
  EXPECT_EQ(assumed_without({"micro_batch", "vp"}), (Texts{"vp = 1", "micro_batch = 1"}));
  EXPECT_EQ(assumed_without({"recompute", "precision"}),
            (Texts{"recompute = none", "precision = bf16"}));
  EXPECT_EQ(assumed_without({"schedule"}), Texts{"schedule = interleaved 1F1B"});
  EXPECT_EQ(assumed_without({"schedule", "vp"}), (Texts{"vp = 1", "schedule = 1F1B"}));
  EXPECT_EQ(assumed_without({"context_exchange"}), Texts{"context_exchange = ring"});
  EXPECT_EQ(assumed_without({"network"}), Texts{"network = that of the datasheet"});
  EXPECT_EQ(assumed_without({"dp"}), Texts{"dp = gpus / (tp x pp x cp) = 8"});
  EXPECT_EQ(assumed_without({"gpus"}), Texts{"gpus = tp x pp x dp x cp = 512"});
  EXPECT_EQ(assumed_without({"fsdp_or_zero", "shards"}), Texts{"fsdp_or_zero = none"});
  EXPECT_EQ(assumed_without({"shards"}), Texts{"shards = the ranks of a host"});
}

TEST(TrainingRuns, DeriveTheBatchFromItsTokens) {
  const auto tokens = [](Json& run) { run["tokens_per_iter"] = 256 * 8192; };

  EXPECT_EQ(assumed_without({"global_batch_seqs"}, tokens),
            Texts{"global_batch_seqs = tokens_per_iter / seq_len = 256"});
}

TEST(TrainingRuns, TakeDefaultsOfTheArchitecture) {
  const TrainingRun run = run_after([](Json& r) {
    for (const auto* key : {"kv_heads", "head_dim", "ffn"}) r["arch"][key] = nullptr;
    for (const auto* key : {"dense_layers", "shared", "moe_ffn"}) r["arch"]["moe"].erase(key);
  });

  EXPECT_EQ(
      told_assumptions(run),
      (Texts{"arch.kv_heads = 32", "arch.head_dim = 128", "arch.ffn = 16384", "arch.moe.shared = 0",
             "arch.moe.dense_layers = 0", "arch.moe.moe_ffn = 16384"}));
}

// DeepSeek routes a token to experts on 4 hosts at most (arXiv 2412.19437, section 2.1.2); nobody
// else is known to.
TEST(TrainingRuns, SendTokensToFewHostsWhereTheirAttentionIsLatent) {
  const auto hosts = [](bool is_latent) {
    return run_after([&](Json& r) {
             r["arch"]["moe"].erase("groups_per_token");
             if (is_latent) r["arch"]["mla"] = {{"kv_lora", 512}, {"qk_nope", 128}, {"v", 128}};
           })
        .architecture.experts->groups_per_token;
  };
  EXPECT_EQ(hosts(true), 4);
  EXPECT_EQ(hosts(false), 0);
}

TEST(TrainingRuns, AreSequenceParallelWhereNothingIsToldOnlyInRecentRecipes) {
  const auto untold = [](std::int64_t year, const std::string& precision, std::int64_t seq_len) {
    return run_after([&](Json& run) {
             run["sequence_parallel"] = nullptr;
             run["year"] = year;
             run["precision"] = precision;
             run["seq_len"] = seq_len;
           })
        .split.sequence_parallel;
  };
  EXPECT_TRUE(untold(2024, "bf16", 8192));
  EXPECT_FALSE(untold(2022, "bf16", 8192));
  EXPECT_FALSE(untold(2024, "fp16", 8192));
  EXPECT_FALSE(untold(2024, "bf16", 8190)) << "8 does not divide it";
}

TEST(TrainingRuns, ShardOverGroupsWhereFewerRanksThanThereAreAreTold) {
  const TrainingRun run = run_after([](Json& r) {
    r["fsdp_or_zero"] = "FSDP8";
    r["shards"] = nullptr;
  });

  EXPECT_EQ(run.sharding, Sharding::hybrid);
  EXPECT_EQ(run.split.shards, 8);
}

TEST(TrainingRuns, TakeTheReportedTimeWhereNoneIsDerived) {
  const TrainingRun run = run_after([](Json& r) {
    r["derived"] = nullptr;
    r["reported"]["iter_s"] = 13;
  });

  EXPECT_EQ(run.measured->value, 13);
}

TEST(TrainingRuns, MayBeAListOrOneRunAndMayHaveNoName) {
  Json run = sample::good_run();
  const auto alone = runs_from(run.dump(), "run.json");
  run.erase("id");
  const auto listed = runs_from(Json{run, run}.dump(), "runs.json");

  EXPECT_EQ(alone.front().where, "run.json (lab-7)");
  EXPECT_TRUE(alone.front().run);
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[1].where, "runs.json: row 2");
  EXPECT_EQ(listed[1].run->id, "unnamed-0002");
}

TEST(TrainingRuns, MayBeWrittenAsInTheManual) {
  const std::string manual = sample::text_of(SHORTFALL_SOURCE_DIR "/docs/training_runs.md");
  const std::string opening = "```json\n";
  const std::size_t begin = manual.find(opening) + opening.size();

  const RunRow row =
      runs_from(manual.substr(begin, manual.find("```", begin) - begin), "manual").front();

  EXPECT_TRUE(row.run) << row.why_not;
}

TEST(TrainingRuns, MayHaveComments) {
  EXPECT_TRUE(sample::row_after([](Json& run) { run["_why"] = {{"x", 1}}; }).run);
  EXPECT_TRUE(sample::row_after([](Json& run) { run["arch"]["_from"] = "a paper"; }).run);
}

TEST(TrainingRuns, AreReadFromTheTableOfOneNode) {
  const auto rows = runs_from(sample::text_of_data("training_runs_table.json"), "table.json");

  ASSERT_EQ(rows.size(), 5U);
  const TrainingRun& run = *rows[1].run;
  EXPECT_EQ(run.id, "vtrain1-0002");
  EXPECT_EQ(run.gpus, 8);
  EXPECT_EQ(run.batch, 32);
  EXPECT_EQ(run.micro_batch, 4);
  EXPECT_EQ(run.architecture.ffn, 4096);
  EXPECT_EQ(run.architecture.vocab, 51200);
  EXPECT_EQ(run.split.tensor, 2);
  EXPECT_EQ(run.recompute, Recompute::full);
  EXPECT_EQ(run.precision, Precision::fp16);
  EXPECT_DOUBLE_EQ(run.measured->value, 0.219732754);
}

struct Document {
  std::string text, complaint;
};

TEST(TrainingRuns, AreRefusedAsAWholeWhereNoRowsCanBeToldApart) {
  const std::string run = sample::good_run().dump();
  const std::vector<Document> documents{
      {"", "runs.json: is empty"},
      {"3", "runs.json: the document: expected an object"},
      {"[]", "runs.json: expected at least one training run"},
      {R"({"rows": []})", "runs.json: expected at least one training run"},
      {R"({"rows": {}})", "runs.json: rows: expected a list"},
      {R"({"rows": [3], "runs": 1})", "runs.json: runs: expected a key that is one of: rows"},
      {R"({"rows": [3], "rows": [3]})", "runs.json: rows: expected each key once"},
      {R"({"rows": [3], "columns": ["gpus"]})", "columns: expected the column gbs"},
      {R"({"rows": [3], "columns": ["gpu"]})", "columns[0]: expected one of: gpus"},
      {R"({"rows": [3], "columns": ["tp", "tp"]})", "columns[1]: expected each column once"},
      {R"({"rows": [)" + run + R"(, {"seq_len": NaN}]})", "in rows[1].seq_len or behind it"}};

  for (const Document& document : documents) {
    const std::string complaint = complaint_about(document.text);
    EXPECT_NE(complaint.find(document.complaint), std::string::npos) << complaint;
  }
}

TEST(TrainingRuns, AreOneWhereOneIsAskedFor) {
  const std::string run = sample::good_run().dump();

  EXPECT_EQ(single_run_from(run, "run.json").id, "lab-7");
  EXPECT_THROW(single_run_from("[" + run + "," + run + "]", "run.json"), BadUsage);
  EXPECT_THROW(single_run_from(R"({"tp": 3})", "run.json"), BadUsage);
}

}  // namespace
}  // namespace shortfall
