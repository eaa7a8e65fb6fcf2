#include "app/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>

#include "app/agree.hpp"
#include "app/backends_in_use.hpp"
#include "app/handicaps.hpp"
#include "app/job.hpp"
#include "app/open_device.hpp"
#include "app/progress.hpp"
#include "app/recorder.hpp"
#include "app/resume.hpp"
#include "app/survey.hpp"
#include "app/version.hpp"
#include "backends/process.hpp"
#include "core/error.hpp"
#include "core/text.hpp"
#include "diagnosis/devices.hpp"
#include "diagnosis/verdict.hpp"
#include "harness/runner.hpp"
#include "harness/startup.hpp"
#include "reporters/table.hpp"

namespace shortfall {
namespace {

// Tells the side channel and the sentinel where this rank is.
class Whereabouts final : public Watcher {
 public:
  Whereabouts(Job& job, Seconds case_timeout) : job_(job), case_timeout_(case_timeout) {}
  void begin(const std::string& key) {
    job_.beacon().describe(key);
    job_.sentinel().watch(
        fmt::format("{} took longer than --case-timeout {:g} s", key, case_timeout_.value),
        case_timeout_);
  }
  void enter(Phase phase) override { job_.beacon().enter(phase); }
  void failed_alone(const std::string& why) override {
    constexpr Seconds grace{5};  // for the others to fail alike, and vote
    job_.beacon().describe("failed: " + why);
    job_.sentinel().watch("failed while others may wait for it: " + why, grace);
  }

 private:
  Job& job_;
  Seconds case_timeout_;
};

std::string run_id(std::uint64_t seed) {
  std::random_device random;
  return fmt::format("{}-{:08x}", utc_for_names(), random() ^ static_cast<std::uint32_t>(seed));
}

// What rank 0 computes with: its GPU, or its host.
std::string what_computes(const Machine& machine) {
  const Host& host = machine.hosts.front();
  const std::string& gpu = machine.bindings.front().gpu;
  const auto found = std::ranges::find(host.gpus, gpu, [](const Gpu& g) { return g.slot.address; });
  return gpu.empty() || found == host.gpus.end() ? host.cpu.model : found->best_name();
}

Report begin_report(const RunOptions& options, const std::string& command, const Machine& machine,
                    const World& world, const Plan& plan) {
  Report report;
  report.program = this_program();
  report.machine = machine;
  report.run.id = run_id(options.seed);
  report.run.started_at = utc_now();
  report.run.command = command;
  report.run.ranks = world.size();
  report.run.hosts = static_cast<int>(machine.hosts.size());
  report.run.seed = options.seed;
  report.run.profile = profile_names[static_cast<std::size_t>(options.request.profile)];
  report.run.labels = options.labels;
  report.run.topology_class =
      fmt::format("{} on {}, {}", counted(report.run.ranks, "rank"),
                  counted(report.run.hosts, "host"), what_computes(machine));
  report.verdict.expected = static_cast<int>(plan.cases.size());
  for (const LeftOut& left : plan.excluded)
    report.verdict.excluded.push_back({left.key, left.reason});
  return report;
}

int local_rank() {
  const auto told = launched();
  return told ? told->local_rank : 0;
}

// A case that does not fit into memory is refused if the user named its size, else left out.
void fit_into_memory(Plan& plan, const RunOptions& options, const Machine& machine,
                     const HostOfRank& hosts, const std::vector<Benchmark>& all) {
  const Host& host = *std::ranges::min_element(machine.hosts, {}, &Host::memory_available);
  std::erase_if(plan.cases, [&](const Case& which) {
    const Bytes wanted =
        memory_of(which, benchmark_named(which.benchmark, all), hosts) * host.ranks;
    if (wanted <= host.memory_available * 0.9) return false;
    const auto why =
        fmt::format("{} ranks on {} would need {}, {} are free", host.ranks, host.name,
                    scaled(wanted.value, "B"), scaled(host.memory_available.value, "B"));
    if (options.request.sizes || !options.request.sets.empty())
      throw BadUsage(which.key() + ": " + why);
    plan.excluded.push_back({which.key(), why});
    return true;
  });
}

class Session {
 public:
  Session(Job& job, const RunOptions& options, std::string command)
      : job_(job), world_(job.world()), options_(options), command_(std::move(command)) {}

  int run() {
    const auto known = backends();
    const Backend& computes = agreed_device(world_, known, options_.device);
    const Backend& communicates = choose_collectives(known, options_.collectives);
    const auto device = open_device(world_, computes, local_rank());
    on_host_ = device->kind() == MemoryKind::host;
    HostWatch watch(world_, known);
    survey_ = survey_job(world_, job_.bound(), device->facts(), watch, options_.files);
    benchmarks_ = benchmarks_with(*device, communicates);
    plan_ = decode_plan(agree(world_, [&] { return encode(decide()); }), benchmarks_);
    if (options_.is_dry_run) return print_plan();
    const auto stream = device->open_stream();
    const auto vitals = computes.open_vitals ? computes.open_vitals("/") : nullptr;
    const auto monitor = device->open_monitor();
    Groups groups(world_, communicates.open_communicator);
    Whereabouts whereabouts(job_, options_.case_timeout);
    const auto handicaps = gather_handicaps(world_, device->handicaps());
    agree(world_, [&] {
      open_recorder(*device, crippled_libraries(handicaps));
      return std::string();
    });
    world_.set_deadline({options_.case_timeout * 1.5});
    watch.begin();
    measure({world_, *device, *stream, groups, whereabouts, vitals.get(), monitor.get()},
            whereabouts, watch);
    watch.report_to(world_, survey_.machine);
    return finish();
  }

 private:
  Plan decide() {
    Plan plan = make_plan(options_.request, benchmarks_);
    if (on_host_) fit_into_memory(plan, options_, survey_.machine, hosts_of(world_), benchmarks_);
    const bool is_resumed = !options_.resume.empty();
    if (!options_.is_dry_run) check_output(folder(), is_resumed);
    if (is_resumed) done_before_ = finished_in(folder());
    return plan;
  }

  std::filesystem::path folder() {
    if (!options_.resume.empty()) return options_.resume;
    if (options_.out.empty()) options_.out = "shortfall-" + utc_for_names();
    return options_.out;
  }

  int print_plan() const {
    if (!job_.is_first()) return 0;
    for (const Case& which : plan_.cases) std::cout << which.key() << '\n';
    std::cout << fmt::format("{} cases on {} ranks; {} left out\n", plan_.cases.size(),
                             world_.size(), plan_.excluded.size());
    return 0;
  }

  void open_recorder(const Device& device, std::vector<Finding> findings) {
    Report report = begin_report(options_, command_, survey_.machine, world_, plan_);
    report.findings = std::move(findings);
    const bool is_chosen = !options_.device.empty();
    for (Finding& f : unusable_devices(survey_.machine, device.name(), is_chosen))
      report.findings.push_back(std::move(f));
    for (Finding& f : gpus_without_a_rank(survey_.machine)) report.findings.push_back(std::move(f));
    for (const Finding& f : survey_.unmet) report.findings.push_back(f);
    for (const std::string& remark : job_.remarks()) {
      report.events.push_back({utc_now(), 0, world_.host(0), "set", remark});
    }
    recorder_ = std::make_shared<Recorder>(folder(), std::move(report));
    job_.sentinel().on_end(
        [recorder = recorder_, &beacon = job_.beacon()](const std::string& reason) {
          recorder->give_up(reason, beacon.sightings());
          std::cerr << fmt::format("\nshortfall: {}. What was measured is in {}\n", reason,
                                   recorder->folder().string());
        });
  }

  void measure(const Bench& bench, Whereabouts& whereabouts, HostWatch& watch) {
    Progress progress(std::cerr, job_.is_first() && !options_.is_quiet && is_watched());
    begun_ = world_.now();
    if (recorder_) recorder_->started_cases(age_of_process());
    for (std::size_t i = 0; i < plan_.cases.size(); ++i) {
      const Case& which = plan_.cases[i];
      if (take_over(which)) continue;
      progress.show(which.key(), i, plan_.cases.size(), world_.now() - begun_,
                    total_budget().value_or(Seconds{0}));
      whereabouts.begin(which.key());
      const Seconds start = world_.now();
      Result result = run_case(which, benchmark_named(which.benchmark, benchmarks_), bench,
                               effort(plan_.cases.size() - i));
      watch.after_case();
      if (auto* const m = std::get_if<Measured>(&result.outcome))
        m->cost.total = world_.now() - start;
      whereabouts.enter(Phase::report);
      if (recorder_) recorder_->add(result, true);
    }
    for (const Result& result : startup_results(bench)) {
      if (recorder_ && options_.resume.empty()) recorder_->add(result, true);
    }
    job_.sentinel().stand_down();
    in_cases_ = world_.now() - begun_;
    progress.clear();
  }

  // True on all ranks if the interrupted run has measured this case.
  bool take_over(const Case& which) {
    if (options_.resume.empty()) return false;
    const auto found = std::ranges::find(done_before_, which.key(), &Result::key);
    const bool is_done = broadcast(world_, found != done_before_.end());
    if (is_done && recorder_) recorder_->add(*found, false);
    return is_done;
  }

  // Leaves room for preparing, filling and checking within a minute, or within five.
  std::optional<Seconds> total_budget() const {
    if (options_.budget) return options_.budget;
    if (options_.request.profile == Profile::quick) return Seconds{32};
    if (options_.request.profile == Profile::standard) return Seconds{200};
    return std::nullopt;
  }

  // What is left of the whole run's budget is shared evenly; rank 0's clock decides.
  Effort effort(std::size_t cases_left) {
    Effort effort{
        .samples = options_.samples, .patience = options_.case_timeout, .seed = options_.seed};
    effort.budget = {options_.request.profile == Profile::full ? 4.0 : 1.0};
    if (const auto total = total_budget()) {
      const Seconds left = *total - (world_.now() - begun_);
      constexpr Seconds least{0.1};  // what slow cases have overspent is not taken from quick ones
      const Seconds share = std::max(left / static_cast<double>(cases_left), least);
      effort.budget = options_.budget ? share : std::min(share, effort.budget);
    }
    if (options_.budget) effort.search = effort.budget;
    effort.budget = broadcast(world_, effort.budget);
    return effort;
  }

  int finish() {
    if (!recorder_) return 0;
    recorder_->update(survey_.machine);
    const Report report = recorder_->finish(age_of_process(), in_cases_);
    if (!options_.is_quiet) {
      write_table(std::cout, report);
      std::cout << "report: " << (recorder_->folder() / "report.json").string() << '\n';
    }
    return exit_status(report.verdict, options_.fails_on_warning);
  }

  Job& job_;
  World& world_;
  RunOptions options_;
  std::string command_;
  bool on_host_ = true;  // computes, so that its memory limits what can be done
  Survey survey_;        // whole on rank 0 alone
  std::vector<Benchmark> benchmarks_;
  Plan plan_;
  std::vector<Result> done_before_;
  std::shared_ptr<Recorder> recorder_;  // on rank 0 alone; the sentinel's, too
  Seconds begun_{0}, in_cases_{0};
};

}  // namespace

int run(RunOptions options, const std::string& command) {
  Job job;
  if (!options.resume.empty()) options = resumed(options, job.world());
  Session session(job, options, command);
  try {
    return session.run();
  } catch (const BadUsage&) {
    throw;  // on all ranks alike
  } catch (const std::exception& e) {
    // The others may not know: they would wait for this rank.
    if (job.is_first()) std::cerr << "shortfall: " << e.what() << '\n';
    job.sentinel().end_now(e.what());
    return 0;  // never reached, which g++ does not see through a virtual function
  }
}

}  // namespace shortfall
