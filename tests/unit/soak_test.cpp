// Products of a machine that has become hot.
#include <gtest/gtest.h>

#include "tests/unit/fakes.hpp"

namespace shortfall {
namespace {

void multiply(Operands& on) {
  std::array<float, 2> in{};
  for (std::size_t i = 0; i < 2; ++i) std::memcpy(&in[i], on.inputs[i]->address(), sizeof(float));
  const float product = in[0] * in[1];
  std::memcpy(on.output->address(), &product, sizeof product);
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
