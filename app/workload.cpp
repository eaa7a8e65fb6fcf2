#include "app/workload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <set>

#include "app/named_runs.hpp"
#include "core/error.hpp"
#include "core/group_words.hpp"
#include "core/routine_json.hpp"
#include "core/text.hpp"
#include "diagnosis/measured_system.hpp"
#include "harness/step_case.hpp"

namespace shortfall {
namespace {

constexpr std::array<const char*, 2> executed{"training_step", "decode_step"};

bool measures_everything(const Request& request) {
  return request.benchmarks.empty() && request.suites.empty() && !request.sizes &&
         request.dtypes.empty() && request.sets.empty();
}

// Ranks that compute on this device: several may share it.
double sharing(const Report& begun, const std::string& host, const std::string& gpu) {
  return static_cast<double>(std::ranges::count_if(
      begun.machine.bindings, [&](const Binding& b) { return b.host == host && b.gpu == gpu; }));
}

// Of the rank that has least: half of what is free, since libraries and copies of operands need
// some, too.
Bytes memory_of_rank(const Report& begun) {
  Bytes least{1e18};
  for (const Host& host : begun.machine.hosts) {
    const bool on_gpus = sharing(begun, host.name, "") == 0;
    if (!on_gpus) least = std::min(least, host.memory_available / std::max(host.ranks, 1));
    for (const Gpu& gpu : host.gpus) {
      const double ranks = sharing(begun, host.name, gpu.slot.address);
      if (ranks > 0 && gpu.facts.memory_available) {
        least = std::min(least, *gpu.facts.memory_available / ranks);
      }
    }
  }
  return least / 2;
}

// So that ten executions, five turns of single operations, what comes before and what is looked
// into end in time.
Seconds longest_step(const RunOptions& options) {
  constexpr double executions = 24;
  constexpr std::array<double, 3> usual{0.15, 1, 4}, named{5, 8, 20};  // by profile
  const auto profile = static_cast<std::size_t>(options.request.profile);
  Seconds longest{(options.workload.empty() ? usual : named).at(profile)};
  longest = std::min(longest, options.case_timeout / executions);
  if (options.budget) longest = std::min(longest, *options.budget / executions);
  return longest;
}

// In 8 bits nothing is executed yet; processors without instructions for 16 bits take 32.
Precision precision_here(Precision told, const Datasheet& sheet) {
  const auto has = [&](DType type) {
    return std::ranges::any_of(sheet.peak, [&](const auto& one) { return one.first == type; });
  };
  if (told == Precision::fp16 && has(DType::f16)) return Precision::fp16;
  if (told != Precision::fp32 && has(DType::bf16)) return Precision::bf16;
  return Precision::fp32;
}

// Throws BadUsage where there are several, or none that can be predicted.
TrainingRun only_run_of(const std::string& name) {
  const std::vector<RunRow> rows = runs_named(name);
  refuse_faulty(rows);
  if (rows.size() != 1) {
    throw BadUsage("--workload=" + name + ": expected one training run, found " +
                   std::to_string(rows.size()) + ". Give each a file of its own");
  }
  if (!rows.front().run) throw BadUsage("--workload=" + name + ": " + rows.front().why_not);
  return *rows.front().run;
}

constexpr std::int64_t usual_context = 1024, most_context = 8192;

Case case_of(const RoutineRequest& request) {
  return step_case({request.operation, request.group, {}, {}});
}

// The same with one rank or group at work and all others idle; "" = there is no such thing.
std::string alone(const std::string& group) {
  if (group == "all") return "one";
  auto word = group_word_from(group);
  if (!word) return "";
  using Kind = GroupWord::Kind;
  word->kind = word->kind == Kind::blocks_of ? Kind::first_blocks_of : Kind::first_every;
  return text_of(*word);
}

// The heaviest product of a training step and its heaviest exchange: what do ranks and groups take
// from one another? (Thin products of decoding would tell of memory.)
std::vector<Case> alone_of(const std::vector<RoutineRequest>& of_training) {
  std::vector<Case> cases;
  bool has_product = false, has_exchange = false;
  for (const RoutineRequest& request : of_training) {
    const bool is_exchange = is_between_ranks(request.operation);
    bool& is_there = is_exchange ? has_exchange : has_product;
    const bool counts = is_exchange || std::holds_alternative<Gemm>(request.operation);
    const std::string group = alone(request.group);
    if (is_there || !counts || group.empty()) continue;
    cases.push_back(case_of({request.operation, group, request.weight}));
    is_there = true;
  }
  return cases;
}

std::vector<Case> measured_first(const WorkloadPlan& plan, const SystemModel& system) {
  const TrainingRun& run = plan.fitted.run;
  const std::vector<RoutineRequest> of_training = requests(plan.training, run, system);
  std::vector<RoutineRequest> all = of_training;
  std::ranges::move(requests(plan.decode, run, system), std::back_inserter(all));
  std::ranges::stable_sort(all, std::greater(), &RoutineRequest::weight);
  std::vector<Case> cases;
  for (const RoutineRequest& request : all) cases.push_back(case_of(request));
  if (run.gpus > 1) std::ranges::move(alone_of(of_training), std::back_inserter(cases));
  return cases;
}

void fit(WorkloadPlan& plan, const Room& room, const Report& begun, const Datasheets& sheets) {
  TrainingRun asked = plan.told;
  plan.fitted = fitted(plan.told, room, expected_system(begun, asked, sheets));
  asked = plan.fitted.run;
  plan.training = training_routine(plan.fitted.run);
  plan.context = std::clamp(plan.fitted.run.seq_len, usual_context, most_context);
  plan.decode = decode_routine(plan.fitted.run, plan.context);
  plan.first = measured_first(plan, expected_system(begun, asked, sheets));
}

// MPI, for one, adds up no type of 16 bits.
bool can_add_up(const WorkloadPlan& plan, const Backend& communicates) {
  const auto can = [&](const RoutineOperation& one) {
    const auto* const collective = std::get_if<Collective>(&one.operation);
    return collective == nullptr || !is_reduction(*collective) || !communicates.adds_up ||
           communicates.adds_up(collective->type);
  };
  return std::ranges::all_of(plan.training.routine.operations, can) &&
         std::ranges::all_of(plan.decode.routine.operations, can);
}

// Clock and interruptions: what is behind a slow rank.
std::vector<Case> conditions(const std::vector<Benchmark>& all) {
  Request request;
  request.profile = Profile::quick;
  for (const char* name : {"core_clock", "os_noise"}) {
    const auto known = std::ranges::find(all, name, &Benchmark::name);
    if (known != all.end() && known->not_here.empty()) request.benchmarks.emplace_back(name);
  }
  return request.benchmarks.empty() ? std::vector<Case>() : make_plan(request, all).cases;
}

}  // namespace

bool asks_for_steps(const Request& request) {
  const auto is_step = [](const std::string& name) {
    return std::ranges::find(executed, name) != executed.end();
  };
  return std::ranges::any_of(request.benchmarks, is_step) ||
         std::ranges::count(request.suites, "workload") > 0;
}

std::string workload_wanted(const RunOptions& options, bool on_host) {
  for (const auto& [axis, values] : options.request.sets) {
    if (axis != "workload") continue;
    throw BadUsage("--set workload=" + join(values, ",") +
                   ": a run is for one workload. Name it by --workload " + values.front());
  }
  if (!options.workload.empty()) return options.workload;
  const Request& request = options.request;
  if (!measures_everything(request) && !asks_for_steps(request)) return "";
  return on_host ? "nano-10m" : "llama3-8b";
}

WorkloadPlan plan_workload(const std::string& name, const RunOptions& options, const Report& begun,
                           const Here& here) {
  WorkloadPlan plan;
  plan.told = only_run_of(name);
  plan.name = plan.told.id.empty() ? name : plan.told.id;
  plan.memory = memory_of_rank(begun);
  Room room{.ranks = begun.run.ranks,
            .memory = plan.memory,
            .step = longest_step(options),
            .precision = precision_here(plan.told.precision, begun.machine.datasheet),
            .has_fused_attention = false,
            .overlaps = false};
  fit(plan, room, begun, here.sheets);
  if (!can_add_up(plan, here.communicates)) {
    room.precision = Precision::fp32;
    fit(plan, room, begun, here.sheets);
  }
  return plan;
}

void put_first(Plan& plan, const WorkloadPlan& workload, const std::vector<Benchmark>& all) {
  std::vector<Case> first = conditions(all);
  first.insert(first.end(), workload.first.begin(), workload.first.end());
  for (const char* step : executed) {
    first.push_back({step, Params({{"workload", workload.name}, {"group", std::string("world")}})});
  }
  first.insert(first.end(), plan.cases.begin(), plan.cases.end());
  plan.cases.clear();
  std::erase_if(plan.excluded, [](const LeftOut& left) {
    return std::ranges::find(executed, left.key) != executed.end();
  });
  std::set<std::string> keys;
  for (Case& one : first) {
    if (keys.insert(one.key()).second) plan.cases.push_back(std::move(one));
  }
}

std::string encode(const WorkloadPlan& workload) {
  constexpr double with_copies = 1.6;  // of operands, of what is half of the free memory
  return fmt::format("{}\n{}\n{}", encode(workload.training.routine),
                     encode(workload.decode.routine), workload.memory.value * with_copies);
}

void give_routines(std::vector<Benchmark>& benchmarks, const std::string& encoded) {
  if (encoded.empty()) return;  // none is wanted
  const auto texts = split(encoded, '\n');
  const Bytes most{std::stod(texts.back())};
  for (std::size_t i = 0; i < executed.size(); ++i) {
    set_routine(benchmarks, executed[i], routine_from(texts.at(i)), most);
  }
}

}  // namespace shortfall
