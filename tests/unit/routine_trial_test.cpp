// Many operations in order, on ranks that are threads and a clock that we turn by hand.
#include <gtest/gtest.h>

#include "tests/unit/routine_on_ranks.hpp"

namespace shortfall {
namespace {

TEST(RoutineTrial, TimesOneExecutionASampleAndTenAtLeast) {
  const auto results = run_on(2, two_layers(), {}, {.budget = {1e-6}});

  for (const Result& result : results) {
    const Summary& times = measured(result).timing.of_primary();
    EXPECT_EQ(times.n, 10U);
    EXPECT_NEAR(times.median.value, (product_time * 2 + exchange_time * 3).value, 1e-12);
    EXPECT_FALSE(measured(result).timing.isolated);
    EXPECT_EQ(measured(result).verification.status, Verification::Status::passed);
    EXPECT_GT(measured(result).verification.coverage, 0);
  }
}

// Those whom nobody refused prepare the exchange of all ranks, and would wait there for the others.
TEST(RoutineTrial, IsSkippedByAllRanksWhereOneGroupCannotDoAnOperation) {
  const Operation too_small = Collective{Collective::Kind::all_gather, 4_B};  // for two ranks
  const Routine routine{
      "tiny",
      {{too_small, "0-1", "forward", "tensor"}, {sum_of(256_B), "world", "update", "data"}},
      {0, 1}};

  for (const Result& result : run_on(3, routine)) {
    ASSERT_TRUE(std::holds_alternative<Skipped>(result.outcome));
    EXPECT_NE(std::get<Skipped>(result.outcome).reason.find("less than one element"),
              std::string::npos);
  }
}

TEST(RoutineTrial, TakesAsManySamplesAsAreAskedFor) {
  EXPECT_EQ(measured(run_on(2, two_layers(), {}, {.samples = 23})[0]).timing.of_primary().n, 23U);
}

TEST(RoutineTrial, AddsUpTheWorkOfAllItDoes) {
  const Result result = run_on(2, two_layers())[0];

  EXPECT_EQ(result.work.flop.value, 2 * 2);
  EXPECT_EQ(result.work.payload.value, 2 * 64 + 256);
  EXPECT_EQ(result.work.link.value, 2 * 64 + 256) << "of two ranks, 2 (n - 1) / n is 1";
}

TEST(RoutineTrial, TellsTheTimeOfEveryPart) {
  const Result result = run_on(2, two_layers())[0];

  EXPECT_NEAR(figure(result, "forward.mlp_s").median, 2 * product_time.value, 1e-12);
  EXPECT_NEAR(figure(result, "forward.tensor_s").median, 2 * exchange_time.value, 1e-12);
  EXPECT_NEAR(figure(result, "update.data_s").median, exchange_time.value, 1e-12);
  EXPECT_EQ(figure(result, "forward.mlp.waiting_s").max, -1) << "ranks work for themselves";
  EXPECT_NEAR(figure(result, "forward.tensor.waiting_s").max, 0, 1e-12);
}

TEST(RoutineTrial, TellsHowLongARankWaitedForTheLast) {
  constexpr Seconds lag{0.003};

  const Result result = run_on(2, two_layers(), {.lag = {{1, lag}}})[0];

  EXPECT_NEAR(figure(result, "forward.mlp_s").max, 2 * (product_time + lag).value, 1e-12);
  EXPECT_EQ(figure(result, "forward.mlp_s").rank, 1);
  const FigureOfRanks& waiting = figure(result, "forward.tensor.waiting_s");
  EXPECT_NEAR(waiting.max, 2 * lag.value, 1e-12);
  EXPECT_EQ(waiting.rank, 0) << "it waits for rank 1";
  EXPECT_NEAR(waiting.min, 0, 1e-12);
  EXPECT_NEAR(figure(result, "update.data.waiting_s").max, 0, 1e-12) << "they come together";
}

TEST(RoutineTrial, TellsEachDetailOnce) {
  const Result result = run_on(2, two_layers())[0];

  EXPECT_EQ(detail(result, "routine"), "tiny");
  EXPECT_EQ(detail(result, "steps"), "5");
  EXPECT_EQ(detail(result, "threads"), "4");
  EXPECT_EQ(detail(result, "copies_of_operands"), "1") << "nobody tells the cache";
}

TEST(RoutineTrial, FindsAndNamesTheOperationThatWasWrong) {
  const auto results = run_on(2, two_layers(), {.exchange = [](int rank, std::vector<float>& sum) {
                                if (rank == 1 && sum.size() == 64) sum[5] += 0.5F;
                              }});

  for (const Result& result : results) {
    const auto& wrong = measured(result).verification.wrong;
    ASSERT_TRUE(wrong);
    EXPECT_EQ(wrong->rank, 1);
    EXPECT_EQ(wrong->mismatch.index, 5U);
    EXPECT_EQ(detail(result, "wrong_operation"),
              "update.data (step_exchange/kind=all_reduce,bytes=256,dtype=f32,group=world)");
  }
}

TEST(RoutineTrial, FindsAWrongProductAmongItsRepeats) {
  int calls = 0;
  const Result result = run_on(1, two_layers("one"),
                               {.product =
                                    [&](int, Operands& on) {
                                      if (++calls == 20)
                                        *static_cast<float*>(on.output->address()) += 1;
                                    }},
                               {.samples = 9})[0];

  // Ranks of "one" do not talk: so the routine is refused before anything is executed.
  ASSERT_TRUE(std::holds_alternative<Skipped>(result.outcome));
  EXPECT_NE(std::get<Skipped>(result.outcome).reason.find("do not talk"), std::string::npos);

  Routine products{"tiny", {{product(), "all", "forward", "mlp"}}, {0, 0}};
  calls = 0;
  const Result wrong = run_on(1, products,
                              {.product =
                                   [&](int, Operands& on) {
                                     if (++calls >= 22)
                                       *static_cast<float*>(on.output->address()) += 1;
                                   }},
                              {.samples = 9})[0];
  EXPECT_EQ(measured(wrong).verification.status, Verification::Status::failed);
  EXPECT_EQ(detail(wrong, "wrong_operation"),
            "forward.mlp (step_product/shape=1x1x1,batch=1,dtype=f32,group=all)");
}

TEST(RoutineTrial, LetsGroupsWorkBesideOneAnother) {
  const auto results = run_on(4, two_layers("blocks_of_2"), {.lag = {{3, {0.002}}}});

  EXPECT_EQ(measured(results[0]).verification.status, Verification::Status::passed);
  const FigureOfRanks& waiting = figure(results[0], "forward.tensor.waiting_s");
  EXPECT_NEAR(waiting.max, 0.004, 1e-12);
  EXPECT_EQ(waiting.rank, 2) << "the other of its block";
}

TEST(RoutineTrial, LeavesOutARankThatAGroupDoesNotHave) {
  const auto results = run_on(3, two_layers("blocks_of_2"));

  EXPECT_EQ(measured(results[0]).verification.status, Verification::Status::passed);
  EXPECT_NEAR(measured(results[0]).per_rank.all.at(2).value, 2 * product_time.value, 1e-12);
}

TEST(RoutineTrial, SkipsAGroupThatNobodyKnowsOnAllRanksAlike) {
  for (const Result& result : run_on(2, two_layers("mars"))) {
    ASSERT_TRUE(std::holds_alternative<Failed>(result.outcome));
    EXPECT_NE(std::get<Failed>(result.outcome).reason.find("mars"), std::string::npos);
  }
}

TEST(RoutineTrial, RefusesWhatEatsItsInput) {
  Routine routine = two_layers();
  std::get<Collective>(routine.operations[1].operation).in_place = true;

  for (const Result& result : run_on(2, routine)) {
    ASSERT_TRUE(std::holds_alternative<Skipped>(result.outcome));
    EXPECT_NE(std::get<Skipped>(result.outcome).reason.find("overwrites its input"),
              std::string::npos);
  }
}

struct Alone {
  explicit Alone(Bytes cache) { device.caches = cache; }
  std::variant<std::size_t, Unsupported> copies(const Routine& routine, Bytes most) {
    return RoutineTrial::copies(routine, {device, *stream, groups}, most);
  }
  fake::Job job{1};
  fake::Job::Rank world{job, 0};
  Seconds now;
  fake::IdleDevice device{now};
  std::unique_ptr<Stream> stream = device.open_stream();
  Groups groups{world, {}};
};

// A product of 12 B that is done eight times, and one of 28 B that is done twice.
Routine of_two_products() {
  return {"tiny",
          {{Gemm{.m = 1, .n = 1, .k = 1}, "all", "forward", "mlp"},
           {Gemm{.m = 1, .n = 3, .k = 1}, "all", "forward", "output"}},
          {0, 0, 0, 0, 1, 0, 0, 0, 0, 1}};
}

TEST(CopiesOfARoutine, FillTheCacheThreeTimesOrAreOneForEachCall) {
  const Routine routine = of_two_products();  // of n copies: 12 n + 28 min(n, 2)
  EXPECT_EQ(std::get<std::size_t>(Alone(0_B).copies(routine, 1_GiB)), 1U) << "a cache unknown";
  EXPECT_EQ(std::get<std::size_t>(Alone(13_B).copies(routine, 1_GiB)), 1U) << "40 B";
  EXPECT_EQ(std::get<std::size_t>(Alone(20_B).copies(routine, 1_GiB)), 2U) << "80 B";
  EXPECT_EQ(std::get<std::size_t>(Alone(30_B).copies(routine, 1_GiB)), 3U) << "92 B";
  EXPECT_EQ(std::get<std::size_t>(Alone(1_MiB).copies(routine, 1_GiB)), 8U);
}

TEST(CopiesOfARoutine, StayWithinTheMemoryThereIs) {
  const Routine routine = of_two_products();
  EXPECT_EQ(std::get<std::size_t>(Alone(1_MiB).copies(routine, 93_B)), 3U);
  const auto no = Alone(1_MiB).copies(routine, 39_B);
  ASSERT_TRUE(std::holds_alternative<Unsupported>(no));
  EXPECT_NE(std::get<Unsupported>(no).reason.find("40.0 B"), std::string::npos)
      << std::get<Unsupported>(no).reason;
}

}  // namespace
}  // namespace shortfall
