// The key `shortfall` of report.json: what is written, that it is read back, and what is refused.
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "report/json.hpp"
#include "tests/unit/refusal.hpp"
#include "tests/unit/sample_report.hpp"

namespace shortfall {
namespace {

using Json = nlohmann::ordered_json;

Json image() { return Json::parse(json_of(sample::report())); }

Shortfall read_back(const Shortfall& shortfall) {
  Report report = sample::report();
  report.shortfall = shortfall;
  return report_from(json_of(report), "r.json").shortfall.value();
}

std::string complaint_after(const std::function<void(Json&)>& change) {
  Json document = image();
  change(document["shortfall"]);
  return refusal_of([&] { report_from(document.dump(), "r.json"); });
}

TEST(ShortfallJson, OfARunWithoutAWorkloadIsNull) {
  Report report = sample::report();
  report.shortfall.reset();

  const std::string document = json_of(report);

  EXPECT_TRUE(Json::parse(document)["shortfall"].is_null());
  EXPECT_FALSE(report_from(document, "r.json").shortfall);
}

TEST(ShortfallJson, KeepsRowsAndCulprits) {
  const Shortfall found = read_back(sample::shortfall());

  ASSERT_EQ(found.waterfall.size(), sample::shortfall().waterfall.size());
  EXPECT_EQ(found.waterfall[9].share_ppt, -30'000'000'000);
  EXPECT_EQ(found.waterfall[9].delta, Seconds{-0.03});
  EXPECT_FALSE(found.waterfall[0].culprit);
  const Culprit slow = found.waterfall[8].culprit.value();
  EXPECT_EQ(slow.rank, 1);
  EXPECT_EQ(slow.host, "node02");
  EXPECT_EQ(slow.device, "");
  EXPECT_EQ(slow.mfu_without, 0.413);
  EXPECT_FALSE(found.waterfall[7].culprit.value().rank);
}

TEST(ShortfallJson, KeepsWhatWasNotMeasuredOrNotAsked) {
  Shortfall shortfall = sample::shortfall();
  shortfall.measured_step.reset();
  shortfall.decode.reset();
  shortfall.at_scale.reset();

  const Shortfall found = read_back(shortfall);

  EXPECT_FALSE(found.measured_step || found.decode || found.at_scale);
  EXPECT_FALSE(found.parts.at(2).measured);
  EXPECT_EQ(found.parts.at(0).measured, Seconds{0.2});
}

TEST(ShortfallJson, TellsTheSumOfElasticitiesBesideThem) {
  const Json elasticity = image()["shortfall"]["elasticity"];

  EXPECT_NEAR(elasticity["sum"].get<double>(), 0.975, 1e-12);
  EXPECT_EQ(read_back(sample::shortfall()).elasticity, sample::shortfall().elasticity);
}

TEST(ShortfallJson, ChecksItsOwnSums) {
  const Json shortfall = image()["shortfall"];

  EXPECT_EQ(shortfall["sum_check_ppt"], 0);
  EXPECT_EQ(shortfall["at_scale"]["sum_check_ppt"], 0);
}

TEST(ShortfallJson, IsRefusedIfItsSharesAreNoWhole) {
  EXPECT_EQ(complaint_after([](Json& s) { s["waterfall"][1]["share_ppt"] = 62'500'000'001; }),
            "r.json: shortfall.waterfall: expected rows whose share_ppt are 1000000000000 together "
            "and not 1000000000001, found a list");
  EXPECT_EQ(complaint_after([](Json& s) { s["at_scale"]["waterfall"].erase(1); }),
            "r.json: shortfall.at_scale.waterfall: expected rows whose share_ppt are 1000000000000 "
            "together and not 312000000000, found a list");
  EXPECT_NE(complaint_after([](Json& s) { s["waterfall"] = Json::array(); }).find("and not 0"),
            std::string::npos);
}

TEST(ShortfallJson, IsRefusedIfASumWouldOverflow) {
  EXPECT_EQ(complaint_after([](Json& s) {
              s["waterfall"][0]["share_ppt"] = std::numeric_limits<std::int64_t>::max();
            }),
            "r.json: shortfall.waterfall[0].share_ppt: expected a whole number from "
            "-1000000000000000 to 1000000000000000, found 9223372036854775807");
  EXPECT_EQ(complaint_after([](Json& s) {
              s["waterfall"] = Json::array();
              for (int i = 0; i <= 1000; ++i) s["waterfall"].push_back(Json::object());
            }),
            "r.json: shortfall.waterfall: expected at most 1000 rows, found a list");
}

TEST(ShortfallJson, IsRefusedIfAShareIsNoWholeNumber) {
  EXPECT_TRUE(complaint_after([](Json& s) {
                s["waterfall"][0]["share_ppt"] = 0.5;
              }).starts_with("r.json: shortfall.waterfall[0].share_ppt: expected"));
  EXPECT_TRUE(complaint_after([](Json& s) {
                s["waterfall"][8]["culprit"]["rank"] = "one";
              }).starts_with("r.json: shortfall.waterfall[8].culprit.rank: expected"));
}

TEST(ShortfallJson, EveryRemovedKeyIsMissedUnlessItMayBeNull) {
  const std::set<std::string> may_lack{"measured_step_s", "decode", "at_scale", "sum_check_ppt"};
  const Json shortfall = image()["shortfall"];
  for (const auto& [key, value] : shortfall.items()) {
    const std::string complaint = complaint_after([&, name = key](Json& s) { s.erase(name); });

    const std::string expected = "r.json: shortfall." + key + ": expected";
    EXPECT_TRUE(complaint.starts_with(may_lack.contains(key) ? "accepted" : expected)) << complaint;
  }
}

}  // namespace
}  // namespace shortfall
