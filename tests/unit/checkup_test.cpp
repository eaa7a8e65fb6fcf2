// Who disturbed a case, from what all ranks saw.
#include "harness/checkup.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/unit/fakes.hpp"

namespace shortfall {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

// A second of a rank that used one of its host's 4 CPUs, and of a host on which nobody else was.
constexpr Signs quiet{.clock_before = 3e9,
                      .clock_after = 3e9,
                      .elapsed = 1,
                      .used = 1,
                      .waited = 0,
                      .cpus = 4,
                      .busy = 2,
                      .stolen = 0,
                      .energy = 50,
                      .temperature = 60};
const std::vector<std::string> two_each{"a", "a", "b", "b"};

// Four ranks on two hosts; only the first of a host tells of it.
std::vector<Signs> four() {
  std::vector<Signs> all(4, quiet);
  for (const std::size_t second : {1U, 3U}) {
    Signs& s = all[second];
    s.cpus = s.busy = s.stolen = s.energy = s.temperature = unknown;
  }
  return all;
}

TEST(Checkup, OfAQuietMachineFindsNothing) {
  const Diagnosis found = diagnose(four(), two_each);

  EXPECT_FALSE(found.vitals.is_disturbed);
  EXPECT_FALSE(found.vitals.reason);
  EXPECT_TRUE(found.vitals.disturbed_hosts.empty());
  EXPECT_EQ(found.vitals.clock->before, (Frequency{3e9}));
}

TEST(Checkup, TakesWhatAllRanksOfAHostUsedFromItsLoad) {
  auto all = four();
  all[2].busy = 3.36;  // two ranks used 2 s; 1.36 s of 4 are of others

  const Vitals found = diagnose(all, two_each).vitals;

  EXPECT_NEAR(found.other_load_share->value, 0.34, 1e-9);
  EXPECT_EQ(found.other_load_share->host, "b");
  EXPECT_EQ(found.other_load_share->rank, 2);
  EXPECT_TRUE(found.is_disturbed);
  EXPECT_EQ(found.reason, "other processes used 34 % of b");
  EXPECT_EQ(found.disturbed_hosts, std::vector<std::string>{"b"});
}

TEST(Checkup, SeesStolenTime) {
  auto all = four();
  all[0].stolen = 0.48;

  EXPECT_EQ(diagnose(all, two_each).vitals.reason,
            "12 % of a's time was stolen by other virtual machines");
}

TEST(Checkup, SeesAClockThatFell) {
  auto all = four();
  all[3].clock_after = 2.46e9;

  const Vitals found = diagnose(all, two_each).vitals;

  EXPECT_EQ(found.reason, "the clock of rank 3 on b fell by 18 %");
  EXPECT_EQ(found.clock->slowest.rank, 3);
  EXPECT_DOUBLE_EQ(found.clock->slowest.value, 2.46e9);
}

TEST(Checkup, SeesARankThatWaitedForACpu) {
  auto all = four();
  all[1].waited = 0.4;

  EXPECT_EQ(diagnose(all, two_each).vitals.reason, "rank 1 on a waited 40 % of its time for a CPU");
}

TEST(Checkup, DoesNotBlameOthersWhereThereAreMoreRanksThanCpus) {
  auto all = four();
  all[0].cpus = 1;
  all[1].waited = 0.4;

  const Vitals found = diagnose(all, two_each).vitals;

  EXPECT_FALSE(found.is_disturbed);
  EXPECT_DOUBLE_EQ(found.cpu_wait_share->value, 0.4);
}

TEST(Checkup, TellsNoShareOfACaseThatWasTooShort) {
  auto all = four();
  for (Signs& s : all) s.elapsed = 0.05;  // 0.2 s of CPU time, counted in steps of 10 ms

  const Vitals found = diagnose(all, two_each).vitals;

  EXPECT_FALSE(found.other_load_share);
  EXPECT_FALSE(found.steal_share);
  EXPECT_FALSE(found.is_disturbed);
}

TEST(Checkup, AddsUpTheEnergyOfAllHosts) {
  const Diagnosis found = diagnose(four(), two_each);

  EXPECT_EQ(found.energy, Joules{100});
  EXPECT_DOUBLE_EQ(*found.vitals.power_w, 100);
  EXPECT_EQ(found.vitals.temperature_c->value, 60);
}

TEST(Checkup, KnowsNoEnergyIfOneHostDoesNotTell) {
  auto all = four();
  all[2].energy = unknown;

  const Diagnosis found = diagnose(all, two_each);

  EXPECT_FALSE(found.energy);
  EXPECT_FALSE(found.vitals.power_w);
}

// Counts how often it was asked, and says that CPUs were busy for 1.25 s between two readings.
struct CountingSigns final : VitalSigns {
  Frequency clock() override { return {2e9}; }
  RankCounters of_rank() override { return {{1.0 * ranks_asked++}, Seconds{0}}; }
  HostCounters of_host() override {
    return {HostCounters::Processors{2, {1.25 * hosts_asked++}, {0}}, std::nullopt};
  }
  int ranks_asked = 0, hosts_asked = 0;
};

TEST(Checkup, AsksOfTheHostTwiceAndTakesTheDifference) {
  fake::Job(1).run([](fake::Job::Rank& world) {
    CountingSigns signs;
    Checkup checkup(world, &signs);

    checkup.before();
    world.clock = {1};
    checkup.after();

    EXPECT_EQ(signs.hosts_asked, 2);
    EXPECT_DOUBLE_EQ(checkup.diagnose().vitals.other_load_share->value, 0.125);
  });
}

TEST(Checkup, BelongsToEveryCaseThatIsMeasured) {
  fake::Job(2).run([](fake::Job::Rank& world) {
    Seconds now;
    fake::IdleDevice device(now);
    device.work = [&](Operands&) { now = now + Seconds{0.004}; };
    const auto stream = device.open_stream();
    Groups groups(world, {});
    fake::SilentWatcher watcher;
    CountingSigns signs;
    const Benchmark benchmark{.name = "probe",
                              .suite = Suite::latency,
                              .summary = {},
                              .axes = {},
                              .operation = [](const Params&) { return PeakRate{}; }};
    const Case which{"probe", Params(std::vector<Params::Entry>{{"group", "all"}})};

    const Result result = run_case(
        which, benchmark, {world, device, *stream, groups, watcher, &signs}, {.samples = 20});

    EXPECT_EQ(signs.ranks_asked, 2);  // however many samples there are
    EXPECT_EQ(std::get<Measured>(result.outcome).vitals.clock->after, (Frequency{2e9}));
  });
}

TEST(Checkup, KnowsNothingWhereNobodyCanTell) {
  fake::Job(2).run([](fake::Job::Rank& world) {
    Checkup checkup(world, nullptr);
    checkup.before();
    checkup.after();

    const Vitals found = checkup.diagnose().vitals;

    EXPECT_FALSE(found.clock);
    EXPECT_FALSE(found.cpu_wait_share);
    EXPECT_FALSE(found.is_disturbed);
  });
}

}  // namespace
}  // namespace shortfall
