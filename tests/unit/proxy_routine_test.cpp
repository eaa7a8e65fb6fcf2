// The Steps of a run in the order in which they are executed.
#include "model/proxy/routine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "proxy_runs.hpp"
#include "refusal.hpp"

namespace shortfall {
namespace {

bool are_alike(const Step& a, const Step& b) {
  return a.operation == b.operation && a.part == b.part && a.phase == b.phase && a.axis == b.axis &&
         a.group == b.group && a.precision == b.precision;
}

// By name: "forward.mlp".
std::vector<std::string> names_in_order(const Routine& routine) {
  std::vector<std::string> all;
  for (const std::uint32_t index : routine.order) {
    const RoutineOperation& each = routine.operations[index];
    all.push_back(each.phase + "." + each.part);
  }
  return all;
}

std::ptrdiff_t first(const std::vector<std::string>& all, const std::string& name) {
  return std::ranges::find(all, name) - all.begin();
}

std::ptrdiff_t last(const std::vector<std::string>& all, const std::string& name) {
  return all.rend() - std::find(all.rbegin(), all.rend(), name) - 1;
}

std::vector<std::string> groups_of(const Routine& routine, const std::string& part) {
  std::vector<std::string> all;
  for (const RoutineOperation& each : routine.operations) {
    if (each.part == part && std::ranges::count(all, each.group) == 0) all.push_back(each.group);
  }
  return all;
}

using Texts = std::vector<std::string>;

TEST(TrainingRoutine, DoesEachStepAsOftenAsItsRunDoes) {
  for (const auto& [name, run] : executable_runs()) {
    const StepRoutine all = training_routine(run);
    const std::vector<int> done = counts(all.routine);
    const std::vector<Step> told = steps_of_stage(run, 0);
    ASSERT_EQ(all.steps.size(), all.routine.operations.size()) << name;
    double expected = 0;
    for (std::size_t i = 0; i < all.steps.size(); ++i) {
      double times = 0;
      for (const Step& step : told) times += are_alike(step, all.steps[i]) ? step.times : 0;
      EXPECT_EQ(done[i], times) << name << ": " << word(all.steps[i].part);
      EXPECT_EQ(all.steps[i].times, times) << name << ": " << word(all.steps[i].part);
      EXPECT_EQ(all.steps[i].operation, all.routine.operations[i].operation);
    }
    for (const Step& step : told) expected += step.times;
    EXPECT_EQ(static_cast<double>(all.routine.order.size()), expected) << name;
  }
}

TEST(TrainingRoutine, NamesEachOperationOnce) {
  for (const auto& [name, run] : executable_runs()) {
    const Routine routine = training_routine(run).routine;
    for (std::size_t i = 0; i < routine.operations.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        EXPECT_NE(routine.operations[i], routine.operations[j]) << name;
      }
    }
  }
}

// Every second product of 4 layers, and all passes.
TEST(TrainingRoutine, SpreadsWhatIsDoneEverySecondTime) {
  TrainingRun run = executed(small_llama(), {}, 2);
  run.recompute = Recompute::operations;
  const StepRoutine all = training_routine(run);
  const std::vector<std::string> names = names_in_order(all.routine);
  EXPECT_EQ(std::ranges::count(names, "recompute.mlp"), 2 * 2 * 4 / 2);
  EXPECT_EQ(std::ranges::count(names, "recompute.activation"), 2 * 4);
}

// Of 3 layers in one micro-batch: 1.5 times become 2.
TEST(TrainingRoutine, NeverLeavesOutWhatIsDoneLessThanOnce) {
  TrainingRun run = executed(small_llama(), {}, 1);
  run.recompute = Recompute::operations;
  run.architecture.layers = 1;
  const StepRoutine all = training_routine(run);
  for (const int done : counts(all.routine)) EXPECT_GE(done, 1);
}

TEST(TrainingRoutine, GoesForwardThenBackThenFinishes) {
  const auto names =
      names_in_order(training_routine(executed(small_gpt(), {.data = 2}, 2)).routine);
  EXPECT_EQ(names.front(), "forward.embedding");
  EXPECT_LT(last(names, "forward.mlp"), first(names, "forward.output"));
  EXPECT_LT(first(names, "forward.loss"), first(names, "backward.loss"));
  EXPECT_LT(first(names, "backward.output"), first(names, "backward.mlp"));
  EXPECT_LT(last(names, "backward.attention_core"), first(names, "backward.embedding"));
  EXPECT_LT(last(names, "backward.gradient_accumulation"),
            first(names, "finish.gradient_reduction"));
  EXPECT_EQ(names.back(), "finish.optimizer");
}

// Layer by layer: what is computed again comes right before its backward pass.
TEST(TrainingRoutine, RepeatsAndShardsLayerByLayer) {
  TrainingRun run = executed(small_llama(), {.data = 2}, 2);
  run.recompute = Recompute::full;
  run.sharding = Sharding::parameters;
  const auto names = names_in_order(training_routine(run).routine);
  EXPECT_EQ(names.front(), "forward.parameter_gather");
  EXPECT_LT(first(names, "backward.mlp"), last(names, "recompute.mlp"));
  EXPECT_LT(first(names, "backward.gradient_reduction"), last(names, "recompute.mlp"));
  EXPECT_LT(last(names, "recompute.mlp"), last(names, "backward.mlp"));
  EXPECT_LT(last(names, "backward.attention_projection"),
            last(names, "backward.gradient_reduction"));
}

TEST(TrainingRoutine, NamesTheGroupsOfItsExchanges) {
  const auto groups = [](const Split& split, const std::string& part) {
    return groups_of(training_routine(executed(small_mixtral(), split, 8)).routine, part);
  };
  EXPECT_EQ(groups({.tensor = 2, .data = 4}, "tensor_exchange"), Texts{"blocks_of_2"});
  EXPECT_EQ(groups({.tensor = 2}, "tensor_exchange"), Texts{"world"});
  EXPECT_EQ(groups({.tensor = 2, .data = 4}, "gradient_reduction"),
            (Texts{"blocks_of_2", "every_2"}));
  EXPECT_EQ(groups({.data = 4}, "gradient_reduction"), Texts{"world"});
  EXPECT_EQ(groups({.data = 4, .experts = 4}, "expert_exchange"), Texts{"world"});
  EXPECT_EQ(groups({.data = 4, .experts = 2}, "expert_exchange"), Texts{"blocks_of_2"});
  EXPECT_EQ(groups({.data = 4, .experts = 2}, "gradient_reduction"), (Texts{"world", "every_2"}));
  EXPECT_EQ(groups({.tensor = 2, .data = 2, .experts = 2}, "expert_exchange"), Texts{"every_2"});
  EXPECT_EQ(groups({.data = 4}, "mlp"), Texts{"all"});
}

TEST(TrainingRoutine, RefusesGroupsWithoutANameAndSeveralStages) {
  const auto refused = [](const Split& split) {
    return refusal_of([&] { training_routine(executed(small_mixtral(), split, 8)); });
  };
  EXPECT_NE(refused({.tensor = 2, .data = 4, .experts = 2, .expert_tensor = 2}).find("neighbour"),
            std::string::npos);
  EXPECT_NE(refused({.pipeline = 2}).find("one pipeline stage"), std::string::npos);
}

// Arrays of f64; blocks of f32 that all ranks have.
TEST(TrainingRoutine, MovesWholeElements) {
  for (auto [name, run] : executable_runs()) {
    run.architecture.vocab = 4099;
    if (run.architecture.experts) run.architecture.experts->imbalance = 1.37;
    for (const Step& step : training_routine(run).steps) {
      double unit = 1, bytes = 0;
      if (const auto* pass = std::get_if<MemoryPass>(&step.operation)) {
        unit = pass->kind == MemoryPass::Kind::add ? 24 : 16;
        bytes = pass->bytes.value;
      } else if (const auto* collective = std::get_if<Collective>(&step.operation)) {
        unit = 4.0 * static_cast<double>(step.group);
        bytes = collective->bytes.value;
      }
      EXPECT_EQ(std::fmod(bytes, unit), 0) << name << ": " << word(step.part);
    }
  }
}

// Learnt positions are added where words are looked up.
TEST(TrainingRoutine, RotatesNothingOfModelsWithLearntPositions) {
  const auto count = [](const Architecture& model) {
    return groups_of(training_routine(executed(model, {}, 1)).routine, "rotary").size();
  };
  EXPECT_EQ(count(small_gpt()), 0U);
  EXPECT_EQ(count(small_llama()), 1U);
}

TEST(RoutineMemory, IsThatOfAllBuffers) {
  const StepRoutine all = training_routine(executed(small_gpt(), {.data = 4}, 4));
  double bytes = 0;
  for (const Step& step : all.steps) {
    bytes += footprint(layout(step.operation, Group{0, static_cast<int>(step.group)})).value;
  }
  EXPECT_DOUBLE_EQ(memory_of(all).value, bytes);
}

}  // namespace
}  // namespace shortfall
