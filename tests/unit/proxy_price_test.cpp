// What the parts of a routine take, and which of its operations are worth measuring.
#include "model/proxy/price.hpp"

#include <gtest/gtest.h>

#include "model/prediction.hpp"
#include "proxy_runs.hpp"
#include "sample_systems.hpp"

namespace shortfall {
namespace {

SystemModel slow_links() {
  SystemModel system = sample::round_numbers();
  system.device.pass_start = {1e-6};
  system.device.kernel_start = {2e-6};
  system.spread = 0.02;
  return system;
}

double sum_of(const std::vector<PartPrice>& parts) {
  double sum = 0;
  for (const PartPrice& part : parts) sum += part.time.value;
  return sum;
}

TEST(PartPrices, AddUpToThePredictedStep) {
  SystemModel late = slow_links();
  late.dispatch = {{5e-6}, {4e-6}};
  for (const SystemModel& system : {slow_links(), late}) {
    for (const auto& [name, run] : executable_runs()) {
      const StepRoutine all = training_routine(run);
      const double predicted = predicted_step(run, system).value;
      const double waiting = 1 + reality_of(run, system).waiting;
      EXPECT_NEAR(sum_of(price_of(all, run, system)) * waiting / predicted, 1, 1e-6) << name;
    }
  }
}

TEST(PartPrices, OfWhatIsHiddenAreMoreThanTheStep) {
  TrainingRun run = executed(small_llama(), {.data = 4}, 8);
  run.software.is_in_sequence = false;
  run.software.hides_data_exchange = true;
  const StepRoutine all = training_routine(run);
  EXPECT_GT(sum_of(price_of(all, run, slow_links())), predicted_step(run, slow_links()).value);
}

TEST(PartPrices, NameEachPartOnce) {
  const TrainingRun run = executed(small_llama(), {.tensor = 2}, 2);
  const auto parts = price_of(training_routine(run), run, slow_links());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    EXPECT_GT(parts[i].time.value, 0);
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_FALSE(parts[i].phase == parts[j].phase && parts[i].part == parts[j].part);
    }
  }
}

TEST(DecodedToken, TakesItsPartsAndTheWaitForTheSlowest) {
  const TrainingRun run = executed(small_llama(), {.tensor = 2}, 2);
  SystemModel system = slow_links();
  const StepRoutine all = decode_routine(run, 500);
  const double alone = sum_of(price_of(all, run, system));
  system.slowest = RankWaits{0.25, 0.25};
  system.measured_ranks = 2;
  double exchanging = 0;  // with the slowest rank among others
  for (const PartPrice& part : price_of(all, run, system)) {
    if (part.part == "tensor_exchange") exchanging += part.time.value;
  }
  EXPECT_GT(exchanging, 0);
  EXPECT_NEAR(decode_time(all, run, system).value, 1.25 * alone - 0.25 * exchanging, 1e-9 * alone);
  system.dispatch = {{1e-3}, {1e-3}};  // of each kernel: far beyond what the device takes
  const auto operations = static_cast<double>(all.routine.order.size());
  EXPECT_NEAR(decode_time(all, run, system).value, 1.25 * 1e-3 * operations - 0.25 * exchanging,
              1e-6 * operations);
}

double elasticity_to(const RunPrediction& prediction, Resource resource) {
  for (const Elasticity& one : prediction.elasticity) {
    if (one.resource == resource) return one.value;
  }
  return 0;
}

// All exchanges together weigh what the step depends on links.
TEST(RoutineRequests, WeighWhatTheStepDependsOn) {
  const TrainingRun run = executed(small_llama(), {.tensor = 2, .data = 2}, 8);
  double sum = 0, exchanges = 0, before = 1;
  for (const RoutineRequest& one : requests(training_routine(run), run, slow_links(), -1)) {
    EXPECT_LE(one.weight, before);
    before = one.weight;
    sum += one.weight;
    if (std::holds_alternative<Collective>(one.operation)) exchanges += one.weight;
  }
  EXPECT_NEAR(sum, 1, 1e-9);
  const RunPrediction prediction = predict(run, slow_links());
  EXPECT_NEAR(exchanges,
              elasticity_to(prediction, Resource::scale_up) +
                  elasticity_to(prediction, Resource::scale_up_latency),
              1e-6);
}

TEST(RoutineRequests, AreMadeOnceForAllPartsThatAskForTheSame) {
  const TrainingRun run = executed(small_gpt(), {}, 2);
  const auto few = requests(training_routine(run), run, slow_links());
  ASSERT_FALSE(few.empty());
  for (std::size_t i = 0; i < few.size(); ++i) {
    EXPECT_GT(few[i].weight, 0.01);
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_FALSE(few[i].operation == few[j].operation && few[i].group == few[j].group);
    }
  }
}

}  // namespace
}  // namespace shortfall
