#include "diagnosis/fabric_map.hpp"
#include "core/error.hpp"
#include "diagnosis/verdict.hpp"
#include "report/json.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "reporters/fabric_text.hpp"
#include "tests/unit/made_up_fabric.hpp"

namespace shortfall {
namespace {

const FabricClass* class_in(const FabricMap& map, PairClass kind) {
  const auto found = std::ranges::find(map.classes, kind, &FabricClass::kind);
  return found == map.classes.end() ? nullptr : &*found;
}

FabricMap only_map_of(const Report& report) {
  auto maps = fabric_maps(pairs_measured(report));
  EXPECT_EQ(maps.size(), 1U);
  return maps.empty() ? FabricMap{} : maps.front();
}

std::string text_of(const std::vector<FabricMap>& maps) {
  std::ostringstream out;
  write_fabric(out, maps);
  return out.str();
}

TEST(FabricMap, HoldsRoundsThereAndBackInOneMatrix) {
  const MadeUpFabric fabric{
      .hosts = 4, .share = [](int from, int to) { return from == 1 && to == 2 ? 0.25 : 1.0; }};

  const FabricMap map = only_map_of(with_rounds(fabric));

  EXPECT_EQ(map.benchmark, "rdma_rounds");
  EXPECT_FALSE(map.params.has("group") || map.params.has("nics"));
  EXPECT_EQ(map.params.text("direction"), "one_way");
  EXPECT_EQ(map.unit, "B/s");
  ASSERT_TRUE(map.matrix);
  EXPECT_EQ(map.matrix->ends.size(), 4U);
  EXPECT_EQ(map.matrix->ends[2], (FabricEnd{2, "node2", "mlx5_0"}));
  for (std::size_t from = 0; from < 4; ++from) {
    for (std::size_t to = 0; to < 4; ++to) {
      const auto& value = map.matrix->values[from][to];
      EXPECT_EQ(value.has_value(), from != to);
      if (value) {
        EXPECT_NEAR(*value, from == 1 && to == 2 ? 12.5e9 : 50e9, 1e9);
      }
    }
  }
  const FabricClass* const rail = class_in(map, PairClass::same_rail);
  ASSERT_TRUE(rail);
  EXPECT_EQ(map.classes.size(), 1U);
  EXPECT_EQ(rail->pairs, 12);
  EXPECT_NEAR(rail->min, 12.5e9, 0.3e9);
  EXPECT_EQ(rail->slowest.from.rank, 1);
  EXPECT_EQ(rail->slowest.to.rank, 2);
}

TEST(FabricMap, OfManyEndsIsOfClassesAlone) {
  const FabricMap few = only_map_of(with_rounds({.hosts = 64}));
  const FabricMap many = only_map_of(with_rounds({.hosts = 65}));
  EXPECT_TRUE(few.matrix);
  EXPECT_FALSE(many.matrix);
  EXPECT_TRUE(many.has_rounds);
  EXPECT_EQ(many.ends, 65);
  EXPECT_EQ(many.classes.at(0).pairs, 3 * 64);
  EXPECT_NE(text_of({many}).find("65 ends"), std::string::npos);
}

TEST(FabricMap, TellsPairsByTheirClass) {
  const MadeUpFabric fabric{.hosts = 2, .per_host = 2, .nics_of_host = 2};
  Report report = report_of(fabric);
  for (const std::string group : {"0-1", "round_1", "round_1_cross_1"}) {
    measure(report, fabric, {.group = group, .direction = "both_ways"});
  }
  measure(report, fabric, {.group = "2-0", .direction = "both_ways", .nics = "0..1"});
  const FabricMap map = only_map_of(report);
  ASSERT_EQ(map.classes.size(), 3U);
  EXPECT_EQ(class_in(map, PairClass::same_host)->pairs, 1);
  EXPECT_EQ(class_in(map, PairClass::same_rail)->pairs, 2)
      << "by number, where not bound to a node";
  EXPECT_EQ(class_in(map, PairClass::cross_rail)->pairs, 3);
}

TEST(FabricMap, EndsAreRanksAndTheirAdapters) {
  const MadeUpFabric fabric{.hosts = 2, .nics_of_host = 11};
  Report report = report_of(fabric);
  for (const std::string nics : {"2", "10", "mlx5_2..mlx5_10:1", "10..2"}) {
    measure(report, fabric, {.group = "0-1", .nics = nics});
  }
  const FabricMap map = only_map_of(report);
  ASSERT_TRUE(map.matrix);
  std::vector<std::string> devices;
  for (const FabricEnd& end : map.matrix->ends) devices.push_back(end.device);
  EXPECT_EQ(devices, (std::vector<std::string>{"mlx5_2", "mlx5_10", "mlx5_2", "mlx5_10"}));
  EXPECT_EQ(class_in(map, PairClass::same_rail)->pairs, 2);
  EXPECT_EQ(class_in(map, PairClass::cross_rail)->pairs, 2);
}

TEST(FabricMap, TheNearestAdapterIsTheOneThatEachRankTells) {
  const MadeUpFabric fabric{.hosts = 3, .nics_of_host = 2};
  Report report = with_rounds(fabric);
  EXPECT_EQ(only_map_of(report).matrix->ends[1].device, "") << "not told";
  for (Entry& entry : report.entries) {
    std::get<Measured>(entry.result.outcome).per_rank.adapters = {"mlx5_0:1", "mlx5_1:1",
                                                                  "roce0:1"};
  }
  const FabricMap map = only_map_of(report);
  EXPECT_EQ(map.matrix->ends[0].device, "mlx5_0");
  EXPECT_EQ(map.matrix->ends[1].device, "mlx5_1");
  EXPECT_EQ(map.matrix->ends[2].device, "roce0:1") << "the host does not know it";
  EXPECT_EQ(class_in(map, PairClass::cross_rail)->pairs, 2) << "between the first two";
}

TEST(FabricMap, AnAdapterOfSeveralPortsIsNamedWithThePort) {
  const MadeUpFabric fabric{.hosts = 2};
  Report report = report_of(fabric);
  for (Host& host : report.machine.hosts) host.nics[0].ports.push_back({2, "ACTIVE"});
  measure(report, fabric, {.group = "0-1", .nics = "mlx5_0:1..mlx5_0:2"});
  measure(report, fabric, {.group = "0-1", .nics = "mlx5_0:1"});
  const FabricMap map = only_map_of(report);
  std::vector<std::string> devices;
  for (const FabricEnd& end : map.matrix->ends) devices.push_back(end.device);
  EXPECT_EQ(devices, (std::vector<std::string>{"mlx5_0:1", "mlx5_0:1", "mlx5_0:2"}));
  EXPECT_EQ(class_in(map, PairClass::cross_rail)->pairs, 1);
  EXPECT_EQ(class_in(map, PairClass::same_rail)->pairs, 1);
}

TEST(FabricMap, DataGoFromWhereTheyAreFetched) {
  const MadeUpFabric fabric{.hosts = 3,
                            .share = [](int caller, int) { return caller == 0 ? 0.5 : 1.0; }};
  Report report = report_of(fabric);
  for (const std::string group : {"0-1", "0-2", "1-0"}) {
    measure(report, fabric, {.group = group, .op = "read"});
  }
  const FabricMap map = only_map_of(report);
  ASSERT_TRUE(map.matrix == std::nullopt) << "from each to one";
  EXPECT_EQ(map.classes.at(0).slowest.to.rank, 0);
}

TEST(FabricMap, LatencyIsOfBothDirectionsAndTheLeastIsBest) {
  const MadeUpFabric fabric{.hosts = 4,
                            .share = [](int from, int to) { return from + to == 3 ? 0.5 : 1.0; }};
  Report report = report_of(fabric);
  for (int round = 1; round <= 3; ++round) {
    measure(report, fabric,
            {.benchmark = "rdma_latency", .group = text_of(RoundWord{round}), .bytes = 8});
  }
  const FabricMap map = only_map_of(report);
  EXPECT_EQ(map.metric, FabricMetric::latency);
  EXPECT_EQ(map.unit, "s");
  EXPECT_EQ(map.classes.at(0).pairs, 6);
  EXPECT_EQ(map.classes.at(0).slowest.from.rank + map.classes.at(0).slowest.to.rank, 3);
  EXPECT_GT(map.classes.at(0).max, 1.9 * map.classes.at(0).min);
  EXPECT_EQ(map.matrix->values[3][0], map.matrix->values[0][3]);
}

TEST(FabricMap, ShiftsOfSeveralDistancesAreOneMap) {
  const MadeUpFabric fabric{.hosts = 4};
  Report report = report_of(fabric);
  for (const std::string distance : {"1", "2", "3"}) {
    measure(report, fabric, {.benchmark = "rdma_shift", .group = "world"});
    Result& result = report.entries.back().result;
    result.params.add("distance", distance);
    auto& times = std::get<Measured>(result.outcome).per_rank.all;
    for (std::size_t rank = 0; rank < 4; ++rank)
      times[rank] = {1e-3 * static_cast<double>(rank + 1)};
  }
  const FabricMap map = only_map_of(report);
  EXPECT_EQ(map.classes.at(0).pairs, 12);
  EXPECT_EQ(map.classes.at(0).slowest.from.rank, 3);
}

TEST(FabricMap, OfOnePairOrOfOtherBenchmarksIsNone) {
  const MadeUpFabric fabric{.hosts = 2};
  Report report = report_of(fabric);
  measure(report, fabric, {.group = "pairs"});
  measure(report, fabric, {.group = "world"});
  measure(report, fabric, {.group = "round_1", .bytes = 8});
  Params& params = report.entries.back().result.params;
  params = Params({{"window", "auto"}, {"group", "round_of_another_version"}});
  EXPECT_TRUE(fabric_maps(pairs_measured(report)).empty());
}

TEST(FabricMap, APairThatWasMeasuredTwiceIsAsFastAsItOnceWas) {
  const MadeUpFabric slow{.hosts = 3, .usual = 1e9}, fast{.hosts = 3, .usual = 2e9};
  Report report = report_of(slow);
  measure(report, slow, {.group = "0-1"});
  measure(report, slow, {.group = "0-2"});
  measure(report, fast, {.group = "round_3"});
  const FabricMap map = only_map_of(report);
  EXPECT_EQ(map.classes.at(0).pairs, 2);
  EXPECT_NEAR(map.classes.at(0).max, 2e9, 0.1e9);
}

TEST(FabricMap, SurvivesTheWayThroughAFileAndMustBeASquareThere) {
  Report report = diagnosed(with_rounds({.hosts = 4}));
  const std::string json = json_of(report);
  EXPECT_EQ(json_of(report_from(json, "report.json")), json);

  report.fabric.at(0).matrix->ends.pop_back();
  try {
    report_from(json_of(report), "report.json");
    ADD_FAILURE() << "was taken";
  } catch (const BadUsage& refusal) {
    const std::string text = refusal.what();
    EXPECT_NE(text.find("fabric[0].matrix.values"), std::string::npos) << text;
    EXPECT_NE(text.find("3 rows of 3 values"), std::string::npos) << text;
  }
}

TEST(FabricText, ShowsNumbersOfFewAndTenthsOfMany) {
  const auto share = [](int from, int) { return from == 1 ? 0.45 : 1.0; };
  const std::string few =
      text_of(fabric_maps(pairs_measured(with_rounds({.hosts = 4, .share = share}))));
  const std::string many =
      text_of(fabric_maps(pairs_measured(with_rounds({.hosts = 12, .share = share}))));

  EXPECT_NE(few.find("GB/s from row to column"), std::string::npos) << few;
  EXPECT_NE(few.find("rank 1, mlx5_0, node1     22.5        -     22."), std::string::npos) << few;
  EXPECT_NE(few.find("slowest 22.4 GB/s from rank 1, mlx5_0, node1 to"), std::string::npos) << few;
  EXPECT_NE(many.find("rank 1, mlx5_0, node1    ."), std::string::npos) << many;
  EXPECT_NE(many.find('4'), std::string::npos) << many;
  EXPECT_NE(many.find("digits are tenths of the fastest"), std::string::npos) << many;
}

}  // namespace
}  // namespace shortfall
