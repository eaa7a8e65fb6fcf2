#include "harness/interference.hpp"

#include <algorithm>
#include <cmath>

#include "harness/figures.hpp"
#include "harness/first_wrong.hpp"
#include "harness/or_give_up.hpp"
#include "harness/per_rank.hpp"
#include "harness/shared_details.hpp"
#include "harness/trials.hpp"

namespace shortfall {
namespace {

constexpr Seconds window{0.02};  // that is timed at once: long beside what starting takes
constexpr int most_calls = 100;  // in a window: so few that a held stream takes those of both sides

}  // namespace

struct Interference::Side {
  std::string name;
  std::unique_ptr<Trial> trial;  // nullptr: this rank is idle
  Stream& stream;
  int calls = 1;                        // of a window
  double beside_factor = 2;             // windows that it lasts beside the other one
  std::vector<Seconds> alone, beside;   // this rank's, by turn
  std::vector<Seconds> slowdowns = {};  // ratios, which statistics take as times
};

Interference::Interference(const Benchmark& benchmark, const Pairing& pairing,
                           const std::string& group, const Bench& bench, const Effort& effort)
    : bench_(bench), effort_(effort), in_step_{bench.job, bench.watcher, bench.monitor} {
  in_step_(Phase::prepare, [&] { second_stream_ = bench.device.open_stream(); });
  second_bench_ =
      std::make_unique<Bench>(Bench{bench.job, bench.device, *second_stream_, bench.groups,
                                    bench.watcher, bench.vitals, bench.monitor});
  one_ = std::make_unique<Side>(
      Side{"gemm", prepare_trial(pairing.one, group, benchmark, bench, effort.seed), bench.stream});
  other_ = std::make_unique<Side>(
      Side{pairing.name_of_other,
           prepare_trial(pairing.other, group, benchmark, *second_bench_, effort.seed),
           *second_stream_});
  communicator_ = bench.groups.at(group).communicator.get();
  in_step_.others_hear = communicator_ != nullptr && communicator_->survives_abort();
}

Interference::~Interference() = default;

Measured Interference::run() {
  find_calls();
  constexpr int fewest = 10;
  const int wanted = effort_.samples.value_or(fewest);
  const Seconds start = bench_.job.now();
  bool goes_on = true;
  while (goes_on) {
    take_turn();
    const bool has_time = bench_.job.now() - start < effort_.budget;
    const bool is_enough = effort_.samples || !has_time;
    goes_on = broadcast(bench_.job, static_cast<int>(turns_) < wanted || !is_enough);
  }
  return concluded();
}

// The first call may load what the others find; the second one tells how many fill a window.
void Interference::find_calls() {
  for (Side* const side : {one_.get(), other_.get()}) {
    in_step_(Phase::arm, [&] {
      if (side->trial) side->trial->arm(1);
    });
    timed(*side, nullptr);
    const Seconds call = broadcast(bench_.job, bench_.job.slowest(timed(*side, nullptr)).time);
    const double calls = std::ceil(window / std::max(call, Seconds{1e-9}));
    side->calls = static_cast<int>(std::clamp<double>(calls, 1, most_calls));
  }
}

void Interference::take_turn() {
  ++turns_;
  in_step_(Phase::arm, [&] {
    for (Side* const side : {one_.get(), other_.get()})
      if (side->trial) side->trial->arm(turns_ + 1);
  });
  for (const auto& [side, beside] :
       {std::pair(one_.get(), other_.get()), std::pair(other_.get(), one_.get())}) {
    const Seconds alone = timed(*side, nullptr), together = timed(*side, beside);
    const Slowest slowest = bench_.job.slowest(together);
    if (side == one_.get()) slowest_.push_back(slowest.time);
    const double slowdown = alone > Seconds{0} ? together / alone : 1;
    // The other one must not end before: all ranks start equally many.
    const double most = bench_.job.slowest({slowdown}).time.value;
    beside->beside_factor = broadcast(bench_.job, std::max(2.0, 1 + 1.5 * most));
    if (!side->trial) continue;
    side->alone.push_back(alone);
    side->beside.push_back(together);
    side->slowdowns.push_back({slowdown});
  }
  check();
}

// Of one call of `side`, on this rank; zero on an idle one.
Seconds Interference::timed(Side& side, Side* beside) {
  Seconds time{0};
  bench_.job.barrier();
  in_step_(Phase::run, [&] {
    if (!side.trial) return;
    or_give_up(bench_, *second_stream_, effort_.of_call(), [&] { time = time_of(side, beside); });
  });
  return time;
}

Seconds Interference::time_of(Side& side, Side* beside) {
  side.stream.reserve_stamps(2);
  Stamp from{}, to{};
  {
    const HeldStart measured(side.stream, turns_ > 0);
    const HeldStart other(beside ? beside->stream : side.stream, beside && turns_ > 0);
    // Ranks begin to exchange together, or their times would be of waiting for one another; and
    // nobody computes before, or it would be alone for a while.
    const bool exchanges = &side == other_.get() || beside == other_.get();
    if (communicator_ && exchanges) communicator_->line_up(*second_stream_);
    if (beside) one_->stream.follow(*second_stream_);
    const double times = beside ? std::ceil(beside->calls * beside->beside_factor) : 0;
    if (beside) start(*beside, static_cast<int>(times));
    from = side.stream.stamp();
    start(side, side.calls);
    to = side.stream.stamp();
  }
  finish(side);
  if (beside) finish(*beside);
  return side.stream.elapsed(from, to) / side.calls;
}

void Interference::start(Side& side, int calls) {
  for (int call = 0; call < calls; ++call) side.trial->run();
  calls_ += calls;
}

void Interference::finish(Side& side) { wait(side.stream, communicator_, effort_.of_call()); }

void Interference::check() {
  std::optional<Mismatch> mismatch;
  in_step_(Phase::check, [&] {
    for (Side* const side : {one_.get(), other_.get()}) {
      if (!side->trial) continue;
      checked_ += side->trial->checked();
      if (auto wrong = side->trial->check(); wrong && !mismatch) mismatch = wrong;
    }
  });
  const auto wrong = first_wrong(bench_.job, mismatch);
  if (!wrong_) wrong_ = wrong;
}

std::vector<Figure> Interference::figures() const {
  std::vector<Figure> all;
  for (const Side* const side : {one_.get(), other_.get()}) {
    if (side->alone.empty()) continue;
    const Summary slowdown = summarize(side->slowdowns);
    all.push_back({side->name + "_alone_s", summarize(side->alone).median.value});
    all.push_back({side->name + "_beside_s", summarize(side->beside).median.value});
    all.push_back({side->name + "_slowdown", slowdown.median.value});
    if (!slowdown.ci95) continue;
    all.push_back({side->name + "_slowdown_low", slowdown.ci95->low.value});
    all.push_back({side->name + "_slowdown_high", slowdown.ci95->high.value});
  }
  return all;
}

Details Interference::details() const {
  if (!one_->trial) return {};
  Details all = one_->trial->details();
  for (const auto& [name, value] : other_->trial->details()) {
    const auto same = std::ranges::find(all, name, &Details::value_type::first);
    if (same == all.end()) all.emplace_back(name, value);
  }
  all.emplace_back("calls_of_a_window", std::to_string(one_->calls) + " " + one_->name + ", " +
                                            std::to_string(other_->calls) + " " + other_->name);
  return all;
}

Measured Interference::concluded() {
  Measured measured;
  measured.timing.throughput = summarize(slowest_);
  measured.figures = over_ranks(bench_.job, figures());
  const bool took_part = !one_->beside.empty();
  measured.per_rank = per_rank(
      bench_.job, took_part ? std::optional(summarize(one_->beside).median) : std::nullopt);
  measured.details = details_of_lowest(bench_.job, took_part, details());
  using Status = Verification::Status;
  const auto coverages = gather(bench_.job, calls_ > 0 ? checked_ / calls_ : 0.0);
  const double coverage = *std::ranges::max_element(coverages);
  const Status unless_wrong = coverage > 0 ? Status::passed : Status::none;
  measured.verification = {wrong_ ? Status::failed : unless_wrong, coverage, wrong_};
  return measured;
}

}  // namespace shortfall
