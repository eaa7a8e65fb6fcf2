#include "app/options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <limits>

#include "app/compare_options.hpp"
#include "app/plan_options.hpp"
#include "app/predict_options.hpp"
#include "app/version.hpp"
#include "core/error.hpp"
#include "core/text.hpp"

namespace shortfall {
namespace {

constexpr const char* run_examples = R"(
  mpirun -n 8 shortfall run                      everything of profile standard
  mpirun -n 2 shortfall run --profile quick      the same in about a minute
  mpirun -n 64 shortfall run all_reduce --sizes 1MiB:1GiB --set group=pairs

Measures BENCHMARKs (default: all that this machine can run) on all ranks, verifies the
data that was timed, and writes report.json and journal.jsonl into the --out folder.)";

constexpr const char* exit_status =
    "\nExit status: 0 pass, 2 fail, 3 unknown (could not be measured), 4 warnings (only with\n"
    "--fail-on warn), 64 bad usage.";

// Texts as typed: checked one by one, so that every message names the option and what is allowed.
struct RunTexts {
  std::string profile = "standard", sizes, samples, budget, case_timeout = "120", seed = "1",
              fail_on = "fail";
  std::vector<std::string> sets, labels;
};

void add_files(CLI::App& command, MachineFiles& files) {
  command.option_defaults()->delimiter('\0')->group("What the machine is, and what it should be");
  command.add_option("--expect", files.expect,
                     "FILE that says what must be there: hosts, GPUs, NICs, link rates");
  command.add_option("--datasheet", files.datasheet,
                     "FILE with datasheets that stand before the built-in ones");
  command.add_option("--topology", files.topology,
                     "FILE of hwloc (lstopo topology.xml) instead of what is found");
}

void add_run(CLI::App& app, RunOptions& o, RunTexts& t) {
  CLI::App& run = *app.add_subcommand("run", "measure, diagnose, report");
  run.description(run_examples);
  run.footer(exit_status);
  run.option_defaults()->delimiter(',')->group("What to measure");
  run.add_option("BENCHMARK", o.request.benchmarks, "see 'shortfall list'  [all]")->delimiter('\0');
  run.add_option("--profile", t.profile,
                 "quick, standard or full: how much of each axis  [standard]");
  run.add_option("--suite", o.request.suites, "only these suites: NAME[,NAME...]  [all]");
  run.add_option("--sizes", t.sizes, "FIRST:LAST[:FACTOR], e.g. 1KiB:1GiB:2  [per benchmark]")
      ->delimiter('\0');
  run.add_option("--dtype", o.request.dtypes,
                 "TYPE[,TYPE...]: f64, f32, bf16, f16, i32, int8, u8  [per benchmark]");
  run.add_option("--set", t.sets, "AXIS=VALUE[,VALUE...], any axis of 'shortfall list'")
      ->delimiter('\0')
      ->allow_extra_args(false);
  run.add_option("--workload", o.workload,
                 "NAME or FILE of the training run whose MFU is predicted, executed and attributed")
      ->delimiter('\0');
  run.option_defaults()->delimiter('\0')->group("With what");
  run.add_option("--device", o.device, "backend that computes  [the best usable]");
  run.add_option("--collectives", o.collectives, "backend between ranks  [the best usable]");
  run.add_option("--links", o.links, "backend of copies between GPUs  [the best usable]");
  run.add_flag("--share-gpus", o.shares_gpus,
               "ranks may share a GPU: to test functions, no figure means anything");
  add_files(run, o.files);
  run.option_defaults()->group("How long");
  run.add_option("--samples", t.samples,
                 "exactly so many per case  [until the median is known to 1 %]");
  run.add_option("--budget", t.budget,
                 "seconds for the whole run  [quick: 24; else 1 or 4 a case]");
  run.add_option("--case-timeout", t.case_timeout, "seconds after which a case is given up  [120]");
  run.add_option("--seed", t.seed, "of the test data  [1]");
  run.option_defaults()->group("What is written");
  run.add_option("--out", o.out, "new folder for the report  [shortfall-<UTC time>]");
  run.add_option("--resume", o.resume, "go on with the interrupted run in this folder");
  run.add_option("--label", t.labels, "KEY=VALUE for the report: CI job, commit, rack")
      ->allow_extra_args(false);
  run.add_flag("--dry-run", o.is_dry_run, "print the plan, measure nothing, write nothing");
  run.add_flag("--quiet", o.is_quiet, "no progress, no table");
  run.add_option("--fail-on", t.fail_on,
                 "fail or warn: whether warnings give exit status 4  [fail]");
}

constexpr const char* limits_examples = R"(
  shortfall limits                               an H100 cluster by its datasheet
  shortfall limits --gpu "A100 SXM" --svg a100.svg
  shortfall limits --system report.json          the same with what was measured
  shortfall limits --reference values.json       recompute published values; exit status 2 if any is off

How much training compute a cluster can put into one model in three months before data movement
ends linear scaling, and before latency ends scaling at all. See docs/limits.md.)";

CLI::App& add_limits(CLI::App& app, LimitsOptions& o) {
  CLI::App& limits = *app.add_subcommand("limits", "how far a fabric carries a training run");
  limits.description(limits_examples);
  limits.add_option("--gpu", o.gpu, "NAME of a GPU and its network  [H100 SXM]");
  limits.add_option("--system", o.system, "REPORT.json whose measurements replace the datasheet");
  limits.add_option("--reference", o.reference, "FILE of values to recompute");
  limits.add_option("--svg", o.svg, "FILE for a picture of utilisation against compute");
  limits.add_flag("--json", o.json, "one JSON document");
  return limits;
}

constexpr const char* machine_examples = R"(
  shortfall machine                              this host: processors, devices, links, limits
  mpirun -n 64 shortfall machine                 all hosts, equal ones told once, and how they differ
  shortfall machine --svg host.svg               a picture of it
  mpirun -n 64 shortfall machine --expect site.json    exit status 2 if something is missing)";

CLI::App& add_machine(CLI::App& app, MachineOptions& o) {
  CLI::App& machine =
      *app.add_subcommand("machine", "what this machine is; under mpirun: all hosts");
  machine.description(machine_examples);
  machine.add_flag("--json", o.json, "one JSON document");
  machine.add_option("--svg", o.svg, "FILE for a picture of the first host");
  add_files(machine, o.files);
  return machine;
}

[[noreturn]] void refuse(std::string_view option, std::string_view value,
                         std::string_view allowed) {
  throw BadUsage(fmt::format("{}={}: {}", option, value, allowed));
}

std::int64_t whole_number(std::string_view option, const std::string& text, std::int64_t least,
                          std::int64_t most) {
  const auto number = parse_integer(text);
  if (!number || *number < least || *number > most) {
    refuse(option, text, fmt::format("must be a whole number from {} to {}", least, most));
  }
  return *number;
}

Seconds seconds(std::string_view option, const std::string& text) {
  double value = 0;
  const bool is_number = CLI::detail::lexical_cast(text, value);
  if (!is_number || !(value > 0) || value > 1e7) {
    refuse(option, text, "must be a number of seconds above 0 and up to 10000000");
  }
  return {value};
}

std::pair<std::string, std::string> key_and_value(std::string_view option,
                                                  const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
    refuse(option, text, "must be KEY=VALUE");
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

Profile profile_named(const std::string& name) {
  const auto found = std::ranges::find(profile_names, name);
  if (found == profile_names.end()) refuse("--profile", name, "must be quick, standard or full");
  return static_cast<Profile>(found - profile_names.begin());
}

RunOptions checked(RunOptions o, const RunTexts& t) {
  o.request.profile = profile_named(t.profile);
  if (!t.sizes.empty()) o.request.sizes = size_sweep_from(t.sizes);
  if (!t.samples.empty())
    o.samples = static_cast<int>(whole_number("--samples", t.samples, 1, 1'000'000));
  if (!t.budget.empty()) o.budget = seconds("--budget", t.budget);
  o.case_timeout = seconds("--case-timeout", t.case_timeout);
  o.seed = static_cast<std::uint64_t>(
      whole_number("--seed", t.seed, 0, std::numeric_limits<std::int64_t>::max()));
  for (const std::string& text : t.sets) {
    auto [axis, values] = key_and_value("--set", text);
    o.request.sets.emplace_back(std::move(axis), split(values, ','));
  }
  for (const std::string& text : t.labels) o.labels.push_back(key_and_value("--label", text));
  if (t.fail_on != "fail" && t.fail_on != "warn")
    refuse("--fail-on", t.fail_on, "must be fail or warn");
  o.fails_on_warning = t.fail_on == "warn";
  if (!o.resume.empty() && !o.out.empty()) {
    refuse("--out", o.out, "cannot go with --resume, which writes into its own folder");
  }
  return o;
}

std::string version_text() {
  const Program program = this_program();
  return fmt::format("shortfall {}{}{}\n", program.version, program.commit.empty() ? "" : " ",
                     program.commit);
}

}  // namespace

std::string command_line(int argc, const char* const* argv) {
  std::string line;
  for (int i = 0; i < argc; ++i) {
    const std::string word = argv[i];
    const bool is_plain = !word.empty() && word.find_first_of(" \t\"'`\\") == std::string::npos;
    line += (i > 0 ? " " : "") + (is_plain ? word : '"' + word + '"');
  }
  return line;
}

Command parse_line(const std::string& line) {
  const std::vector<std::string> words = CLI::detail::split_up(line);
  std::vector<const char*> argv;
  for (const std::string& word : words) argv.push_back(word.c_str());
  return parse(static_cast<int>(argv.size()), argv.data());
}

Command parse(int argc, const char* const* argv) {
  CLI::App app("Of the FLOPs on the datasheet, which are delivered, and where did the others go?",
               "shortfall");
  app.footer("\n'shortfall COMMAND --help' explains each." + std::string(exit_status));
  app.require_subcommand(1);
  app.set_version_flag("--version", version_text());
  RunOptions run;
  RunTexts texts;
  ListOptions list;
  MachineOptions machine;
  ReportOptions report;
  add_run(app, run, texts);
  auto* const list_command =
      app.add_subcommand("list", "benchmarks with axes; backends and why one is not usable");
  list_command->add_flag("--json", list.json, "one JSON document");
  CLI::App& machine_command = add_machine(app, machine);
  LimitsOptions limits;
  CLI::App& limits_command = add_limits(app, limits);
  PredictOptions prediction;
  PredictTexts prediction_texts;
  CLI::App& predict_command = add_predict(app, prediction, prediction_texts);
  PlanOptions planned;
  PlanTexts plan_texts;
  CLI::App& plan_command = add_plan(app, planned, plan_texts);
  CompareOptions compared;
  CompareTexts compare_texts;
  CLI::App& compare_command = add_compare(app, compared, compare_texts);
  auto* const report_command = app.add_subcommand("report", "show a report in another format");
  report_command->add_option("REPORT", report.report, "report.json, or the folder that holds it")
      ->required();
  report_command->add_option("--format", report.format, "table or csv  [table]");
  report_command->add_option("--output", report.output, "file to write  [standard output]");
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const auto chosen = app.get_subcommands();
    return Shown{chosen.empty() ? app.help() : chosen.front()->help()};
  } catch (const CLI::CallForVersion&) {
    return Shown{version_text()};
  } catch (const CLI::ParseError& e) {
    if (argc > 1 && argv[1][0] != '-' && app.get_subcommands().empty()) {
      throw BadUsage(fmt::format(
          "{}: unknown command. One of: run, list, machine, report, compare, limits, predict, plan",
          argv[1]));
    }
    throw BadUsage(std::string(e.what()) + "\n'shortfall --help' shows what is allowed.");
  }
  if (*list_command) return list;
  if (machine_command) return machine;
  if (limits_command) return limits;
  if (predict_command) return checked(std::move(prediction), prediction_texts);
  if (plan_command) return checked(std::move(planned), plan_texts);
  if (compare_command) return checked(std::move(compared), compare_texts);
  if (*report_command) return report;
  return checked(std::move(run), texts);
}

}  // namespace shortfall
