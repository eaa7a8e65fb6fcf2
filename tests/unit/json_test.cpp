// report.json: what is written, and that it is read back.
#include "report/json.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "tests/unit/sample_report.hpp"

namespace shortfall {
namespace {

using Json = nlohmann::ordered_json;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

Report read_back(const Report& report) { return report_from(json_of(report), "r.json"); }

TEST(ReportJson, ReadBackGivesTheSameDocument) {
  const std::string once = json_of(sample::report());

  EXPECT_EQ(json_of(report_from(once, "r.json")), once);
}

TEST(ReportJson, KeepsEveryBitOfANumber) {
  Report report = sample::report();
  for (const double value :
       {0.1 + 0.2, 1e-300, 5e-324, 1.7976931348623157e308, 9007199254740993.0, -0.0}) {
    report.findings[0].value = value;

    const auto found = read_back(report).findings[0].value;

    ASSERT_TRUE(found);
    EXPECT_EQ(*found, value);
    EXPECT_EQ(std::signbit(*found), std::signbit(value));
  }
}

TEST(ReportJson, KeepsTheLargestSeed) {
  EXPECT_EQ(read_back(sample::report()).run.seed, std::numeric_limits<std::uint64_t>::max());
}

TEST(ReportJson, KeepsAwkwardText) {
  Report report = sample::report();
  const std::string zero("a\0b", 3);
  for (const std::string& text :
       {std::string(), std::string("\"\\/\b\f\n\r\t"), std::string("\x01\x1f\x7f"),
        std::string("Zürich ✓ 🂡"), std::string("null"), zero}) {
    report.events[0].message = text;
    report.run.labels = {{text, text}};

    const Report found = read_back(report);

    EXPECT_EQ(found.events[0].message, text);
    EXPECT_EQ(found.run.labels, report.run.labels);
  }
}

TEST(ReportJson, ReplacesBytesThatAreNoUtf8RatherThanFailing) {
  Report report = sample::report();
  report.events[0].message = "a\xff";

  EXPECT_EQ(read_back(report).events[0].message, "a\xEF\xBF\xBD");
}

TEST(ReportJson, KeepsTheOrderOfParametersAndTheirKinds) {
  Report report = sample::report();
  const Params params({{"zebra", 3}, {"ant", "3"}, {"bytes", std::int64_t{1} << 62}});
  report.entries[0].result.params = params;

  EXPECT_EQ(read_back(report).entries[0].result.params, params);
}

TEST(ReportJson, WritesNotANumberAsNullAndReadsItBack) {
  Report report = sample::report();
  Measured m = sample::measured(1, 2);
  m.verification.wrong = WrongData{0, "h", {3, nan, 1}};
  report.entries[0].result.outcome = m;

  const Json document = Json::parse(json_of(report));
  const Report found = read_back(report);

  EXPECT_TRUE(document["results"][0]["verification"]["mismatch"]["got"].is_null());
  const auto& back = std::get<Measured>(found.entries[0].result.outcome).verification.wrong;
  ASSERT_TRUE(back);
  EXPECT_TRUE(std::isnan(back->mismatch.got));
  EXPECT_EQ(back->mismatch.want, 1);
}

TEST(ReportJson, WritesInfinityAsNull) {
  Report report = sample::report();
  report.findings[0].value = std::numeric_limits<double>::infinity();

  EXPECT_TRUE(Json::parse(json_of(report))["findings"][0]["value"].is_null());
}

TEST(ReportJson, KeepsEveryOutcome) {
  const Report found = read_back(sample::report());

  const auto outcome_of = [&](const std::string& key) {
    return std::ranges::find(found.entries, key, [](const Entry& e) { return e.result.key; })
        ->result.outcome;
  };
  EXPECT_TRUE(std::holds_alternative<Measured>(outcome_of("barrier/group=world")));
  EXPECT_EQ(std::get<Skipped>(outcome_of("all_to_all/bytes=4096,group=halves")).reason,
            "needs 4 ranks, the job has 2");
  const auto failed = std::get<Failed>(outcome_of("gemm/n=4096,dtype=bf16,group=all"));
  EXPECT_EQ(failed.rank, 1);
  EXPECT_EQ(failed.host, "node02");
}

TEST(ReportJson, KeepsEmptyListsOfRanksAndAbsentIntervals) {
  Report report = sample::report();
  Measured m = sample::measured(1, 2);
  m.timing.throughput = sample::times(1, 3);
  m.per_rank.all.clear();
  report.entries[0].result.outcome = m;

  const auto back = std::get<Measured>(read_back(report).entries[0].result.outcome);

  EXPECT_FALSE(back.timing.throughput->ci95);
  EXPECT_FALSE(back.timing.throughput->p99);
  EXPECT_FALSE(back.timing.isolated);
  EXPECT_TRUE(back.per_rank.all.empty());
}

TEST(ReportJson, TellsNotEachRankOfManyAsTheJournalDoes) {
  Report report = sample::report();
  Measured m = sample::measured(1, 1024);
  m.per_rank.adapters.assign(1024, "mlx5_0:1");
  report.entries[0].result.outcome = m;
  m.per_rank.all.push_back({1});
  m.per_rank.adapters.push_back("mlx5_0:1");
  report.entries[1].result.outcome = m;

  const Report back = read_back(report);
  const auto results = journal_from(journal_line(report.entries[1].result) + "\n", "journal");

  const auto ranks_told = [](const Result& result) {
    const PerRank& ranks = std::get<Measured>(result.outcome).per_rank;
    return std::pair(ranks.all.size(), ranks.adapters.size());
  };
  EXPECT_EQ(ranks_told(back.entries[0].result), std::pair(1024UL, 1024UL));
  EXPECT_EQ(ranks_told(back.entries[1].result), std::pair(0UL, 0UL));
  EXPECT_EQ(ranks_told(results.at(0)), std::pair(1025UL, 1025UL));
}

TEST(ReportJson, KeepsTheMachine) {
  const Report report = sample::report();

  const Machine found = read_back(report).machine;

  EXPECT_EQ(found.hosts, report.machine.hosts);
  EXPECT_EQ(found.environment, report.machine.environment);
  EXPECT_EQ(found.datasheet.peak, report.machine.datasheet.peak);
  EXPECT_FALSE(found.datasheet.memory);
  EXPECT_TRUE(found.bindings.at(2).is_shared);
}

TEST(ReportJson, GivesRatesOfOneRankAndOfAll) {
  const Json document = Json::parse(json_of(sample::report()));

  const Json& gemm = document["results"][0];

  EXPECT_NEAR(gemm["rates"]["flop_per_s"].get<double>(), 118.4e9, 1);
  EXPECT_NEAR(gemm["aggregate"]["flop_per_s"].get<double>(), 2 * 118.4e9, 1);
  EXPECT_FALSE(gemm["rates"].contains("bus_bytes_per_s"));
}

TEST(ReportJson, HasANullBusRateWhereACollectiveIsAlone) {
  Report report = sample::report();
  report.entries = {sample::collective("all_reduce", 8, 0, 1e-6)};

  const Json rates = Json::parse(json_of(report))["results"][0]["rates"];

  ASSERT_TRUE(rates.contains("bus_bytes_per_s"));
  EXPECT_TRUE(rates["bus_bytes_per_s"].is_null());
}

TEST(ReportJson, MarksWhatWasNotMeasuredByNull) {
  const Json document = Json::parse(json_of(sample::report()));

  const Json& failed = document["results"].back();

  EXPECT_EQ(failed["status"], "failed");
  EXPECT_EQ(failed["rank"], 1);
  for (const char* key : {"timing", "rates", "aggregate", "verification", "per_rank"}) {
    EXPECT_TRUE(failed[key].is_null()) << key;
  }
}

TEST(MachineJson, IsTheMachineOfTheReportWithItsFindings) {
  const Report whole = sample::report();
  const Json report = Json::parse(json_of(whole));

  Json machine = Json::parse(json_of(whole.machine, whole.findings));

  EXPECT_EQ(machine["findings"], report["findings"]);
  machine.erase("findings");
  EXPECT_EQ(machine, report["machine"]);
}

TEST(ReportSchema, IsEmbeddedWhole) {
  EXPECT_EQ(report_schema(), read_file(SHORTFALL_SOURCE_DIR "/report/schema.json"));
}

}  // namespace
}  // namespace shortfall
