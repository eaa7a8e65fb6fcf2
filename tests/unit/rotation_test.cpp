// Operations whose operands no call finds in a cache.
#include <gtest/gtest.h>

#include <set>

#include "harness/operation_trial.hpp"
#include "tests/unit/fakes.hpp"

namespace shortfall {
namespace {

constexpr Gemm tiny{.m = 1, .n = 1, .k = 1, .is_cold = true};  // of 12 B

struct Bench {
  explicit Bench(Bytes cache) { device.caches = cache; }
  std::variant<std::unique_ptr<OperationTrial>, Unsupported> trial_of(const Operation& operation) {
    return OperationTrial::make(operation, {device, *stream, &world, nullptr}, 1);
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
  Trial& trial = *std::get<std::unique_ptr<OperationTrial>>(made);

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
  Trial& trial = *std::get<std::unique_ptr<OperationTrial>>(made);
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
    Trial& trial = *std::get<std::unique_ptr<OperationTrial>>(made);
    trial.arm(1);
    for (int call = 0; call < 27; ++call) trial.run();

    EXPECT_TRUE(trial.check()) << wrong;
  }
}

TEST(ColdTrial, SaysHowManyCopiesThereAre) {
  Bench bench(100_B);
  bench.device.work = multiply;
  const auto made = bench.trial_of(tiny);

  const Details details = std::get<std::unique_ptr<OperationTrial>>(made)->details();

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
  Trial& trial = *std::get<std::unique_ptr<OperationTrial>>(made);

  trial.arm(1);
  for (int call = 0; call < 54; ++call) trial.run();

  EXPECT_EQ(used.size(), 1U);
}

struct SumBench : Bench {
  explicit SumBench(Bytes cache) : Bench(cache) {}
  OperationTrial::Made trial_of(std::optional<std::size_t> copies) {
    return OperationTrial::make(
        Collective{.kind = Collective::Kind::all_reduce, .bytes = 40_B, .is_cold = true},
        {device, *stream, &world, &sums}, 1, copies);
  }
  fake::SummingCommunicator sums{world, now};
};

TEST(ColdExchange, TakesTurnsWithoutAWitness) {
  SumBench bench(100_B);  // 80 B each: three times the cache are 3 of them, and two more
  const auto made = bench.trial_of(std::nullopt);
  OperationTrial& trial = *std::get<std::unique_ptr<OperationTrial>>(made);
  std::set<std::vector<float>> results;
  bench.sums.after = [&](std::vector<float>& sum) { results.insert(sum); };

  trial.arm(1);
  for (int call = 0; call < 10; ++call) trial.run();
  trial.run_witness();

  EXPECT_EQ(bench.sums.calls, 10);
  EXPECT_EQ(results.size(), 5U) << "each set has numbers of its own";
  EXPECT_FALSE(trial.check());
  EXPECT_EQ(trial.checked(), 5);
}

TEST(ColdExchange, FindsAResultThatIsTheOneBefore) {
  SumBench bench(100_B);
  const auto made = bench.trial_of(std::nullopt);
  OperationTrial& trial = *std::get<std::unique_ptr<OperationTrial>>(made);
  std::vector<float> before(10, 0.0F);
  bench.sums.after = [&](std::vector<float>& sum) { std::swap(sum, before); };

  trial.arm(1);
  for (int call = 0; call < 10; ++call) trial.run();

  EXPECT_TRUE(trial.check());
}

TEST(ColdExchange, OfOneCopyHasNewNumbersInEachBatch) {
  SumBench bench(100_B);
  const auto made = bench.trial_of(1);
  OperationTrial& trial = *std::get<std::unique_ptr<OperationTrial>>(made);
  std::set<std::vector<float>> results;
  bench.sums.after = [&](std::vector<float>& sum) { results.insert(sum); };

  for (std::uint64_t batch = 1; batch <= 4; ++batch) {
    trial.arm(batch);
    trial.run();
    EXPECT_FALSE(trial.check());
  }

  EXPECT_EQ(results.size(), 4U);
}

struct CountingDevice final : Device {
  explicit CountingDevice(fake::IdleDevice& real_) : real(real_) {}
  std::string name() const override { return real.name(); }
  MemoryKind kind() const override { return real.kind(); }
  Bytes cache() const override { return real.cache(); }
  std::unique_ptr<Stream> open_stream() override { return real.open_stream(); }
  std::unique_ptr<Buffer> allocate(Bytes bytes, const Placement& where) override {
    return real.allocate(bytes, where);
  }
  Preparation prepare(const Operation& operation, Operands& on) override {
    return real.prepare(operation, on);
  }
  void fill(Buffer& buffer, const Pattern& pattern) override {
    ++fills;
    real.fill(buffer, pattern);
  }
  std::optional<Mismatch> compare(Buffer& buffer, const Pattern& pattern) override {
    return real.compare(buffer, pattern);
  }
  std::uint64_t fingerprint(Buffer& buffer, Bytes bytes) override {
    return real.fingerprint(buffer, bytes);
  }
  fake::IdleDevice& real;
  int fills = 0;
};

TEST(ColdTrial, ArmsOnlyTheCopiesThatWereUsed) {
  Bench bench(100_B);
  bench.device.work = multiply;
  CountingDevice device(bench.device);
  const auto made = OperationTrial::make(tiny, {device, *bench.stream, &bench.world, nullptr}, 1);
  OperationTrial& trial = *std::get<std::unique_ptr<OperationTrial>>(made);

  trial.arm(1);
  EXPECT_EQ(device.fills, 27 * 3) << "two inputs and the output of each";
  for (int call = 0; call < 4; ++call) trial.run();
  device.fills = 0;
  trial.arm(2);

  EXPECT_EQ(device.fills, 4) << "the outputs";
  EXPECT_FALSE(trial.check()) << "nothing was done";
}

TEST(ColdTrial, KeepsSmallCopiesSideBySide) {
  for (const auto& [n, apart] : {std::pair(4, 256), std::pair(1024, 4096)}) {
    Bench bench(100_B);
    std::vector<std::byte*> used;
    bench.device.work = [&](Operands& on) {
      used.push_back(static_cast<std::byte*>(on.output->address()));
      EXPECT_EQ(on.output->size().value, 4 * n);
    };
    const auto made = OperationTrial::make(
        Gemm{.m = 1, .n = n, .k = 1}, {bench.device, *bench.stream, &bench.world, nullptr}, 1, 3);
    OperationTrial& trial = *std::get<std::unique_ptr<OperationTrial>>(made);

    for (int call = 0; call < 3; ++call) trial.run();

    EXPECT_EQ(used[1] - used[0], apart);
    EXPECT_EQ(used[2] - used[1], apart);
  }
}

TEST(ColdTrial, HasAsManyCopiesAsItIsGiven) {
  Bench unknown({});
  std::set<void*> used;
  unknown.device.work = [&](Operands& on) {
    multiply(on);
    used.insert(on.output->address());
  };
  const auto made =
      OperationTrial::make(tiny, {unknown.device, *unknown.stream, &unknown.world, nullptr}, 1, 3);
  OperationTrial& trial = *std::get<std::unique_ptr<OperationTrial>>(made);

  trial.arm(1);
  for (int call = 0; call < 9; ++call) trial.run();

  EXPECT_EQ(used.size(), 3U);
  EXPECT_EQ(trial.checked(), 3);
}

TEST(CopiesOfAStep, AreThreeCachesOrAsManyAsAreAllowed) {
  EXPECT_EQ(OperationTrial::copies_within_reason(12_B, 100_B), 27U);
  EXPECT_EQ(OperationTrial::copies_within_reason(1_GiB, 1_MiB), 2U);
  EXPECT_EQ(OperationTrial::copies_within_reason(12_B, 1_GiB), 1024U);
  EXPECT_EQ(OperationTrial::copies_within_reason(12_B, 0_B), 2U) << "nobody tells the cache";
  EXPECT_EQ(OperationTrial::copies_within_reason(0_B, 100_B), 302U);
}

}  // namespace
}  // namespace shortfall
