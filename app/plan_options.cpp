#include "app/plan_options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "app/system_options.hpp"
#include "core/error.hpp"
#include "core/text.hpp"
#include "model/training/check_run.hpp"

namespace shortfall {
namespace {

constexpr const char* examples = R"(
  shortfall plan llama3-405b --gpus 16384        a workload of 'shortfall list'
  shortfall plan run.json --gpus 512 --gpu H200  a training run of a file, on other GPUs
  shortfall plan llama3-70b --gpus 256 --batch 1024 --json > plans.json

The fastest ways to split a training run over so many GPUs that fit into their memory: tensor,
pipeline, context, expert and data parallelism, micro-batch, recomputation, sharding. How the run
itself is split does not count. The form of files is in docs/training_runs.md, what is looked at in
docs/plan.md.)";

constexpr const char* exit_status =
    "\nExit status: 0 there is a plan, 64 nothing fits, or bad usage.";

std::int64_t count_from(std::string_view option, const std::string& text, std::int64_t most) {
  const auto number = parse_integer(text);
  if (number && *number >= 1 && *number <= most) return *number;
  constexpr std::size_t longest = 60;
  throw BadUsage(fmt::format("{}={}: must be a whole number from 1 to {}", option,
                             text.substr(0, longest), most));
}

}  // namespace

CLI::App& add_plan(CLI::App& app, PlanOptions& o, PlanTexts& t) {
  CLI::App& plan =
      *app.add_subcommand("plan", "the best split of a training run over GPUs, with its waterfall");
  plan.description(examples);
  plan.footer(exit_status);
  plan.add_option("MODEL", o.model, "name of a workload, or FILE with one training run")
      ->required();
  plan.add_option("--gpus", t.gpus, "how many")->required();
  plan.add_option("--gpu", o.gpu, "NAME of their datasheet  [the run's]");
  plan.add_option("--batch", t.batch, "sequences of one step  [the run's]");
  plan.add_option("--seq-len", t.seq_len, "tokens of one sequence  [the run's]");
  add_system_options(plan, o.system, o.datasheet);
  plan.add_flag("--quiet", o.is_quiet, "no progress");
  plan.add_flag("--json", o.json, "one JSON document");
  return plan;
}

PlanOptions checked(PlanOptions options, const PlanTexts& texts) {
  options.gpus = count_from("--gpus", texts.gpus, most_gpus);
  if (!texts.batch.empty()) options.batch = count_from("--batch", texts.batch, most_sequences);
  if (!texts.seq_len.empty()) options.seq_len = count_from("--seq-len", texts.seq_len, most_tokens);
  return options;
}

}  // namespace shortfall
