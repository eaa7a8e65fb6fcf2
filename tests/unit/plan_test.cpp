#include <gtest/gtest.h>

#include <algorithm>

#include "core/error.hpp"
#include "harness/plan.hpp"

namespace shortfall {
namespace {

std::vector<Benchmark> catalogue() {
  const auto operation = [](const Params& p) {
    return Collective{Collective::Kind::all_reduce, p.bytes("bytes")};
  };
  return {{.name = "sum",
           .suite = Suite::collectives,
           .summary = {},
           .axes = {geometric("bytes", 8_B, {64_B, 8}, {64_B, 2}, {64_B, 2}),
                    usually(dtypes({DType::f32, DType::f64}), {"f32"}), choice("group", {"world"})},
           .needs = {.ranks = 2},
           .operation = operation},
          {.name = "product",
           .suite = Suite::gemm,
           .summary = {},
           .axes = {integers("n", {16}, {16, 32}, {16, 32, 64}), dtypes({DType::f32, DType::bf16}),
                    choice("group", {"all"})},
           .operation = [](const Params& p) {
             return Gemm{p.integer("n"), p.integer("n"), p.integer("n"), p.dtype()};
           }}};
}

std::vector<std::string> keys(const Request& request) {
  std::vector<std::string> all;
  for (const Case& which : make_plan(request, catalogue()).cases) all.push_back(which.key());
  return all;
}

std::string refusal(const Request& request) {
  try {
    make_plan(request, catalogue());
  } catch (const BadUsage& e) {
    return e.what();
  }
  return "";
}

TEST(Plan, HoldsEveryCombinationOfTheProfile) {
  EXPECT_EQ(keys({.benchmarks = {"sum"}, .profile = Profile::quick}),
            (std::vector<std::string>{"sum/bytes=8,dtype=f32,group=world",
                                      "sum/bytes=64,dtype=f32,group=world"}));
}

TEST(Plan, ListsWhatTheProfileLeavesOut) {
  const Plan plan = make_plan({.benchmarks = {"sum"}, .profile = Profile::quick}, catalogue());

  ASSERT_EQ(plan.excluded.size(), 3U);  // by value, not by case
  EXPECT_EQ(plan.excluded[0].key, "sum/bytes=16");
  EXPECT_EQ(plan.excluded[0].reason, "not in profile quick");
  EXPECT_EQ(plan.excluded[1].key, "sum/bytes=32");
  EXPECT_EQ(plan.excluded[2].key, "sum/dtype=f64");
}

TEST(Plan, TriesEveryOptionBesideTheUsualOnesOfOthers) {
  const std::vector<Axis> axes{usually(choice("place", {"out", "in"}), {"out"}),
                               usually(choice("op", {"sum", "max", "min"}), {"sum"})};
  std::vector<std::string> found;
  for (const Params& params : combinations(axes, Profile::full)) {
    found.push_back(params.text("place") + " " + params.text("op"));
  }

  EXPECT_EQ(found, (std::vector<std::string>{"out sum", "in sum", "out max", "out min"}));
}

TEST(Plan, OptionsThatAreAskedForAreCombined) {
  const Request request{
      .benchmarks = {"sum"}, .sizes = SizeSweep{8, 16, 2}, .dtypes = {"f32", "f64"}};

  EXPECT_EQ(keys(request).size(), 4U);
}

TEST(Plan, SizesReplaceTheProfilesSizes) {
  const Request request{.benchmarks = {"sum"}, .sizes = SizeSweep{1024, 4096, 4}};

  EXPECT_EQ(keys(request), (std::vector<std::string>{"sum/bytes=1024,dtype=f32,group=world",
                                                     "sum/bytes=4096,dtype=f32,group=world"}));
  EXPECT_TRUE(make_plan(request, catalogue()).excluded.empty());
}

TEST(Plan, ATypeThatOneBenchmarkLacksLeavesItOut) {
  const Plan plan = make_plan({.profile = Profile::quick, .dtypes = {"bf16"}}, catalogue());

  ASSERT_EQ(plan.cases.size(), 1U);
  EXPECT_EQ(plan.cases[0].key(), "product/n=16,dtype=bf16,group=all");
  EXPECT_EQ(plan.excluded.front().key, "sum");
}

TEST(Plan, SetTakesRepeatedValuesOnce) {
  EXPECT_EQ(keys({.sets = {{"n", {"5", "5"}}, {"dtype", {"float32"}}, {"bytes", {"1KiB"}}}}),
            (std::vector<std::string>{"sum/bytes=1024,dtype=f32,group=world",
                                      "product/n=5,dtype=f32,group=all"}));
}

TEST(Plan, RefusalsNameTheOptionTheValueAndWhatIsAllowed) {
  const auto names = [](const std::string& text, std::initializer_list<const char*> parts) {
    for (const char* part : parts)
      EXPECT_NE(text.find(part), std::string::npos) << text << " lacks " << part;
  };
  names(refusal({.benchmarks = {"summ"}}), {"summ", "sum"});
  names(refusal({.suites = {"nosuch"}}), {"--suite=nosuch", "collectives"});
  names(refusal({.dtypes = {"fp12"}}), {"--dtype=fp12", "bf16"});
  names(refusal({.benchmarks = {"sum"}, .dtypes = {"bf16"}}), {"--dtype=bf16", "f32, f64"});
  names(refusal({.sets = {{"nosuch", {"1"}}}}), {"--set nosuch", "bytes", "n"});
  names(refusal({.sets = {{"n", {"0"}}}}), {"--set n=0", "from 1"});
  names(refusal({.sets = {{"n", {"-4"}}}}), {"--set n=-4"});
  names(refusal({.sets = {{"n", {"4294967296"}}}}), {"--set n=4294967296"});
  names(refusal({.sets = {{"group", {"mars"}}}}), {"--set group=mars", "world"});
  names(refusal({.benchmarks = {"product"}, .sizes = SizeSweep{8, 8, 2}}), {"--sizes", "n"});
}

std::vector<Benchmark> with_an_open_axis() {
  return {{.name = "open",
           .suite = Suite::gemm,
           .summary = {},
           .axes = {open_ended(choice("data", {"normal"}), "sparse:SHARE", data_from),
                    choice("group", {"all"})},
           .operation =
               [](const Params& p) {
                 return Gemm{.m = 1, .n = 1, .k = 1, .data = data_from(p.text("data"))};
               }},
          {.name = "closed",
           .suite = Suite::gemm,
           .summary = {},
           .axes = {choice("data", {"normal", "secret"}), choice("group", {"all"})},
           .operation = [](const Params&) {
             return Gemm{1, 1, 1};
           }}};
}

TEST(OpenEndedAxis, TakesWhatItCanRead) {
  const Plan plan = make_plan({.sets = {{"data", {"sparse:0.9"}}}}, with_an_open_axis());

  ASSERT_EQ(plan.cases.size(), 1U);
  EXPECT_EQ(plan.cases[0].key(), "open/data=sparse:0.9,group=all");
  EXPECT_EQ(plan.excluded.at(0).key, "closed");
}

TEST(OpenEndedAxis, LeavesWordsToTheAxisThatHasThem) {
  const Plan plan = make_plan({.sets = {{"data", {"secret"}}}}, with_an_open_axis());

  ASSERT_EQ(plan.cases.size(), 1U);
  EXPECT_EQ(plan.cases[0].key(), "closed/data=secret,group=all");
}

TEST(OpenEndedAxis, RefusesInTheWordsOfItsParser) {
  for (const std::string wrong : {"sparse:2", "sparse:abc", "sparse:", "normal:3", "sparse:0.5,"}) {
    try {
      make_plan({.sets = {{"data", {wrong}}}}, with_an_open_axis());
      ADD_FAILURE() << wrong << " was taken";
    } catch (const BadUsage& refusal) {
      const std::string text = refusal.what();
      EXPECT_NE(text.find("--set data=" + wrong), std::string::npos) << text;
      EXPECT_NE(text.find("sparse:SHARE with a SHARE of zeros from 0 to 1"), std::string::npos);
    }
  }
}

TEST(SizeSweep, IsReadAndRefused) {
  EXPECT_EQ(size_sweep_from("1KiB:1MiB").factor, 2);
  EXPECT_EQ(size_sweep_from("1KiB:1MiB:4").factor, 4);
  for (const char* text : {"", "8", "0:8", "8:4", "abc", "8:99999999TiB", "8:16:1", "8:16:0",
                           "8:16:x", "-8:8", "1:2:3:4"}) {
    EXPECT_THROW(size_sweep_from(text), BadUsage) << text;
  }
}

TEST(Plan, SurvivesTheWayToOtherRanks) {
  const Plan plan = make_plan({.profile = Profile::quick}, catalogue());

  const Plan arrived = decode_plan(encode(plan), catalogue());

  ASSERT_EQ(arrived.cases.size(), plan.cases.size());
  for (std::size_t i = 0; i < plan.cases.size(); ++i)
    EXPECT_EQ(arrived.cases[i].params, plan.cases[i].params);
  ASSERT_EQ(arrived.excluded.size(), plan.excluded.size());
  EXPECT_EQ(arrived.excluded[0].reason, plan.excluded[0].reason);
}

TEST(Plan, MemoryCountsBothSetsOfBuffers) {
  const Case which{"sum", Params({{"bytes", std::int64_t{1024}},
                                  {"dtype", std::string("f32")},
                                  {"group", std::string("world")}})};

  EXPECT_EQ(memory_of(which, catalogue()[0], HostOfRank(4, 0)).value, 4 * 1024);
}

TEST(Plan, MemoryOfARoutineIsThatOfItsOperations) {
  std::vector<Benchmark> all{{.name = "training_step", .suite = Suite::workload}};
  const Case which{"training_step", Params({{"workload", "tiny"}, {"group", "world"}})};
  EXPECT_EQ(memory_of(which, all[0], HostOfRank(4, 0)).value, 0) << "nothing to execute yet";

  set_routine(all, "training_step",
              {"tiny",
               {{Gemm{.m = 2, .n = 2, .k = 2}, "all", "forward", "mlp"},
                {Collective{Collective::Kind::all_gather, 1_KiB}, "blocks_of_2", "forward", "mlp"}},
               {0, 1, 1}});

  EXPECT_EQ(memory_of(which, all[0], HostOfRank(4, 0)).value, 3 * 16 + 512 + 1024);
  EXPECT_THROW(set_routine(all, "no_step", {}), Error);
}

}  // namespace
}  // namespace shortfall
