// Routines of made-up operations on ranks that are threads, and a clock that we turn by hand.
#pragma once

#include <array>
#include <cstring>
#include <map>

#include "harness/routine_trial.hpp"
#include "tests/unit/fakes.hpp"

namespace shortfall {

inline constexpr Seconds product_time{0.001}, exchange_time{0.004};  // as the fakes have it

inline Operation product() { return Gemm{.m = 1, .n = 1, .k = 1}; }
inline Operation sum_of(Bytes bytes) { return Collective{Collective::Kind::all_reduce, bytes}; }

// Two layers, of a product and an exchange each; then an exchange that is done once.
inline Routine two_layers(const std::string& group = "world") {
  return {"tiny",
          {{product(), "all", "forward", "mlp"},
           {sum_of(64_B), group, "forward", "tensor"},
           {sum_of(256_B), group, "update", "data"}},
          {0, 1, 0, 1, 2}};
}

inline void multiply(Operands& on) {
  std::array<float, 2> in{};
  for (std::size_t i = 0; i < 2; ++i) std::memcpy(&in[i], on.inputs[i]->address(), sizeof(float));
  const float result = in[0] * in[1];
  std::memcpy(on.output->address(), &result, sizeof result);
}

struct Behaviour {
  std::function<void(int rank, Operands&)> product = {};
  std::function<void(int rank, std::vector<float>&)> exchange = {};
  std::map<int, Seconds> lag = {};  // by rank: of each product
  std::function<bool(int rank)> interrupts = {};
  Seconds interruption = {};
};

// The clock of the job stands still here, so that no budget is ever spent.
inline Effort as_few_as_possible() { return {.budget = {1e-6}}; }

// What every rank was told, by rank: of the routine, and behind it of its operations in turn.
inline std::vector<std::vector<Result>> run_in_turns_on(
    int ranks, const Routine& routine, const Behaviour& planted = {},
    const Effort& effort = as_few_as_possible()) {
  std::vector<Benchmark> all{{.name = "training_step", .suite = Suite::workload}};
  set_routine(all, "training_step", routine);
  const Case which{"training_step", Params({{"workload", "tiny"}, {"group", "world"}})};
  std::vector<std::vector<Result>> results(static_cast<std::size_t>(ranks));
  fake::Job job(ranks);
  job.run([&](fake::Job::Rank& world) {
    Seconds now;
    fake::IdleDevice device(now);
    device.work = [&](Operands& on) {
      multiply(on);
      const auto lag = planted.lag.find(world.rank());
      now = now + product_time + (lag == planted.lag.end() ? Seconds{0} : lag->second);
      if (planted.interrupts && planted.interrupts(world.rank())) now = now + planted.interruption;
      if (planted.product) planted.product(world.rank(), on);
    };
    const auto stream = device.open_stream();
    Groups groups(world, [&](World& group) {
      auto made = std::make_unique<fake::SummingCommunicator>(group, now);
      made->after = [&](std::vector<float>& sum) {
        now = group.slowest(now).time;  // nobody leaves before the last has come
        if (planted.exchange) planted.exchange(world.rank(), sum);
      };
      return made;
    });
    fake::SilentWatcher watcher;
    results[static_cast<std::size_t>(world.rank())] =
        run_routine(which, all[0], {world, device, *stream, groups, watcher}, effort);
  });
  return results;
}

inline std::vector<Result> run_on(int ranks, const Routine& routine, const Behaviour& planted = {},
                                  const Effort& effort = as_few_as_possible()) {
  std::vector<Result> of_routine;
  for (auto& all : run_in_turns_on(ranks, routine, planted, effort)) {
    of_routine.push_back(std::move(all.front()));
  }
  return of_routine;
}

inline const Measured& measured(const Result& result) { return std::get<Measured>(result.outcome); }

inline const FigureOfRanks& figure(const Result& result, const std::string& name) {
  static const FigureOfRanks none{.min = -1, .median = -1, .max = -1};
  const auto& all = measured(result).figures;
  const auto found = std::ranges::find(all, name, &FigureOfRanks::name);
  return found == all.end() ? none : *found;
}

inline std::string detail(const Result& result, const std::string& name) {
  const Details& all = measured(result).details;
  const auto found = std::ranges::find(all, name, &Details::value_type::first);
  return found == all.end() ? "" : found->second;
}

}  // namespace shortfall
