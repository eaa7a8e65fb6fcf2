// The benchmarks of workloads: what can be asked of them, and what they do unasked.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/error.hpp"
#include "harness/plan.hpp"
#include "harness/step_case.hpp"

namespace shortfall {
namespace {

std::vector<Benchmark> on_host() { return benchmarks_on(MemoryKind::host, nothing_missing, benchmarks()); }

std::vector<std::string> keys(const Request& request) {
  std::vector<std::string> all;
  for (const Case& which : make_plan(request, on_host()).cases) all.push_back(which.key());
  return all;
}

TEST(WorkloadBenchmarks, AreNotSweptInAnyProfile) {
  for (const Profile profile : {Profile::quick, Profile::standard, Profile::full}) {
    EXPECT_TRUE(keys({.suites = {"workload"}, .profile = profile}).empty());
  }
}

TEST(WorkloadBenchmarks, CanBeAskedFor) {
  EXPECT_EQ(keys({.benchmarks = {"step_product"}, .sets = {{"shape", {"512x256x128"}}}}),
            std::vector<std::string>{"step_product/shape=512x256x128,batch=1,dtype=f32,group=all"});
  EXPECT_EQ(keys({.benchmarks = {"step_pass"},
                  .sets = {{"kind", {"copy"}}, {"bytes", {"1MiB"}}, {"group", {"one"}}}}),
            std::vector<std::string>{"step_pass/kind=copy,reads=1,bytes=1048576,group=one"});
  EXPECT_EQ(keys({.benchmarks = {"step_exchange"},
                  .sets = {{"kind", {"send"}}, {"bytes", {"64"}}, {"group", {"every_2"}}}}),
            std::vector<std::string>{"step_exchange/kind=send,bytes=64,dtype=f32,group=every_2"});
}

TEST(WorkloadBenchmarks, RefuseWordsThatSayNothing) {
  const auto refused = [](const std::string& benchmark, const std::string& axis,
                          const std::string& word) {
    EXPECT_THROW(keys({.benchmarks = {benchmark}, .sets = {{axis, {word}}}}), BadUsage) << word;
  };
  refused("step_product", "shape", "512x256");
  refused("step_product", "group", "world");
  refused("step_pass", "kind", "barrier");
  refused("step_exchange", "kind", "barrier");
  refused("step_exchange", "group", "all");
  refused("step_exchange", "group", "blocks_of_0");
  refused("step_exchange", "group", "mars");
  refused("step_exchange", "dtype", "f31");
}

TEST(WorkloadBenchmarks, TakeTheOperationsOfARoutineThroughAPlan) {
  const auto all = on_host();
  Plan plan;
  plan.cases = {
      step_case({Gemm{.m = 8, .n = 64, .k = 32, .batch = 12}, "all", "forward", "mlp"}),
      step_case({MemoryPass{MemoryPass::Kind::mix, 64_KiB, 3}, "one", "forward", "norm"}),
      step_case({Collective{Collective::Kind::all_to_all, 64_KiB}, "first_every_2", "a", "b"}),
      step_case({Transfer{Transfer::Kind::one_way, 64_KiB}, "3-1", "a", "b"})};
  plan.cases.push_back({"training_step", Params({{"workload", "gpt2-124m"}, {"group", "world"}})});

  const Plan arrived = decode_plan(encode(plan), all);

  ASSERT_EQ(arrived.cases.size(), plan.cases.size());
  for (std::size_t i = 0; i < plan.cases.size(); ++i) {
    EXPECT_EQ(arrived.cases[i].key(), plan.cases[i].key());
    EXPECT_TRUE(arrived.cases[i].params == plan.cases[i].params);
  }
  for (std::size_t i = 0; i + 1 < plan.cases.size(); ++i) {
    const Case& which = arrived.cases[i];
    const Benchmark& benchmark = benchmark_named(which.benchmark, all);
    EXPECT_TRUE(is_cold(benchmark.operation(which.params))) << which.key();
    EXPECT_TRUE(benchmark.is_step);
    EXPECT_GE(benchmark.sample_time, Seconds{0.02});
  }
}

TEST(WorkloadBenchmarks, AreExecutedOnlyOnceThereIsARoutine) {
  auto all = on_host();
  EXPECT_NE(benchmark_named("training_step", all).not_here, "");
  EXPECT_NE(benchmark_named("decode_step", all).not_here, "");
  EXPECT_EQ(benchmark_named("step_product", all).not_here, "");

  set_routine(all, "decode_step", {"tiny", {}, {}});

  EXPECT_EQ(benchmark_named("decode_step", all).not_here, "");
  EXPECT_NE(benchmark_named("training_step", all).not_here, "");
}

}  // namespace
}  // namespace shortfall
