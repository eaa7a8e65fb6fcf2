// Libraries that are kept from being fast: how ranks tell each other, and what the report says.
#include "diagnosis/handicaps.hpp"

#include <gtest/gtest.h>

#include "app/handicaps.hpp"
#include "diagnosis/verdict.hpp"

namespace shortfall {
namespace {

Handicap haswell() {
  return {.library = "OpenBLAS 0.3.21",
          .cause = "OPENBLAS_CORETYPE=Haswell",
          .before = "Haswell",
          .after = "SkylakeX",
          .gain = 1.65625,
          .gain_source = "measured: so",
          .remedy = "unset OPENBLAS_CORETYPE",
          .is_mended = true};
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

TEST(Handicaps, BecomeWarningsWithTheGainToExpect) {
  const auto findings = crippled_libraries({{"node07", haswell()}});

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Finding::Severity::warn);
  EXPECT_EQ(findings[0].kind, "crippled_library");
  EXPECT_EQ(findings[0].host, "node07");
  EXPECT_EQ(findings[0].device, "OpenBLAS 0.3.21");
  EXPECT_EQ(findings[0].value, 1.65625);
  EXPECT_EQ(findings[0].expected, 1);
  EXPECT_EQ(findings[0].unit, "x");
  for (const char* const part : {"OPENBLAS_CORETYPE=Haswell", "SkylakeX", "1.66", "measured: so"}) {
    EXPECT_TRUE(holds(findings[0].reason, part)) << findings[0].reason;
  }
  EXPECT_TRUE(holds(findings[0].action, "unset OPENBLAS_CORETYPE")) << findings[0].action;
}

TEST(Handicaps, SayWhetherTheyWereMended) {
  Handicap lasting = haswell();
  lasting.is_mended = false;

  EXPECT_TRUE(holds(crippled_libraries({{"a", haswell()}})[0].reason, "it was mended"));
  EXPECT_TRUE(holds(crippled_libraries({{"a", lasting}})[0].reason, "could not be mended"));
}

TEST(Handicaps, OfTheSameLibraryAreToldOncePerHost) {
  Handicap other = haswell();
  other.library = "BLIS 0.9.0";

  const auto findings =
      crippled_libraries({{"a", haswell()}, {"a", other}, {"a", haswell()}, {"b", haswell()}});

  ASSERT_EQ(findings.size(), 3U);
  EXPECT_EQ(findings[2].host, "b");
}

TEST(Handicaps, MakeTheVerdictAWarning) {
  Report report;
  report.run.status = RunStatus::complete;
  report.entries.push_back({});
  report.entries[0].result.outcome = Measured{};
  report.findings = crippled_libraries({{"a", haswell()}});

  EXPECT_EQ(diagnosed(report).verdict.status, Status::warn);
}

TEST(Handicaps, TravelBetweenRanksUnchanged) {
  Handicap odd = haswell();
  odd.cause = "";
  odd.is_mended = false;
  odd.gain = 1.0 / 3;

  const auto told = decode_handicaps(encode({haswell(), odd}));

  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].cause, haswell().cause);
  EXPECT_EQ(told[0].before, "Haswell");
  EXPECT_EQ(told[0].after, "SkylakeX");
  EXPECT_EQ(told[0].gain_source, "measured: so");
  EXPECT_EQ(told[0].remedy, "unset OPENBLAS_CORETYPE");
  EXPECT_TRUE(told[0].is_mended);
  EXPECT_EQ(told[1].cause, "");
  EXPECT_EQ(told[1].gain, 1.0 / 3);
  EXPECT_FALSE(told[1].is_mended);
}

TEST(Handicaps, WithTabsAndLineBreaksInAVariableAreStillRead) {
  Handicap odd = haswell();
  odd.cause = "OPENBLAS_CORETYPE=a\tb\nc";

  const auto told = decode_handicaps(encode({odd}));

  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].cause, "OPENBLAS_CORETYPE=a b c");
  EXPECT_EQ(told[0].gain, 1.65625);
}

TEST(Handicaps, OfNobodyTravelAsNothing) {
  EXPECT_TRUE(decode_handicaps(encode(std::vector<Handicap>())).empty());
}

}  // namespace
}  // namespace shortfall
