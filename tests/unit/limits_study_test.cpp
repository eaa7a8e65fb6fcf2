// What is said of a fabric: the ends of its curve, what bends it, and how that is told.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "model/limits/study.hpp"
#include "reporters/limits_json.hpp"
#include "reporters/limits_svg.hpp"
#include "reporters/limits_text.hpp"

namespace shortfall {
namespace {

const LimitsStudy& h100() {
  static const LimitsStudy study = study_of(accelerator_named("H100 SXM"), {});
  return study;
}

// A frontier whose points have these utilisations, a decade of compute apart.
Frontier frontier_of(const std::vector<double>& utilizations) {
  Frontier made_up;
  std::int64_t width = 1024;
  for (const double used : utilizations) {
    FrontierPoint point;
    point.run.model = {.d_model = width, .d_ff = 1024, .layers = 1};
    point.solution.time.arithmetic = {used};
    point.solution.time.step = {1};
    made_up.points.push_back(point);
    width *= 10;  // compute grows with its square
  }
  return made_up;
}

double flop_at(const Frontier& frontier, std::size_t point) {
  return frontier.points[point].training().value;
}

TEST(LimitsFrontier, LinearScalingEndsAtTheFirstPointBelow) {
  const Frontier curve = frontier_of({0.7, 0.5, 0.6, 0.3});
  EXPECT_EQ(end_of_linear_scaling(curve, 0.55)->value, flop_at(curve, 1));
  EXPECT_EQ(end_of_linear_scaling(curve, 0.5)->value, flop_at(curve, 1));  // at it, too
  EXPECT_FALSE(end_of_linear_scaling(curve, 0.2).has_value());
}

TEST(LimitsFrontier, SmoothedEndDoesNotMindADip) {
  // The fit is 0.7, 0.55 at the middle of the two that rise, 0.3.
  const Frontier curve = frontier_of({0.7, 0.5, 0.6, 0.3});
  const double middle = std::sqrt(flop_at(curve, 1) * flop_at(curve, 2));
  EXPECT_NEAR(smoothed_end(curve, 0.55)->value / middle, 1, 1e-9);
  EXPECT_NEAR(smoothed_end(curve, 0.3)->value / flop_at(curve, 3), 1, 1e-9);
  EXPECT_FALSE(smoothed_end(curve, 0.2).has_value());
}

TEST(LimitsFrontier, SmoothedEndOfAFallingCurveLiesOnIt) {
  const Frontier curve = frontier_of({0.6, 0.4});
  EXPECT_NEAR(smoothed_end(curve, 0.5)->value / std::sqrt(flop_at(curve, 0) * flop_at(curve, 1)), 1,
              1e-9);
}

TEST(LimitsStudyOfH100, HasThePublishedEnds) {
  EXPECT_NEAR(h100().base.linear_end->value, 2.0484e28, 1e24);
  EXPECT_NEAR(h100().base.last_feasible->value, 2.7074e31, 1e27);
  EXPECT_NEAR(h100().base.bandwidth_form->value, 1.92e28, 0.01e28);
  EXPECT_NEAR(h100().base.latency_form->value, 2.31e31, 0.01e31);
  EXPECT_GT(h100().base.smoothed_end->value, 4e28);
  EXPECT_LT(h100().base.smoothed_end->value, 7e28);
}

TEST(LimitsStudyOfH100, NothingThatIsTakenAwayMakesClustersSlower) {
  constexpr double rounding = 1e-9;
  const auto& points = h100().base.frontier.points;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double duration = points[i].solution.duration.value * (1 + rounding);
    for (const Variant* variant : {&h100().no_bandwidth_limit, &h100().no_latency}) {
      const Solution& other = variant->frontier.points.at(i).solution;
      EXPECT_TRUE(other.gpus() < points[i].solution.gpus() || other.duration.value <= duration);
    }
  }
}

TEST(LimitsStudyOfH100, IsBentByBandwidthFirstAndByLatencyAtTheWall) {
  const std::size_t last = h100().base.frontier.points.size() - 1;
  EXPECT_EQ(bent_by(taken_at(h100(), 15)), "bandwidth");
  EXPECT_EQ(bent_by(taken_at(h100(), last)), "latency");
  EXPECT_EQ(bent_by({0.001, 0.004, 0.5}), "");
}

TEST(LimitsSearch, NoClusterTrainsInNoTime) {
  Assumptions hurried;
  hurried.run_years = 1e-9;
  EXPECT_TRUE(frontier({accelerator_named("H100 SXM")}, hurried).points.empty());
}

TEST(LimitsSearch, ADivisionAccountsForEveryGpu) {
  for (const FrontierPoint& point : h100().base.frontier.points) {
    const Division& division = point.solution.division;
    EXPECT_EQ(point.run.model.layers % ways(division.stages), 0);
    EXPECT_EQ(
        division.data[0] * division.stages[0] * division.widths.model[0] * division.widths.ff[0],
        8);
    EXPECT_LT(point.solution.duration, Assumptions{}.run());
  }
}

TEST(LimitsText, TellsTheEndsInOneSentence) {
  std::ostringstream out;
  write_limits(out, h100(), {"All figures are those of its datasheet."});
  EXPECT_NE(out.str().find("This fabric carries you to 2.71e+31 FLOP in 3 months, linearly to "
                           "2.05e+28 FLOP"),
            std::string::npos);
  EXPECT_NE(out.str().find("datasheet"), std::string::npos);
  std::istringstream lines(out.str());
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
}

TEST(LimitsText, SaysThatAFabricCarriesNothing) {
  Assumptions hurried;
  hurried.run_years = 1e-9;
  std::ostringstream out;
  write_limits(out, study_of(accelerator_named("H100 SXM"), hurried), {});
  EXPECT_NE(out.str().find("No cluster of these trains even the first model"), std::string::npos);
}

TEST(LimitsJson, HoldsEveryPointAndNoInfinity) {
  const auto document = nlohmann::json::parse(json_of(h100(), {"made up"}));
  EXPECT_EQ(document["points"].size(), h100().base.frontier.points.size());
  EXPECT_TRUE(document["without_bandwidth_limit"]["closed_form_linear_end_flop"].is_null());
  EXPECT_DOUBLE_EQ(document["limits"]["linear_scaling_end_flop"], 2.0484217947180815e28);
  EXPECT_EQ(document["sources"][0], "made up");
}

TEST(LimitsPicture, DrawsFourCurvesWithinThePaper) {
  const std::string picture = limits_svg(h100());
  for (const char* kind : {"base", "bandwidth", "latency", "batch", "threshold", "mark"}) {
    EXPECT_NE(picture.find("<line class=\"" + std::string(kind) + "\""), std::string::npos) << kind;
  }
  EXPECT_EQ(picture.find("nan"), std::string::npos);
  EXPECT_EQ(picture.find("inf\""), std::string::npos);
}

TEST(LimitsPicture, OfNothingIsStillAPicture) {
  Assumptions hurried;
  hurried.run_years = 1e-9;
  const std::string picture = limits_svg(study_of(accelerator_named("H100 SXM"), hurried));
  EXPECT_EQ(picture.find("class=\"base\" x1=\"nan"), std::string::npos);
  EXPECT_NE(picture.find("</svg>"), std::string::npos);
}

}  // namespace
}  // namespace shortfall
