// Products whose operands no call finds in a cache, and products of a machine that has become hot.
#include <gtest/gtest.h>

#include <set>

#include "harness/trial.hpp"
#include "tests/unit/fakes.hpp"

namespace shortfall {
namespace {

constexpr Gemm tiny{.m = 1, .n = 1, .k = 1, .is_cold = true};  // of 12 B

struct Bench {
  explicit Bench(Bytes cache) { device.caches = cache; }
  std::variant<std::unique_ptr<Trial>, Unsupported> trial_of(const Operation& operation) {
    return Trial::make(operation, {device, *stream, &world, nullptr}, 1);
  }
  fake::Job job{1};
  fake::Job::Rank world{job, 0};
  Seconds now;
  fake::IdleDevice device{now};
  std::unique_ptr<Stream> stream = device.open_stream();
};

void multiply(Operands& on) {
  std::array<float, 2> in{};
  for (std::size_t i = 0; i < 2; ++i) std::memcpy(&in[i], on.inputs[i]->address(), sizeof(float));
  const float product = in[0] * in[1];
  std::memcpy(on.output->address(), &product, sizeof product);
}

TEST(ColdTrial, UsesCopiesThatAreLargerThanTheCache) {
  Bench bench(100_B);
  std::vector<void*> used;
  bench.device.work = [&](Operands& on) { used.push_back(on.output->address()); };
  const auto made = bench.trial_of(tiny);
  Trial& trial = *std::get<std::unique_ptr<Trial>>(made);

  trial.arm(1);
  for (int call = 0; call < 54; ++call) trial.run();

  // Between two uses of a copy, more than 300 B of others.
  EXPECT_EQ(std::set(used.begin(), used.end()).size(), 27U);
  for (std::size_t i = 27; i < used.size(); ++i) EXPECT_EQ(used[i], used[i - 27]);
}

TEST(ColdTrial, VouchesForTheLastUseOfEveryCopy) {
  Bench bench(100_B);
  bench.device.work = multiply;
  const auto made = bench.trial_of(tiny);
  Trial& trial = *std::get<std::unique_ptr<Trial>>(made);
  trial.arm(1);
  for (int call = 0; call < 5; ++call) trial.run();

  EXPECT_FALSE(trial.check());
  EXPECT_EQ(trial.checked(), 5) << "the others were not used";
  EXPECT_EQ(trial.witnesses(), 0);
}

TEST(ColdTrial, FindsOneWrongCopy) {
  for (const int wrong : {0, 13, 26}) {
    Bench bench(100_B);
    int calls = 0;
    bench.device.work = [&](Operands& on) {
      multiply(on);
      if (calls++ % 27 == wrong) *static_cast<float*>(on.output->address()) += 1;
    };
    const auto made = bench.trial_of(tiny);
    Trial& trial = *std::get<std::unique_ptr<Trial>>(made);
    trial.arm(1);
    for (int call = 0; call < 27; ++call) trial.run();

    EXPECT_TRUE(trial.check()) << wrong;
  }
}

TEST(ColdTrial, SaysHowManyCopiesThereAre) {
  Bench bench(100_B);
  bench.device.work = multiply;
  const auto made = bench.trial_of(tiny);

  const Details details = std::get<std::unique_ptr<Trial>>(made)->details();

  EXPECT_EQ(
      std::ranges::count(details, std::pair<std::string, std::string>("copies_of_operands", "27")),
      1);
}

TEST(ColdTrial, IsRefusedWhereTheCacheIsUnknownOrTheOperandsAreTooSmall) {
  Bench unknown({}), large(1_GiB);
  unknown.device.work = large.device.work = multiply;

  const auto of_unknown = unknown.trial_of(tiny), of_large = large.trial_of(tiny);

  EXPECT_EQ(std::get<Unsupported>(of_unknown).reason, "idle does not tell how large its cache is");
  EXPECT_NE(std::get<Unsupported>(of_large).reason.find("so small"), std::string::npos);
}

TEST(WarmTrial, HasOneSetOfOperands) {
  Bench bench(100_B);
  std::set<void*> used;
  bench.device.work = [&](Operands& on) { used.insert(on.output->address()); };
  Gemm warm = tiny;
  warm.is_cold = false;
  const auto made = bench.trial_of(warm);
  Trial& trial = *std::get<std::unique_ptr<Trial>>(made);

  trial.arm(1);
  for (int call = 0; call < 54; ++call) trial.run();

  EXPECT_EQ(used.size(), 1U);
}

// Of a job of two ranks, each of whose calls takes 10 ms.
std::vector<Result> soaked(Seconds soak, Effort effort, std::vector<int>& calls) {
  const Benchmark benchmark{.name = "product",
                            .suite = Suite::gemm,
                            .summary = {},
                            .axes = {},
                            .operation =
                                [](const Params&) {
                                  return Gemm{1, 1, 1};
                                },
                            .soak = soak};
  const Case which{"product", Params({{"group", std::string("all")}})};
  std::vector<Result> results(2);
  calls.assign(2, 0);
  fake::Job job(2);
  job.run([&](fake::Job::Rank& world) {
    Seconds now;
    fake::IdleDevice device(now);
    const auto rank = static_cast<std::size_t>(world.rank());
    device.work = [&](Operands& on) {
      multiply(on);
      ++calls[rank];
      now = now + Seconds{0.01};
      world.clock = world.clock + Seconds{0.01};
    };
    const auto stream = device.open_stream();
    Groups groups(world, [](World&) { return nullptr; });
    fake::SilentWatcher watcher;
    results[rank] = run_case(which, benchmark, {world, device, *stream, groups, watcher}, effort);
  });
  return results;
}

double figure(const Result& result, const std::string& name) {
  for (const FigureOfRanks& figure : std::get<Measured>(result.outcome).figures) {
    if (figure.name == name) return figure.max;
  }
  return -1;
}

TEST(Soak, WorksForSoLongBeforeTheFirstSampleOnAllRanks) {
  std::vector<int> calls, without;

  const auto results = soaked({30}, {.samples = 12}, calls);
  soaked({0}, {.samples = 12}, without);

  for (std::size_t rank = 0; rank < 2; ++rank) {
    EXPECT_NEAR(calls[rank] - without[rank], 3000, 11) << "calls of 10 ms";
    EXPECT_NEAR(figure(results[rank], "soaked_s"), 30, 0.11);
  }
}

TEST(Soak, LeavesHalfOfTheTimeOfACaseToItsMeasurement) {
  std::vector<int> calls;

  const auto results = soaked({30}, {.samples = 12, .patience = {20}}, calls);

  EXPECT_NEAR(figure(results[0], "soaked_s"), 10, 0.11);
}

TEST(Soak, IsNotToldWhereNoneWasAskedFor) {
  std::vector<int> calls;

  EXPECT_EQ(figure(soaked({0}, {.samples = 12}, calls)[0], "soaked_s"), -1);
}

}  // namespace
}  // namespace shortfall
