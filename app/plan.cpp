#include "app/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <iostream>

#include "app/job.hpp"
#include "app/named_runs.hpp"
#include "app/progress.hpp"
#include "app/systems.hpp"
#include "core/error.hpp"
#include "core/text.hpp"
#include "model/plan/search.hpp"
#include "model/training/check_run.hpp"
#include "reporters/plan_json.hpp"
#include "reporters/plan_text.hpp"

namespace shortfall {
namespace {

constexpr int pass = 0;

// Of what a run does not tell, that which a plan does not choose anyway.
void forget_what_is_chosen(std::vector<std::string>& assumed) {
  constexpr std::array<std::string_view, 12> chosen{
      "gpus", "tp",     "pp",           "vp",        "dp",       "cp",
      "ep",   "shards", "fsdp_or_zero", "recompute", "schedule", "micro_batch"};
  std::erase_if(assumed, [&](const std::string& note) {
    return note.starts_with("sequence_parallel = ") ||
           std::ranges::count(chosen, note.substr(0, note.find(" = "))) > 0;
  });
}

// The run as it would be on the GPUs that are asked for.
TrainingRun asked_of(const PlanOptions& options, TrainingRun run) {
  run.gpus = options.gpus;
  run.batch = options.batch.value_or(run.batch);
  run.seq_len = options.seq_len.value_or(run.seq_len);
  if (!options.gpu.empty()) {
    // What is told of links, memory and peak is told of the run's own GPUs.
    run.gpu = options.gpu;
    run.fabric = {};
    run.peak.reset();
    run.others.clear();
  }
  forget_what_is_chosen(run.assumed);
  return run;
}

void refuse_contradiction(const PlanOptions& options) {
  if (options.gpu.empty() || options.system == "literature") return;
  throw BadUsage("--gpu=" + options.gpu + ": cannot go with --system=" + options.system +
                 ", whose devices were measured");
}

// Faults that no split can mend, found where little is split: one GPU for each cluster.
void refuse_faulty_run(TrainingRun run, const std::string& where) {
  std::int64_t others = 0;
  for (const DeviceClass& one : run.others) others += one.gpus;
  if (others >= run.gpus) {
    throw BadUsage(fmt::format("--gpus={}: must be more than the {} of device_classes in {}",
                               run.gpus, others, where));
  }
  run.others.clear();
  run.gpus = run.outer ? run.outer->clusters : 1;
  run.split = {.data = run.gpus};
  run.micro_batch = 1;
  run.sharding = Sharding::none;
  if (const auto fault = fault_in(run)) {
    throw BadUsage(where + ": " + fault->field + ": " + fault->problem);
  }
}

// Shown once a search takes long enough for somebody to wonder.
class Watch {
 public:
  explicit Watch(bool is_shown) : progress_(std::cerr, is_shown) {}
  ~Watch() {
    if (has_spoken_) progress_.clear();
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  void operator()(std::size_t done, std::size_t all) {
    const std::chrono::duration<double> elapsed = std::chrono::system_clock::now() - begin_;
    if (elapsed.count() < 1) return;
    progress_.show("splits looked at", done, all, Seconds{elapsed.count()}, Seconds{});
    has_spoken_ = true;
  }

 private:
  Progress progress_;
  std::chrono::system_clock::time_point begin_ = std::chrono::system_clock::now();
  bool has_spoken_ = false;
};

std::string gib(Bytes bytes) { return fmt::format("{:.1f} GiB", bytes / 1_GiB); }

[[noreturn]] void refuse_split(const PlanOptions& options, const TrainingRun& run,
                               const SystemModel& system) {
  const auto possible = gpus_that_split(run, system);
  throw BadUsage(
      fmt::format("--gpus={}: so many cannot be divided into ways of tensor parallelism (a divisor "
                  "of {} heads), "
                  "at most {} stages, and data parallelism (a divisor of {} sequences a step){}",
                  options.gpus, run.architecture.heads, run.architecture.layers, run.batch,
                  possible ? fmt::format(". {} can", *possible) : ""));
}

[[noreturn]] void refuse_size(const PlanOptions& options, const TrainingRun& run,
                              const SystemModel& system, const PlanSearch& search) {
  const auto enough = gpus_that_fit(run, system);
  throw BadUsage(fmt::format(
      "--gpus={}: {} does not fit: the smallest of {} candidates needs {} on a {}, which has {} "
      "for "
      "a run{}",
      options.gpus, options.model, search.candidates, gib(*search.smallest), system.name,
      gib(search.available), enough ? fmt::format(". {} such GPUs would do", *enough) : ""));
}

}  // namespace

int plan(const PlanOptions& options) {
  if (!speaks()) return pass;
  const RunRow row = run_to_plan_named(options.model);
  TrainingRun run = asked_of(options, *row.run);
  refuse_contradiction(options);
  refuse_faulty_run(run, row.where);
  const SystemModel system = system_named(options.system, options.datasheet)(
      run, options.gpu.empty() ? row.where : "--gpu=" + options.gpu);
  PlanSearch search;
  {
    Watch watch(!options.is_quiet && is_watched());
    search = search_plans(run, system, std::ref(watch));
  }
  if (search.candidates == 0) refuse_split(options, run, system);
  if (search.best.empty()) refuse_size(options, run, system, search);
  const PlanAnswer answer{options.model, run, system, std::move(search), run.assumed};
  if (options.json) {
    std::cout << json_of(answer);
  } else {
    write_plans(std::cout, answer);
  }
  return pass;
}

}  // namespace shortfall
