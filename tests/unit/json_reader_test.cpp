// Documents that are no report: each is refused in one sentence that names the place.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "core/json.hpp"
#include "report/json.hpp"
#include "tests/unit/refusal.hpp"
#include "tests/unit/sample_report.hpp"

namespace shortfall {
namespace {

using Json = nlohmann::ordered_json;

std::string complaint_about(const std::string& document) {
  return refusal_of([&] { report_from(document, "r.json"); });
}

// What is said of the sample report after `change`.
template <class Change>
std::string complaint_after(Change change) {
  Json document = Json::parse(json_of(sample::report()));
  change(document);
  return complaint_about(document.dump());
}

TEST(ReportReader, IgnoresKeysThatItDoesNotKnow) {
  const std::string complaint = complaint_after([](Json& d) {
    d["new"] = 1;
    d["run"]["new"] = {1, 2};
    d["results"][0]["timing"]["new"] = nullptr;
  });

  EXPECT_EQ(complaint, "accepted");
}

TEST(ReportReader, TakesWholeNumbersThatOtherProgramsWriteAsFractions) {
  EXPECT_EQ(complaint_after([](Json& d) { d["run"]["ranks"] = 2.0; }), "accepted");
}

struct Bad {
  const char* pointer;  // what is changed
  Json value;           // to what; discarded = removed
  const char* complaint;
};

class BadReport : public testing::TestWithParam<Bad> {};

TEST_P(BadReport, IsRefusedWithItsPlaceAndWhatWasExpected) {
  const auto& [pointer, value, complaint] = GetParam();

  const std::string found = complaint_after([&](Json& document) {
    const Json::json_pointer place(pointer);
    if (!value.is_discarded()) {
      document[place] = value;
    } else {
      document[place.parent_pointer()].erase(place.back());
    }
  });

  EXPECT_EQ(found, std::string("r.json: ") + complaint);
}

const Json removed(Json::value_t::discarded);

INSTANTIATE_TEST_SUITE_P(
    Table, BadReport,
    testing::Values(
        Bad{"/schema_version", 2,
            "schema_version: expected 1, the only version that this program reads, found 2"},
        Bad{"/schema_version", "1",
            "schema_version: expected a whole number from 0 to 2147483647, found \"1\""},
        Bad{"/schema_version", removed,
            "schema_version: expected a whole number from 0 to 2147483647, found nothing"},
        Bad{"/run", removed, "run: expected an object, found nothing"},
        Bad{"/run", Json::array({1}), "run: expected an object, found a list"},
        Bad{"/run/seed", removed,
            "run.seed: expected a whole number from 0 to 18446744073709551615, found nothing"},
        Bad{"/run/seed", -1,
            "run.seed: expected a whole number from 0 to 18446744073709551615, found -1"},
        Bad{"/run/ranks", 3e9,
            "run.ranks: expected a whole number from -2147483648 to 2147483647, found "
            "3000000000.0"},
        Bad{"/run/ranks", 1.5,
            "run.ranks: expected a whole number from -2147483648 to 2147483647, found 1.5"},
        Bad{"/run/status", "done",
            "run.status: expected one of: complete, partial, found \"done\""},
        Bad{"/run/command", removed, "run.command: expected a string, found nothing"},
        Bad{"/run/duration_s", nullptr, "run.duration_s: expected a number, found null"},
        Bad{"/run/labels/rack", 7, "run.labels.rack: expected a string, found 7"},
        Bad{"/machine/hosts", Json::object(), "machine.hosts: expected a list, found an object"},
        Bad{"/machine/hosts/1/cpu/cores", true,
            "machine.hosts[1].cpu.cores: expected a whole number from -2147483648 to 2147483647, "
            "found true"},
        Bad{"/machine/hosts/0/os/kernel", 6,
            "machine.hosts[0].os.kernel: expected a string, found 6"},
        Bad{"/machine/bindings/0/is_shared", 0,
            "machine.bindings[0].is_shared: expected true or false, found 0"},
        Bad{"/machine/datasheet/peak_flop_per_s/f12", 1,
            "machine.datasheet.peak_flop_per_s.f12: expected a key that is one of: f64, f32, tf32, "
            "bf16, f16, f8_e4m3, f8_e5m2, mxfp8, nvfp4, i32, int8, u8, i64, u32, u64, found 1"},
        Bad{"/results/3", "x", "results[3]: expected an object, found \"x\""},
        Bad{"/results/0/params/n", 0.5,
            "results[0].params.n: expected a whole number from -9223372036854775808 to "
            "9223372036854775807, found 0.5"},
        Bad{"/results/0/params/n", Json::array(),
            "results[0].params.n: expected a whole number or a string, found a list"},
        Bad{"/results/0/status", "ok",
            "results[0].status: expected one of: measured, skipped, failed, found \"ok\""},
        Bad{"/results/0/timing", nullptr, "results[0].timing: expected an object, found null"},
        Bad{"/results/0/timing/primary", "isolated",
            "results[0].timing.isolated: expected an object, since it is the primary timing, found "
            "null"},
        Bad{"/results/0/timing/throughput/median_s", "1",
            "results[0].timing.throughput.median_s: expected a number, found \"1\""},
        Bad{"/results/0/timing/throughput/ci95_s", Json::array({1}),
            "results[0].timing.throughput.ci95_s: expected a list of two numbers, found a list"},
        Bad{"/results/0/per_rank/all_s/1", nullptr,
            "results[0].per_rank.all_s[1]: expected a number, found null"},
        Bad{"/results/0/attainment", removed,
            "results[0].attainment: expected an object, found nothing"},
        Bad{"/findings/0/severity", 3, "findings[0].severity: expected a string, found 3"},
        Bad{"/verdict/excluded/0/reason", removed,
            "verdict.excluded[0].reason: expected a string, found nothing"},
        Bad{"/events/0/at", Json::object(), "events[0].at: expected a string, found an object"}));

// Null, or a list that later versions added.
bool may_lack(const std::string& key) {
  const std::set<std::string> keys{"finished_at", "reason",   "bindings",    "links",
                                   "drift",       "counters", "environment", "gpu_datasheets"};
  return keys.contains(key);
}

TEST(ReportReader, EveryRemovedKeyIsMissedUnlessItMayBeNull) {
  Report small = sample::report();
  small.entries.clear();
  const Json whole = Json::parse(json_of(small));
  for (const char* part : {"program", "run", "machine", "verdict"}) {
    for (const auto& [key, value] : whole[part].items()) {
      Json document = whole;
      document[part].erase(key);

      const std::string complaint = complaint_about(document.dump());

      const std::string expected = "r.json: " + std::string(part) + "." + key + ": expected";
      EXPECT_TRUE(complaint.starts_with(may_lack(key) ? "accepted" : expected)) << complaint;
    }
  }
}

TEST(ReportReader, QuotesOnlyTheBeginningOfALongValue) {
  const std::string complaint =
      complaint_after([](Json& d) { d["run"]["status"] = std::string(5000, 'x'); });

  EXPECT_LT(complaint.size(), 200U);
}

TEST(ReportReader, RefusesAnEmptyDocument) {
  EXPECT_EQ(complaint_about(""), "r.json: is empty, expected JSON");
}

TEST(ReportReader, RefusesAListAsDocument) {
  EXPECT_EQ(complaint_about("[1]"), "r.json: the document: expected an object, found a list");
}

TEST(ReportReader, RefusesWhatIsNoJsonAndNamesTheLine) {
  EXPECT_EQ(
      complaint_about("{\n\"a\": NaN}").find("r.json: is no JSON: parse error at line 2, column 6"),
      0U);
}

TEST(ReportReader, NamesThePlaceOfWhatIsNoJson) {
  const std::string complaint = complaint_about(R"({"a": [{"b": 1}, {"c": {"d": [1, 2, NaN]}}]})");

  EXPECT_NE(complaint.find(", in a[1].c.d[1] or behind it"), std::string::npos) << complaint;
}

TEST(JsonParser, NotesThePlacesOfKeysThatStandTwice) {
  std::vector<std::string> repeats;
  const Json json = parsed_noting_repeats(
      R"([{"a": 1, "b": {"a": 2}}, {"a": 3, "b": {"c": 4, "c": 5}, "a": 6}])", "x.json", repeats);

  EXPECT_EQ(repeats, (std::vector<std::string>{"[1].b.c", "[1].a"}));
  EXPECT_EQ(json[1]["a"], 6);
}

TEST(JsonParser, EndsWhereKeysTakeTooLong) {
  std::string keys, repeats;
  for (int i = 0; i <= 5000; ++i) keys += "\"k" + std::to_string(i) + "\": 1, ";
  for (int i = 0; i <= 101; ++i) repeats += "\"k\": 1, ";
  std::vector<std::string> noted;

  EXPECT_EQ(complaint_about("{" + keys + "\"end\": 1}"),
            "r.json: more than 5000 keys in one object: no document of this program has them");
  EXPECT_THROW(parsed_noting_repeats("{" + repeats + "\"end\": 1}", "r.json", noted), BadUsage);
}

TEST(JsonParser, SpellsKeysSoThatNoTerminalObeysThem) {
  std::vector<std::string> repeats;
  (void)parsed_noting_repeats("{\"a\\u001b[2J\": 1, \"a\\u001b[2J\": 2}", "x.json", repeats);

  EXPECT_EQ(repeats, (std::vector<std::string>{"a\\u001b[2J"}));
}

TEST(ReportReader, RefusesEveryDocumentThatWasCutOff) {
  const std::string whole = json_of(sample::report());
  for (std::size_t length = 0; length + 2 < whole.size(); length += 4999) {
    EXPECT_NE(complaint_about(whole.substr(0, length)), "accepted") << length;
  }
}

TEST(ReportReader, RefusesBytesThatAreNoUtf8) {
  EXPECT_EQ(complaint_about("{\"a\": \"\xff\"}").find("r.json: is no JSON: "), 0U);
}

TEST(ReportReader, RefusesNumbersBeyondTheRangeOfADouble) {
  EXPECT_EQ(complaint_about("{\"a\": 1e999}").find("r.json: is no JSON: "), 0U);
}

std::string lists(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(ReportReader, TakesNestingOf64) {
  Json document = Json::parse(json_of(sample::report()));
  document["new"] = Json::parse(lists(63));  // the document is the first level

  EXPECT_EQ(complaint_about(document.dump()), "accepted");
}

TEST(ReportReader, RefusesNestingOf65) {
  Json document = Json::parse(json_of(sample::report()));
  document["new"] = Json::parse(lists(64));

  EXPECT_EQ(complaint_about(document.dump()),
            "r.json: nested deeper than 64: no document of this program is");
}

TEST(ReportReader, RefusesEndlessNestingBeforeItRunsOutOfMemory) {
  EXPECT_EQ(complaint_about(std::string(std::size_t{1} << 24U, '[')),
            "r.json: nested deeper than 64: no document of this program is");
}

}  // namespace
}  // namespace shortfall
