#include "app/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <iostream>

#include "app/agree.hpp"
#include "app/backends_in_use.hpp"
#include "app/begin_report.hpp"
#include "app/budget.hpp"
#include "app/extent.hpp"
#include "app/first_findings.hpp"
#include "app/fit_into_memory.hpp"
#include "app/handicaps.hpp"
#include "app/job.hpp"
#include "app/links_in_use.hpp"
#include "app/open_device.hpp"
#include "app/progress.hpp"
#include "app/recorder.hpp"
#include "app/resume.hpp"
#include "app/step_account.hpp"
#include "app/survey.hpp"
#include "app/systems.hpp"
#include "app/whereabouts.hpp"
#include "app/workload.hpp"
#include "backends/process.hpp"
#include "core/error.hpp"
#include "core/routine_json.hpp"
#include "core/text.hpp"
#include "diagnosis/verdict.hpp"
#include "harness/runner.hpp"
#include "harness/startup.hpp"
#include "reporters/table.hpp"

namespace shortfall {
namespace {

int local_rank() {
  const auto told = launched();
  return told ? told->local_rank : 0;
}

class Session {
 public:
  Session(Job& job, const RunOptions& options, std::string command)
      : job_(job), world_(job.world()), options_(options), command_(std::move(command)) {}

  int run() {
    const auto known = backends();
    const Backend& computes = agreed_device(world_, known, options_.device);
    const LinksInUse links(world_, known, options_.links);
    OpenedDevice opened = open_device(world_, computes, local_rank(), options_.shares_gpus);
    const auto& device = opened.device;
    const Backend& communicates =
        agreed_collectives(world_, known, options_.collectives, device->kind());
    on_host_ = device->kind() == MemoryKind::host;
    HostWatch watch(world_, known);
    survey_ = survey_job(world_, job_.bound(), device->facts(), watch, options_.files);
    benchmarks_ = benchmarks_with(
        *device, communicates, [&](Carrier carrier) { return links.why_not(carrier); });
    const bool with_itself = world_.size() == 1 && !on_host_ && !options_.collectives.empty();
    if (with_itself) let_one_rank_exchange(benchmarks_);
    plan_ = decode_plan(agree(world_, [&] { return encode(decide(communicates)); }), benchmarks_);
    links.check(world_, plan_, benchmarks_);
    give_routines(benchmarks_, agree(world_, [&] { return workload_ ? encode(*workload_) : ""; }));
    if (options_.is_dry_run) return print_plan();
    const auto stream = device->open_stream();
    const auto vitals = computes.open_vitals ? computes.open_vitals("/") : nullptr;
    const auto monitor = device->open_monitor();
    Groups groups(world_, communicates.open_communicator, links.links(), with_itself);
    Whereabouts whereabouts(job_, options_.case_timeout);
    const auto handicaps = gather_handicaps(
        world_, multiplies(plan_, benchmarks_) ? device->handicaps() : std::vector<Handicap>());
    agree(world_, [&] {
      std::ranges::move(crippled_libraries(handicaps), std::back_inserter(opened.findings));
      std::ranges::move(links.findings(world_, plan_, benchmarks_), std::back_inserter(opened.findings));
      open_recorder(*device, std::move(opened.findings));
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
  Plan decide(const Backend& communicates) {
    Plan plan = make_plan(options_.request, benchmarks_);
    expand(plan, extent_of(world_, survey_.machine));
    prepare_workload(plan, communicates);
    if (on_host_) fit_into_memory(plan, options_, survey_.machine, hosts_of(world_), benchmarks_);
    const bool is_resumed = !options_.resume.empty();
    if (!options_.is_dry_run) check_output(folder(), is_resumed);
    if (is_resumed) done_before_ = finished_in(folder());
    return plan;
  }

  void prepare_workload(Plan& plan, const Backend& communicates) {
    const std::string wanted = workload_wanted(options_, on_host_);
    if (wanted.empty()) return;
    const Report begun = begin_report(options_, command_, survey_.machine, world_, plan);
    const Datasheets sheets = datasheets_named(options_.files.datasheet);
    try {
      workload_ = plan_workload(wanted, options_, begun, {sheets, communicates});
    } catch (const BadUsage& no) {
      if (!options_.workload.empty() || asks_for_steps(options_.request)) throw;
      plan.excluded.push_back({"training_step", no.what()});  // nobody asked for it
      return;
    }
    account_.emplace(*workload_, sheets);
    give_routines(benchmarks_, encode(*workload_));
    put_first(plan, *workload_, benchmarks_);
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
    for (Finding& f : first_findings(survey_, device, options_, world_.size()))
      report.findings.push_back(std::move(f));
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
      const bool executes = benchmark_named(which.benchmark, benchmarks_).routine != nullptr;
      if (executes) predict();
      if (!take_over(which)) {
        progress.show(which.key(), i, plan_.cases.size(), world_.now() - begun_,
                      total_budget(options_).value_or(Seconds{0}));
        measure(which, bench, whereabouts, plan_.cases.size() - i);
        watch.after_case();
      }
      if (executes) draw_up_account();
    }
    for (const Result& result : startup_results(bench)) {
      if (recorder_ && options_.resume.empty()) recorder_->add(result, true);
    }
    job_.sentinel().stand_down();
    in_cases_ = world_.now() - begun_;
    progress.clear();
  }

  void measure(const Case& which, const Bench& bench, Whereabouts& whereabouts,
               std::size_t cases_left) {
    const Benchmark& benchmark = benchmark_named(which.benchmark, benchmarks_);
    whereabouts.begin(which.key(), [&](const Ballot& ballot) {
      if (recorder_) record({stopped_result(which, benchmark, bench, ballot)});
      job_.sentinel().end_now(which.key() + " left a device stuck: " + ballot.vote.reason);
    });
    const Seconds start = world_.now();
    const Effort effort = effort_of_case(options_, world_, begun_, cases_left);
    std::vector<Result> results;
    if (benchmark.routine) {
      results = run_routine(which, benchmark, bench, effort);
    } else {
      results.push_back(run_case(which, benchmark, bench, effort));
    }
    if (auto* const m = std::get_if<Measured>(&results.front().outcome))
      m->cost.total = world_.now() - start;
    whereabouts.enter(Phase::report);
    if (recorder_) record(std::move(results));
  }

  void record(std::vector<Result> results) {
    // What is beside it goes first: a run that ends in between has not measured the case.
    std::ranges::rotate(results, results.begin() + 1);
    for (const Result& result : results) recorder_->add(result, true);
  }

  // Before a step is executed, so that nothing of it is in what is predicted.
  void predict() {
    if (!recorder_ || !account_) return;
    or_go_on([&] { account_->predict(recorder_->so_far()); });
  }

  // As soon as it can be: it must be in the report however the run ends.
  void draw_up_account() {
    if (!recorder_ || !account_) return;
    or_go_on([&] {
      if (auto account = account_->drawn_up(recorder_->so_far())) {
        recorder_->account_for(std::move(*account));
      }
    });
  }

  // What rank 0 does alone must not end what all ranks do.
  void or_go_on(const std::function<void()>& draw_up) {
    try {
      draw_up();
    } catch (const std::exception& e) {
      recorder_->note({.severity = Finding::Severity::unknown,
                       .kind = "no_account",
                       .reason = std::string("the workload cannot be accounted for: ") + e.what(),
                       .action = "predict it from this report: shortfall predict " +
                                 workload_->name + " --system " + folder().string()});
      account_.reset();
    }
  }

  // The workload is fitted anew, to the memory that is free now: another routine is another case.
  bool is_as_planned(const Result& done) const {
    const Benchmark& benchmark = benchmark_named(done.benchmark, benchmarks_);
    if (!benchmark.routine) return true;
    const Details::value_type mark{"mark", mark_of(benchmark.routine(done.params))};
    const auto* const measured = std::get_if<Measured>(&done.outcome);
    return measured && std::ranges::count(measured->details, mark) > 0;
  }

  // True on all ranks if the interrupted run has measured this case.
  bool take_over(const Case& which) {
    if (options_.resume.empty()) return false;
    const auto found = std::ranges::find(done_before_, which.key(), &Result::key);
    const bool is_done = broadcast(world_, found != done_before_.end() && is_as_planned(*found));
    if (is_done && recorder_) {
      recorder_->add(*found, false);
      for (const Result& other : done_before_)
        if (is_in_turn_with(which.benchmark, other)) recorder_->add(other, false);
    }
    return is_done;
  }

  int finish() {
    if (!recorder_) return 0;
    recorder_->update(survey_.machine);
    draw_up_account();  // by now, more is known of who is behind a loss
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
  std::optional<WorkloadPlan> workload_;  // on rank 0 alone; so is its account
  std::optional<StepAccount> account_;
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
