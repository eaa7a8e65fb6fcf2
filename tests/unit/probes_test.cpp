// Probes of the system: detours are found in made-up times, and in real ones where we interrupted.
#include <gtest/gtest.h>
#include <sys/time.h>

#include <chrono>
#include <csignal>
#include <map>

#include "backends/backend.hpp"
#include "backends/host/cpus.hpp"
#include "backends/host/detours.hpp"

namespace shortfall {
namespace {

constexpr Seconds quantum{20e-6};

std::map<std::string, double> by_name(const std::vector<Figure>& figures) {
  std::map<std::string, double> all;
  for (const Figure& figure : figures) all[figure.name] = figure.value;
  return all;
}

std::map<std::string, double> figures_of(const std::vector<Seconds>& quanta) {
  Detours detours;
  detours.add(quanta);
  return by_name(detours.figures());
}

double number_of_detours(const std::map<std::string, double>& figures) {
  double sum = 0;
  for (const auto& [name, value] : figures) {
    if (name.starts_with("detours_") && name != "detours_per_s") sum += value;
  }
  return sum;
}

TEST(Detours, OfUndisturbedQuantaAreNone) {
  const auto found = figures_of(std::vector<Seconds>(1000, quantum));

  EXPECT_EQ(found.at("noise_share"), 0);
  EXPECT_EQ(number_of_detours(found), 0);
  EXPECT_NEAR(found.at("quantum_s"), 20e-6, 1e-12);
  EXPECT_NEAR(found.at("observed_s"), 0.02, 1e-9);
}

TEST(Detours, AreCountedByTheirLength) {
  std::vector<Seconds> quanta(1000, quantum);
  const std::map<std::string, double> lengths{
      {"detours_1us_to_2us", 1.5e-6},   {"detours_2us_to_5us", 3e-6},
      {"detours_10us_to_20us", 15e-6},  {"detours_500us_to_1ms", 0.7e-3},
      {"detours_5ms_to_10ms", 7.25e-3}, {"detours_over_10ms", 0.5}};
  std::size_t at = 3;
  for (const auto& [name, length] : lengths) quanta[at += 100] = quantum + Seconds{length};

  const auto found = figures_of(quanta);

  for (const auto& [name, length] : lengths) EXPECT_EQ(found.at(name), 1) << name;
  EXPECT_EQ(number_of_detours(found), static_cast<double>(lengths.size()));
  EXPECT_NEAR(found.at("longest_detour_s"), 0.5, 1e-9);
}

TEST(Detours, MakeUpTheShareOfTimeThatTheyTook) {
  std::vector<Seconds> quanta(1000, quantum);  // 20 ms
  quanta[500] = quantum + Seconds{5e-3};

  const auto found = figures_of(quanta);

  EXPECT_NEAR(found.at("noise_share"), 5.0 / 25, 1e-6);
  EXPECT_NEAR(found.at("detours_per_s"), 1 / 0.025, 1e-3);
}

TEST(Detours, ShorterThanAMicrosecondAreJitter) {
  std::vector<Seconds> quanta(1000, quantum);
  for (std::size_t i = 0; i < quanta.size(); i += 3) quanta[i] = quantum + Seconds{0.9e-6};

  EXPECT_EQ(number_of_detours(figures_of(quanta)), 0);
}

TEST(Detours, AreNotMadeByAClockThatChanges) {
  std::vector<Seconds> quanta(4000, quantum);
  for (std::size_t i = 1000; i < 3000; ++i) quanta[i] = quantum * 1.3;  // 30 % slower for a while

  const auto found = figures_of(quanta);

  EXPECT_LE(number_of_detours(found), 2.0 * Detours::window);  // where it changed, at most
  EXPECT_LT(found.at("noise_share"), 0.01);
}

TEST(Detours, AreSeenWhereHalfOfTheQuantaAreInterrupted) {
  std::vector<Seconds> quanta(1024, quantum);
  for (std::size_t i = 0; i < quanta.size(); i += 2) quanta[i] = quantum + Seconds{4e-6};

  EXPECT_EQ(figures_of(quanta).at("detours_2us_to_5us"), 512);
}

// Burns 5 ms, as a daemon would that is woken by a timer.
void burn(int) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::milliseconds(5);
  while (Clock::now() < end) continue;
}

// Interrupts the process every 20 ms, as long as it lives.
class Alarm {
 public:
  Alarm() {
    struct sigaction action {};
    action.sa_handler = burn;
    sigaction(SIGALRM, &action, &before_);
    set(20000);
  }
  ~Alarm() {
    set(0);
    sigaction(SIGALRM, &before_, nullptr);
  }

 private:
  static void set(int microseconds) {
    const itimerval every{{0, microseconds}, {0, microseconds}};
    setitimer(ITIMER_REAL, &every, nullptr);
  }
  struct sigaction before_ {};
};

class HostProbes : public testing::Test {
 protected:
  std::unique_ptr<Prepared> ready(const Operation& operation) {
    on.output = device->allocate(layout(operation, {}).output.bytes());
    auto answer = device->prepare(operation, on);
    return std::move(std::get<std::unique_ptr<Prepared>>(answer));
  }

  std::unique_ptr<Device> device = [] {
    for (const Backend& backend : backends()) {
      if (backend.name == "host") return backend.open_device(0);
    }
    return std::unique_ptr<Device>();
  }();
  std::unique_ptr<Stream> stream = device->open_stream();
  Operands on;
};

TEST_F(HostProbes, NoiseOfAProcessThatIsInterruptedIsFoundInTheRightBucket) {
  const auto noise = ready(NoiseProbe{});
  {
    const Alarm every_20_ms;
    for (int call = 0; call < 4; ++call) noise->enqueue(*stream);
  }

  const auto found = by_name(noise->figures());

  EXPECT_GE(found.at("longest_detour_s"), 0.005);
  EXPECT_GE(found.at("detours_5ms_to_10ms") + found.at("detours_over_10ms"), 3);
  EXPECT_GE(found.at("noise_share"), 0.1);  // 5 ms in 20
}

TEST_F(HostProbes, AreCheckedByWhatTheyCounted) {
  for (const Operation& probe :
       {Operation(ClockRead{}), Operation(ThreadWake{}), Operation(NoiseProbe{})}) {
    const auto prepared = ready(probe);
    const Pattern want = *expected(probe, {}, {});
    EXPECT_TRUE(device->compare(*on.output, want));

    prepared->enqueue(*stream);

    EXPECT_FALSE(device->compare(*on.output, want));
  }
}

TEST_F(HostProbes, WakingSaysOnWhichCoresAndHowLongAtMost) {
  const auto wake = ready(ThreadWake{});

  wake->enqueue(*stream);

  const auto found = by_name(wake->figures());
  EXPECT_GT(found.at("longest_wake_s"), 0);
  const Details details = wake->details();
  EXPECT_NE(std::ranges::find(details, "cores", &Details::value_type::first), details.end());
}

TEST_F(HostProbes, WakingGivesTheCallersCpusBack) {
  const TwoCpus before = two_cpus_of_this_rank();

  ready(ThreadWake{})->enqueue(*stream);

  const TwoCpus after = two_cpus_of_this_rank();
  EXPECT_EQ(after.first, before.first);
  EXPECT_EQ(after.second, before.second);
}

const std::vector<LogicalCpu> two_cores_with_smt{{.number = 0, .first_sibling = 0},
                                                 {.number = 1, .first_sibling = 1},
                                                 {.number = 2, .first_sibling = 0},
                                                 {.number = 3, .first_sibling = 1}};

TEST(TwoCpus, AreOfTwoCores) {
  const TwoCpus found = two_cpus_of({0, 2, 3}, two_cores_with_smt);

  EXPECT_EQ(found.first, 0);
  EXPECT_EQ(found.second, 3);
}

TEST(TwoCpus, OfOneCoreAreOneCpu) {
  const TwoCpus found = two_cpus_of({1, 3}, two_cores_with_smt);

  EXPECT_EQ(found.first, 1);
  EXPECT_EQ(found.second, 1);
}

}  // namespace
}  // namespace shortfall
