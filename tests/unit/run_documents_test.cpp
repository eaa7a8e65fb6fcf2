// What documents of training runs say of failures, and what makes rows of one document collide.
#include <gtest/gtest.h>

#include "tests/unit/refusal.hpp"
#include "tests/unit/sample_documents.hpp"

namespace shortfall {
namespace {

using Json = nlohmann::ordered_json;

RunRow with_reliability(const Json& reliability) {
  return sample::row_after([&](Json& run) { run["reliability"] = reliability; });
}

const Json failures{{"between_failures_of_gpu_s", 1.5e8}, {"checkpoint_s", 30}, {"restart_s", 0}};

TEST(Reliability, IsReadWithASpareAtHandUnlessTold) {
  const RunRow row = with_reliability(failures);

  ASSERT_TRUE(row.run) << row.why_not;
  EXPECT_EQ(row.run->reliability->between_failures_of_gpu.value, 1.5e8);
  EXPECT_EQ(row.run->reliability->checkpoint.value, 30);
  EXPECT_TRUE(row.run->reliability->has_spares);
  EXPECT_EQ(row.run->assumed.front(), "reliability.has_spares = true");
}

TEST(Reliability, AsksForTheRepairWhereThereAreNoSpares) {
  Json told = failures;
  told["has_spares"] = false;
  EXPECT_EQ(with_reliability(told).why_not,
            "runs.json: row 1 (lab-7): reliability.repair_s: expected a number, found nothing");

  told["repair_s"] = 86400;
  EXPECT_EQ(with_reliability(told).run->reliability->repair.value, 86400);
}

TEST(Reliability, IsUnknownWhereItIsNull) {
  EXPECT_FALSE(with_reliability(nullptr).run->reliability);
}

TEST(Reliability, IsRefusedWithTheField) {
  const auto complaint = [](const char* key, const Json& value) {
    Json told = failures;
    told[key] = value;
    const RunRow row = with_reliability(told);
    return row.is_faulty ? row.why_not.substr(row.where.size()) : "accepted";
  };
  EXPECT_EQ(complaint("checkpoint_s", -1),
            ": reliability.checkpoint_s: expected 0 to 1e+12 s, found -1");
  EXPECT_EQ(complaint("between_failures_of_gpu_s", 0),
            ": reliability.between_failures_of_gpu_s: expected 1 to 1e+12 s, found 0");
  EXPECT_EQ(complaint("restart_s", "1 h").find(": reliability.restart_s: expected a number"), 0U);
  EXPECT_EQ(complaint("has_spares", 1).find(": reliability.has_spares: expected true or false"),
            0U);
  EXPECT_EQ(complaint("spares", 1).find(": reliability.spares: expected a key that is known"), 0U);
}

TEST(RunDocuments, HaveEachIdOnce) {
  const Json run = sample::good_run();

  const auto rows = runs_from(Json{{"rows", {run, run, run}}}.dump(), "runs.json");

  EXPECT_FALSE(rows[0].is_faulty);
  EXPECT_FALSE(rows[1].run);
  EXPECT_TRUE(rows[1].is_faulty);
  EXPECT_EQ(rows[2].why_not,
            "runs.json: row 3 (lab-7): id: expected each id once, found it in row 1, too");
}

TEST(RunDocuments, HaveSoManyRowsThatTheyCanBeAnswered) {
  std::string text = "[{}";
  for (int i = 0; i < 20'000; ++i) text += ",{}";

  EXPECT_EQ(refusal_of([&] { (void)runs_from(text + "]", "runs.json"); }),
            "runs.json: rows: expected at most 20000, found 20001: split the document");
}

}  // namespace
}  // namespace shortfall
