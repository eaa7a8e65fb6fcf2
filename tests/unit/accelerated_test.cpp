// What is measured where: axes with other values on accelerators, and benchmarks that say something
// on some devices alone.
#include <gtest/gtest.h>

#include <algorithm>

#include "app/list.hpp"
#include "core/error.hpp"
#include "core/json.hpp"
#include "harness/plan.hpp"

namespace shortfall {
namespace {

const std::string no_exchange = "mpi takes no memory of cuda";

std::vector<Benchmark> catalogue() {
  const Axis bytes = accelerated(geometric("bytes", 8_B, {8_B, 2}, {16_B, 2}, {32_B, 2}), {1024},
                                 {1024, 4096}, {1024, 4096, 16384});
  const Axis group = choice("group", {"all"});
  const auto copy = [](const Params& p) {
    return MemoryPass{MemoryPass::Kind::copy, p.bytes("bytes")};
  };
  const auto nothing = [](const Params&) { return ClockRead{}; };
  const auto peak = [](std::int64_t operations) {
    return [operations](const Params&) { return PeakRate{DType::f32, operations}; };
  };
  return {
      {.name = "copy",
       .suite = Suite::memory,
       .summary = "copies",
       .axes = {bytes, group},
       .operation = copy},
      {.name = "wake",
       .suite = Suite::latency,
       .summary = "wakes",
       .axes = {choice("core", {"any"}), group},
       .runs = Runs::on_host,
       .operation = nothing},
      {.name = "launch",
       .suite = Suite::latency,
       .summary = "launches",
       .axes = {group},
       .runs = Runs::on_accelerator,
       .operation = [](const Params&) { return Launch{}; }},
      {.name = "send",
       .suite = Suite::network,
       .summary = "sends",
       .axes = {choice("group", {"pairs"})},
       .needs = {.ranks = 2},
       .operation = nothing},
      {.name = "link",
       .suite = Suite::device_link,
       .summary = "copies between accelerators",
       .axes = {choice("group", {"pairs"})},
       .needs = {.ranks = 2, .by = Carrier::peer_memory},
       .runs = Runs::on_accelerator,
       .operation = nothing},
      {.name = "peak",
       .suite = Suite::gemm,
       .summary = "multiplies",
       .axes = {group},
       .operation = peak(24),
       .accelerated_operation = peak(2400)},
  };
}

std::vector<Benchmark> on_host() {
  return benchmarks_on(MemoryKind::host, nothing_missing, catalogue());
}
std::vector<Benchmark> on_gpu() {
  return benchmarks_on(
      MemoryKind::cuda,
      [](Carrier by) {
        return by == Carrier::communicator ? std::string(no_exchange) : std::string();
      },
      catalogue());
}

std::vector<std::string> keys_of(const Plan& plan) {
  std::vector<std::string> all;
  for (const Case& which : plan.cases) all.push_back(which.key());
  return all;
}

std::string reason_of(const Plan& plan, const std::string& key) {
  const auto left = std::ranges::find(plan.excluded, key, &LeftOut::key);
  return left == plan.excluded.end() ? "" : left->reason;
}

TEST(Accelerated, AxesHaveValuesOfTheirOwnThere) {
  const Request copies{.benchmarks = {"copy"}, .profile = Profile::standard};

  EXPECT_EQ(keys_of(make_plan(copies, on_host())),
            (std::vector<std::string>{"copy/bytes=8,group=all", "copy/bytes=16,group=all"}));
  EXPECT_EQ(keys_of(make_plan(copies, on_gpu())),
            (std::vector<std::string>{"copy/bytes=1024,group=all", "copy/bytes=4096,group=all"}));
}

TEST(Accelerated, ProfilesLeaveOutWhatTheyWouldSweepThere) {
  const Plan plan = make_plan({.benchmarks = {"copy"}, .profile = Profile::quick}, on_gpu());

  EXPECT_EQ(reason_of(plan, "copy/bytes=4096"), "not in profile quick");
  EXPECT_EQ(reason_of(plan, "copy/bytes=16384"), "not in profile quick");
  EXPECT_EQ(reason_of(plan, "copy/bytes=32"), "");
}

TEST(Accelerated, SizesOfTheUserAreTheSameEverywhere) {
  const Request asked{.benchmarks = {"copy"}, .sizes = SizeSweep{64, 128, 2}};

  EXPECT_EQ(keys_of(make_plan(asked, on_gpu())), keys_of(make_plan(asked, on_host())));
}

TEST(Accelerated, BenchmarksAreLeftOutInOneLineEach) {
  const Plan gpu = make_plan({.profile = Profile::full}, on_gpu());
  const Plan host = make_plan({.profile = Profile::full}, on_host());

  EXPECT_EQ(reason_of(gpu, "wake"), "is measured on the host: --device host");
  EXPECT_EQ(reason_of(gpu, "send"), no_exchange);
  EXPECT_EQ(std::ranges::count(keys_of(gpu), "link/group=pairs"), 1) << "needs no communicator";
  EXPECT_EQ(gpu.excluded.size(), 2U);
  EXPECT_EQ(reason_of(host, "launch"), "is measured on an accelerator, such as --device cuda");
  EXPECT_EQ(host.excluded.size(), 2U);
  for (const std::string& key : keys_of(gpu)) EXPECT_FALSE(key.starts_with("wake")) << key;
  EXPECT_EQ(std::ranges::count(keys_of(gpu), "launch/group=all"), 1);
  EXPECT_EQ(std::ranges::count(keys_of(host), "wake/core=any,group=all"), 1);
}

TEST(Accelerated, WhatIsAskedForButNotMeasuredThereIsNoBadUsage) {
  const Plan plan = make_plan({.benchmarks = {"wake"}, .sets = {{"core", {"any"}}}}, on_gpu());

  EXPECT_TRUE(plan.cases.empty());
  EXPECT_EQ(reason_of(plan, "wake"), "is measured on the host: --device host");
  EXPECT_THROW(make_plan({.benchmarks = {"wakes"}}, on_gpu()), BadUsage);
}

TEST(Accelerated, PlansReachOtherRanksAsTheyAre) {
  const Plan plan = make_plan({.profile = Profile::full}, on_gpu());

  const Plan arrived = decode_plan(encode(plan), on_gpu());

  EXPECT_EQ(keys_of(arrived), keys_of(plan));
  EXPECT_EQ(arrived.excluded.size(), plan.excluded.size());
}

TEST(Accelerated, OperationsMayBeLargerThere) {
  const auto operations = [](const std::vector<Benchmark>& all) {
    return std::get<PeakRate>(benchmark_named("peak", all).operation({})).operations;
  };

  EXPECT_EQ(operations(on_host()), 24);
  EXPECT_EQ(operations(on_gpu()), 2400);
}

// But for those of steps, which a workload asks for.
TEST(Accelerated, EveryBenchmarkHasCasesOnSomeDevice) {
  const auto gpu = benchmarks_on(MemoryKind::cuda, nothing_missing, benchmarks()),
             host = benchmarks_on(MemoryKind::host, nothing_missing, benchmarks());
  for (std::size_t i = 0; i < gpu.size(); ++i) {
    const Request alone{.benchmarks = {gpu[i].name}, .profile = Profile::full};
    if (gpu[i].suite == Suite::workload) continue;
    const bool is_on_gpu = !make_plan(alone, gpu).cases.empty();
    const bool is_on_host = !make_plan(alone, host).cases.empty();
    EXPECT_EQ(is_on_gpu, gpu[i].runs != Runs::on_host) << gpu[i].name;
    EXPECT_EQ(is_on_host, gpu[i].runs != Runs::on_accelerator) << gpu[i].name;
  }
}

TEST(Accelerated, MemoryIsPassedOverWithinAndBeyondTheCache) {
  const auto gpu = benchmarks_on(MemoryKind::cuda, nothing_missing, benchmarks());
  const Plan quick = make_plan({.benchmarks = {"memory_read"}, .profile = Profile::quick}, gpu);
  const Plan more = make_plan({.benchmarks = {"memory_dot"}, .profile = Profile::quick}, gpu);

  EXPECT_EQ(keys_of(quick),
            (std::vector<std::string>{"memory_read/bytes=16777216,group=all,pages=huge",
                                      "memory_read/bytes=4294967296,group=all,pages=huge"}));
  EXPECT_TRUE(more.cases.empty());
}

TEST(Accelerated, ListsShowBothSweepsWhereTheyDiffer) {
  const std::string text = list_text(catalogue(), {}, {}, {});

  EXPECT_NE(text.find("8 B ... 32 B; on accelerators 1 KiB ... 16 KiB"), std::string::npos) << text;
  EXPECT_NE(text.find("launches (accelerators)"), std::string::npos) << text;
  EXPECT_NE(text.find("wakes (host)"), std::string::npos) << text;
  EXPECT_EQ(text.find("all; on accelerators"), std::string::npos) << text;
}

TEST(Accelerated, ListsForProgramsHoldBoth) {
  const Json all = Json::parse(list_json(catalogue(), {}, {}, {}));
  const Json& copy = all["benchmarks"][0];

  EXPECT_EQ(copy["runs"], "anywhere");
  EXPECT_EQ(copy["axes"][0]["quick"], Json::array({8}));
  EXPECT_EQ(copy["axes"][0]["on_accelerators"]["quick"], Json::array({1024}));
  EXPECT_FALSE(copy["axes"][1].contains("on_accelerators"));
  EXPECT_EQ(all["benchmarks"][1]["runs"], "on_host");
  EXPECT_EQ(all["benchmarks"][2]["runs"], "on_accelerator");
}

}  // namespace
}  // namespace shortfall
