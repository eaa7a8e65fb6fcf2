// The measuring loop, on ranks that are threads and a clock that we turn by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <mutex>
#include <stdexcept>

#include "harness/operation_trial.hpp"
#include "tests/unit/fakes.hpp"

namespace shortfall {
namespace {

Benchmark summing() {
  return {.name = "sum",
          .suite = Suite::collectives,
          .summary = {},
          .axes = {},
          .needs = {.ranks = 2},
          .operation = [](const Params&) {
            return Collective{Collective::Kind::all_reduce, 64_B};
          }};
}

const Case in_the_world{"sum", Params({{"group", std::string("world")}})};

Benchmark product() {
  return {.name = "product",
          .suite = Suite::gemm,
          .summary = {},
          .axes = {},
          .operation = [](const Params&) {
            return Gemm{1, 1, 1};
          }};
}

const Case alone{"product", Params({{"group", std::string("all")}})};

using Spoil = std::function<void(int rank, int call, std::vector<float>& result)>;
using Work = std::function<void(int rank)>;  // of the device

// What every rank was told, by rank.
std::vector<Result> run_on(int ranks, const Spoil& spoil, Effort effort = {.samples = 12},
                           const Case& which = in_the_world, const Benchmark& benchmark = summing(),
                           const Work& work = {}, const Links& links = {}) {
  std::vector<Result> results(static_cast<std::size_t>(ranks));
  fake::Job job(ranks);
  job.run([&](fake::Job::Rank& world) {
    Seconds now;
    fake::IdleDevice device(now);
    if (work) device.work = [&](Operands&) { work(world.rank()); };
    device.details_of_call = {{"told_by", "rank " + std::to_string(world.rank())}};
    const auto stream = device.open_stream();
    const auto open = [&](World& group) {
      auto made = std::make_unique<fake::SummingCommunicator>(group, now);
      made->after = [&, raw = made.get()](std::vector<float>& sum) {
        if (spoil) spoil(world.rank(), raw->calls, sum);
      };
      return made;
    };
    Groups groups(world, open, links);
    fake::SilentWatcher watcher;
    results[static_cast<std::size_t>(world.rank())] =
        run_case(which, benchmark, {world, device, *stream, groups, watcher}, effort);
  });
  return results;
}

const Measured& measured(const Result& result) { return std::get<Measured>(result.outcome); }

TEST(Runner, DividesASampleByItsCalls) {
  const auto result = run_on(2, {}, {.samples = 12, .sample_time = {0.02}})[0];

  ASSERT_EQ(measured(result).timing.throughput->n, 12U);
  EXPECT_NEAR(measured(result).timing.throughput->median.value, 0.004, 1e-12);
  EXPECT_NEAR(measured(result).timing.isolated->median.value, 0.004, 1e-12);
}

TEST(Runner, GivesEveryRankTheSameAnswer) {
  const auto results = run_on(3, {});

  for (const Result& result : results) {
    EXPECT_EQ(measured(result).timing.throughput->n, measured(results[0]).timing.throughput->n);
    EXPECT_EQ(measured(result).per_rank.n, 3U);
  }
}

TEST(Runner, PassesCorrectDataAndSaysWhichShareItCompared) {
  const auto result = run_on(2, {})[0];

  EXPECT_EQ(measured(result).verification.status, Verification::Status::passed);
  EXPECT_GT(measured(result).verification.coverage, 0);
  EXPECT_LE(measured(result).verification.coverage, 1);
}

TEST(Runner, NamesRankHostIndexGotAndWantOfWrongData) {
  const auto result = run_on(3, [](int rank, int, std::vector<float>& sum) {
    if (rank == 2) sum[15] += 0.5F;
  })[0];

  const auto& wrong = measured(result).verification.wrong;
  ASSERT_TRUE(wrong);
  EXPECT_EQ(wrong->rank, 2);
  EXPECT_EQ(wrong->host, "host2");
  EXPECT_EQ(wrong->mismatch.index, 15U);
  EXPECT_EQ(wrong->mismatch.got, wrong->mismatch.want + 0.5);
}

TEST(Runner, FindsAFaultThatBeginsAfterTwentyCalls) {
  const auto result = run_on(2, [](int, int call, std::vector<float>& sum) {
    if (call > 20) sum[3] += 1;
  })[0];

  EXPECT_EQ(measured(result).verification.status, Verification::Status::failed);
}

TEST(Runner, FindsAResultThatIsAlwaysTheOneBefore) {
  std::mutex guard;
  std::map<int, std::vector<float>> before;

  const auto result = run_on(2, [&](int rank, int, std::vector<float>& sum) {
    const std::scoped_lock lock(guard);
    std::swap(sum, before[rank]);
    sum.resize(16);
  })[0];

  EXPECT_EQ(measured(result).verification.status, Verification::Status::failed);
}

TEST(Runner, NaNNeverPasses) {
  const auto result = run_on(2, [](int rank, int, std::vector<float>& sum) {
    if (rank == 1) sum[0] = std::nanf("");
  })[0];

  ASSERT_TRUE(measured(result).verification.wrong);
  EXPECT_EQ(measured(result).verification.wrong->rank, 1);
}

TEST(Runner, ReportsAnExceptionOfAnyRankWithRankAndHostOnAllRanks) {
  const auto results = run_on(2, {}, {}, alone, product(), [](int rank) {
    if (rank == 1) throw std::out_of_range("the cable fell out");
  });

  for (const Result& result : results) {
    const auto& failed = std::get<Failed>(result.outcome);
    EXPECT_EQ(failed.rank, 1);
    EXPECT_EQ(failed.host, "host1");
    EXPECT_EQ(failed.reason, "the cable fell out");
  }
}

Benchmark searched() {
  const auto sizes = [](const char* name) { return integers(name, {}, {}, {8, 16, 32, 64}); };
  return {.name = "searched",
          .suite = Suite::gemm,
          .summary = {},
          .axes = {},
          .operation =
              [](const Params& p) {
                return Gemm{.m = p.integer("m"), .n = p.integer("n"), .k = p.integer("k")};
              },
          .search =
              [=](const Params&) {
                return SearchSpace{{sizes("m"), sizes("n"), sizes("k")}, true};
              }};
}

const Case searched_by_all{"searched", Params({{"group", std::string("all")}})};
const Case searched_by_one{"searched", Params({{"group", std::string("one")}})};

std::map<std::string, double> figures_of(const Result& result) {
  std::map<std::string, double> all;
  for (const FigureOfRanks& figure : measured(result).figures) all[figure.name] = figure.median;
  return all;
}

TEST(Runner, MeasuresTheBestOfWhatIsSearched) {
  // Every call takes as long: the largest product has the highest rate.
  for (const Case& which : {searched_by_all, searched_by_one}) {
    for (const Result& result : run_on(2, {}, {.samples = 3}, which, searched(), [](int) {})) {
      const auto figures = figures_of(result);
      EXPECT_EQ(figures.at("best_m"), 64);
      EXPECT_EQ(figures.at("best_n"), 64);
      EXPECT_EQ(figures.at("best_k"), 64);
      EXPECT_EQ(figures.at("candidates"), 64);
      EXPECT_EQ(figures.at("candidates_tried"), 64);
      EXPECT_EQ(result.work.flop.value, 2 * 64 * 64 * 64);
      EXPECT_EQ(result.key, which.key());
    }
  }
}

TEST(Runner, AnExceptionDuringTheSearchFailsTheCaseOnAllRanks) {
  const auto results =
      run_on(3, {}, {}, searched_by_all, searched(), [calls = 0](int rank) mutable {
        if (rank == 2 && ++calls == 20) throw std::runtime_error("out of registers");
      });

  for (const Result& result : results) {
    EXPECT_EQ(std::get<Failed>(result.outcome).rank, 2);
    EXPECT_EQ(std::get<Failed>(result.outcome).reason, "out of registers");
  }
}

TEST(Runner, SkipsASearchOfWhatTheDeviceDoesNotDo) {
  const auto result = run_on(2, {}, {}, searched_by_all, searched())[0];

  EXPECT_EQ(std::get<Skipped>(result.outcome).reason, "idle");
}

TEST(Runner, SkipsACaseThatNeedsMoreRanks) {
  const auto result = run_on(1, {})[0];

  EXPECT_EQ(std::get<Skipped>(result.outcome).reason,
            "needs 2 ranks in a group; the largest of 'world' on this job has 1");
}

TEST(Runner, NamesRanksThatCannotTakePartWhereTooFewAreLeft) {
  const Links links{.without = {{Carrier::communicator, {1, 2}}}};

  for (const Result& result : run_on(3, {}, {}, in_the_world, summing(), {}, links)) {
    EXPECT_EQ(std::get<Skipped>(result.outcome).reason,
              "needs 2 ranks in a group; the largest of 'world' on this job has 0, without rank "
              "1-2, which cannot take part");
  }
}

TEST(Runner, SkipsWhatTheDeviceDoesNotDo) {
  const auto result = run_on(2, {}, {}, alone, product())[0];

  EXPECT_EQ(std::get<Skipped>(result.outcome).reason, "idle");
}

TEST(Runner, TellsDetailsOfTheLowestRankThatTookPartOnAllRanks) {
  const Case of_two{"product", Params({{"group", std::string("2-1")}})};

  const auto results = run_on(3, {}, {.samples = 12}, of_two, product(), [](int) {});

  for (const Result& result : results) {
    EXPECT_EQ(measured(result).details,
              (Details{{"told_by", "rank 1"}, {"threads", "4"}, {"library", "1.0"}}));
  }
}

TEST(Trial, TellsOfTheDeviceWhatTheOperationDoesNotTellItself) {
  fake::Job job(1);
  job.run([&](fake::Job::Rank& world) {
    Seconds now;
    fake::IdleDevice device(now);
    device.work = [](Operands&) {};
    device.details_of_call = {{"threads", "1"}};
    const auto stream = device.open_stream();

    const auto made = OperationTrial::make(Gemm{1, 1, 1}, {device, *stream, &world, nullptr}, 1);

    EXPECT_EQ(std::get<std::unique_ptr<OperationTrial>>(made)->details(),
              (Details{{"threads", "1"}, {"library", "1.0"}}));
  });
}

TEST(Trial, IsRefusedWhereTheDeviceCannotPlaceItsMemory) {
  fake::Job job(1);
  job.run([&](fake::Job::Rank& world) {
    Seconds now;
    fake::IdleDevice device(now);
    device.work = [](Operands&) {};
    const auto stream = device.open_stream();
    const Chase small{4_KiB, {Pages::small, local_node}};

    const auto made = OperationTrial::make(small, {device, *stream, &world, nullptr}, 1);

    ASSERT_TRUE(std::holds_alternative<Unsupported>(made));
    EXPECT_EQ(std::get<Unsupported>(made).reason,
              "idle does not choose the pages and nodes of its memory");
  });
}

}  // namespace
}  // namespace shortfall
