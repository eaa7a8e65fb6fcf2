// Two operations at once, on ranks that are threads and a clock that we turn by hand: what is told
// of them. How much they slow one another only a device can tell.
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/interference.hpp"
#include "tests/unit/fakes.hpp"

namespace shortfall {
namespace {

constexpr Seconds of_call{0.004};

MemoryPass write_of(Bytes bytes) { return {MemoryPass::Kind::write, bytes}; }

Benchmark two_writes() {
  return {.name = "two_writes",
          .suite = Suite::memory,
          .summary = {},
          .axes = {},
          .operation = [](const Params&) { return write_of(1_KiB); },
          .pairing =
              [](const Params&) {
                return Pairing{write_of(1_KiB), write_of(2_KiB), "other"};
              }};
}

// Writes what it should; `spoil` may then change it.
void write_all(Operands& on, const std::function<void(std::span<double>)>& spoil) {
  const auto bytes = fake::bytes_of(*on.output);
  std::vector<double> numbers(bytes.size() / sizeof(double), MemoryPass::constant);
  if (spoil) spoil(numbers);
  std::memcpy(bytes.data(), numbers.data(), bytes.size());
}

using Spoil = std::function<void(int rank, std::span<double> written)>;

Result run_on(int ranks, const Spoil& spoil = {}, bool is_able = true) {
  Result first;
  fake::Job(ranks).run([&](fake::Job::Rank& world) {
    Seconds now;
    fake::IdleDevice device(now);
    if (is_able) {
      device.work = [&](Operands& on) {
        now = now + of_call;
        write_all(on, [&](std::span<double> written) {
          if (spoil) spoil(world.rank(), written);
        });
      };
    }
    const auto stream = device.open_stream();
    Groups groups(world, {});
    fake::SilentWatcher watcher;
    const Case which{"two_writes", Params({{"group", std::string("all")}})};
    const Result result =
        run_case(which, two_writes(), {world, device, *stream, groups, watcher}, {.samples = 8});
    if (world.rank() == 0) first = result;
  });
  return first;
}

const FigureOfRanks& figure(const Result& result, std::string_view name) {
  const auto& all = std::get<Measured>(result.outcome).figures;
  const auto found = std::ranges::find(all, name, &FigureOfRanks::name);
  EXPECT_NE(found, all.end()) << name;
  return *found;
}

TEST(Interference, TellsBothAloneAndBesideOneAnotherWithAnInterval) {
  const Result result = run_on(2);

  ASSERT_TRUE(std::holds_alternative<Measured>(result.outcome));
  for (const std::string name : {"gemm", "other"}) {
    EXPECT_NEAR(figure(result, name + "_alone_s").median, of_call.value, 1e-12);
    EXPECT_NEAR(figure(result, name + "_beside_s").median, of_call.value, 1e-12);
    EXPECT_NEAR(figure(result, name + "_slowdown").median, 1, 1e-9);
    EXPECT_NEAR(figure(result, name + "_slowdown_low").median, 1, 1e-9);
    EXPECT_NEAR(figure(result, name + "_slowdown_high").median, 1, 1e-9);
  }
  const Measured& measured = std::get<Measured>(result.outcome);
  EXPECT_EQ(measured.timing.throughput->n, 8U);
  EXPECT_EQ(measured.verification.status, Verification::Status::passed);
  EXPECT_GT(measured.verification.coverage, 0);
}

TEST(Interference, FindsWrongDataOfEither) {
  for (const std::size_t numbers : {std::size_t{128}, std::size_t{256}}) {
    const Result result = run_on(2, [&](int rank, std::span<double> written) {
      if (rank == 1 && written.size() == numbers) written[3] = 1;
    });

    const auto& wrong = std::get<Measured>(result.outcome).verification.wrong;
    ASSERT_TRUE(wrong) << numbers;
    EXPECT_EQ(wrong->rank, 1);
    EXPECT_EQ(wrong->mismatch.index, 3U);
  }
}

TEST(Interference, IsSkippedWhereOneOfThemCannotBeDone) {
  const Result result = run_on(1, {}, false);

  ASSERT_TRUE(std::holds_alternative<Skipped>(result.outcome));
  EXPECT_EQ(std::get<Skipped>(result.outcome).reason, "idle");
}

}  // namespace
}  // namespace shortfall
