// How well published training runs are met, by systems of published efficiencies and one factor for
// each source: docs/model_accuracy.md shows the same figures. Nothing here is random.
#include <gtest/gtest.h>

#include <map>

#include "model/answers.hpp"
#include "tests/unit/sample_documents.hpp"

namespace shortfall {
namespace {

std::map<std::string, SourceErrors> errors_in(const std::string& file, Calibration calibration) {
  const auto rows = runs_from(sample::text_of_data(file), file);
  std::map<std::string, SourceErrors> by_source;
  for (SourceErrors& one : answers_to(rows, by_literature(built_in()), calibration).sources) {
    by_source[one.source] = std::move(one);
  }
  return by_source;
}

struct Limit {
  const char* source;
  std::int64_t rows;  // with a measured time
  double mape;        // of the rows that did not give the factor
};

void expect_within(const std::string& file, const std::vector<Limit>& limits) {
  const auto errors = errors_in(file, Calibration::per_source);
  for (const Limit& limit : limits) {
    const SourceErrors& found = errors.at(limit.source);
    EXPECT_EQ(found.rows, limit.rows - (limit.rows + 2) / 3) << limit.source;
    EXPECT_LE(found.mape.value(), limit.mape) << limit.source;
  }
}

TEST(PublishedRuns, OfManyHostsAreMetWithinTheLimitOfTheirSource) {
  expect_within("published_runs.json", {{"kort22", 10, 0.036},
                                        {"ptdp21", 10, 0.08},
                                        {"vtrain", 109, 0.08},
                                        {"mosaic", 139, 0.08},
                                        {"mbridge", 18, 0.10},
                                        {"titan", 18, 0.10}});
}

TEST(PublishedRuns, OfOneHostAreMetWithinSevenPercent) {
  expect_within("vtrain_single_node.json", {{"vtrain1", 1440, 0.07}});
}

TEST(PublishedRuns, AreMetWithoutAnyFactorWithinAThird) {
  const auto errors = errors_in("published_runs.json", Calibration::none);
  for (const char* source : {"kort22", "ptdp21", "vtrain", "mosaic", "mbridge", "titan", "mtnlg"}) {
    EXPECT_LE(errors.at(source).mape.value(), 1.0 / 3) << source;
    EXPECT_FALSE(errors.at(source).factor) << source;
  }
}

}  // namespace
}  // namespace shortfall
