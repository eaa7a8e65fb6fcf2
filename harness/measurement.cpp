#include "harness/measurement.hpp"

#include <algorithm>
#include <functional>
#include <map>

#include "harness/checkup.hpp"
#include "harness/device_checkup.hpp"
#include "harness/figures.hpp"
#include "harness/first_wrong.hpp"
#include "harness/or_give_up.hpp"
#include "harness/per_rank.hpp"
#include "harness/shared_details.hpp"

namespace shortfall {
Measurement::Measurement(const Manner& manner, Trial* trial, Member& member, const Bench& bench,
                         const Effort& effort)
    : manner_(manner),
      trial_(trial),
      member_(member),
      bench_(bench),
      effort_(effort),
      in_step_{bench.job, bench.watcher, bench.monitor,
               member.communicator && member.communicator->survives_abort()} {}

Measured Measurement::run() {
  if (manner_.is_isolated) clock_offset_ = bench_.job.clock_offset();
  warm_up();
  soak();
  Checkup checkup(bench_.job, bench_.vitals);
  checkup.before();
  DeviceCheckup devices(bench_.job, trial_ ? bench_.monitor : nullptr);
  devices.begin();
  iterations_ = 0;
  clocks_.clear();
  const Seconds share = effort_.budget / (manner_.is_back_to_back && manner_.is_isolated ? 2 : 1);
  Measured measured;
  measured.timing.primary = manner_.primary;
  const auto take_part = [&](bool isolated) {
    const bool is_primary = isolated == (manner_.primary == Timing::Primary::isolated);
    std::vector<Seconds> kept = std::move(mine_);
    mine_.clear();
    const Summary summary =
        measure(isolated ? isolated_sampler(effort_, share, call_) : Sampler(effort_, share, call_),
                isolated);
    if (!is_primary) mine_ = std::move(kept);
    return summary;
  };
  if (manner_.is_back_to_back) measured.timing.throughput = take_part(false);
  if (manner_.is_isolated) measured.timing.isolated = take_part(true);
  checkup.after();
  Diagnosis diagnosis = checkup.diagnose();
  measured.vitals = std::move(diagnosis.vitals);
  measured.vitals.device = devices.end(iterations_, clocks_);
  measured.energy = measured.vitals.device ? measured.vitals.device->energy : diagnosis.energy;
  if (!skew_.empty()) measured.timing.skew = summarize(skew_);
  measured.figures = over_ranks(bench_.job, trial_ ? trial_->figures() : std::vector<Figure>());
  if (soaked_ > Seconds{0}) {
    measured.figures.push_back(
        {"soaked_s", soaked_.value, soaked_.value, soaked_.value, 0, bench_.job.host(0)});
  }
  const Details mine = trial_ ? trial_->details() : Details();
  compare_over_ranks(mine);
  const bool takes_time = trial_ && trial_->takes_time();
  measured.details = details_of_lowest(bench_.job, takes_time, mine);
  if (!wrong_operation_.empty()) {
    measured.details.emplace_back("wrong_operation", wrong_operation_);
  }
  measured.verification = verification();
  measured.cost.calls = in_calls_;
  const bool took_part = takes_time && !mine_.empty();
  measured.per_rank =
      per_rank(bench_.job, took_part ? std::optional(summarize(mine_).median) : std::nullopt);
  measured.per_rank.adapters = adapters_by_rank(bench_.job, mine, measured.details);
  return measured;
}

// First touch, lazy connections and clocks ramping up; then how long one call takes.
void Measurement::warm_up() {
  constexpr Seconds short_call{50e-6};
  const Batch one_call{.isolated = manner_.consumes_input};
  take({.isolated = one_call.isolated, .first = true});
  call_ = take(one_call).slowest[0];
  if (call_ < short_call && !one_call.isolated) {
    call_ = take({.samples = 1, .calls = 32}).slowest[0];
  }
  call_ = broadcast(bench_.job, call_ * manner_.iterations_per_call);
}

// Uninterrupted work, so that what follows is measured as hot as it stays. Ranks do not wait for
// one another before the end, and leave time for the measurement.
void Measurement::soak() {
  const Seconds wanted = std::min(effort_.soak, effort_.patience * 0.5);
  if (wanted <= Seconds{0}) return;
  constexpr Seconds piece{0.1};  // what is enqueued at once: long beside the pauses between
  const int calls = static_cast<int>(std::clamp(piece / call_, 1.0, 1e5));
  Seconds spent{0};
  bench_.job.barrier();
  in_step_(Phase::run, [&] {
    if (!trial_) return;
    const Seconds start = bench_.job.now();
    or_give_up(bench_, bench_.stream, effort_.of_call(), [&] {
      while (spent < wanted) {
        for (int call = 0; call < calls; ++call) trial_->run();
        wait(bench_.stream, member_.communicator.get(), effort_.of_call());
        spent = bench_.job.now() - start;
      }
    });
  });
  soaked_ = bench_.job.slowest(spent).time;
}

Summary Measurement::measure(Sampler sampler, bool isolated) {
  while (true) {
    // Rank 0 decides: a rank that took one sample more would wait in a collective for ever.
    int samples = broadcast(bench_.job, sampler.next());
    if (samples <= 0) return summarize(sampler.samples());
    const Seconds start = bench_.job.now();
    if (other_) {
      other_();
      samples = std::min(samples, samples_of_turn_);
    }
    const int calls = broadcast(bench_.job, sampler.calls_per_sample());
    const Times times = take({samples, calls, isolated});
    sampler.add(times.slowest, bench_.job.now() - start);
    mine_.insert(mine_.end(), times.mine.begin(), times.mine.end());
    skew_.insert(skew_.end(), times.skew.begin(), times.skew.end());
  }
}

Measurement::Times Measurement::take(const Batch& batch) {
  std::optional<Mismatch> mismatch;
  Times times;
  ++batches_;
  in_step_(Phase::arm, [&] {
    bench_.stream.reserve_stamps(2 * static_cast<std::size_t>(batch.samples) + 2);
    if (trial_) trial_->arm(batches_);
  });
  bench_.job.barrier();
  const Seconds start = bench_.job.now();
  in_step_(Phase::run, [&] {
    or_give_up(bench_, bench_.stream, effort_.of_call(), [&] { times.mine = timed(batch); });
  });
  in_calls_ = in_calls_ + (bench_.job.now() - start);
  in_step_(Phase::check, [&] {
    if (trial_) mismatch = trial_->check();
  });
  run_ += batch.samples * batch.calls + (trial_ ? trial_->witnesses() : 0);
  checked_ += trial_ ? trial_->checked() : 0;
  agree_on(mismatch);
  times.slowest = times.mine;
  bench_.job.slowest_of_each(times.slowest);
  times.skew = std::move(last_skew_);
  last_skew_.clear();
  if (!times.skew.empty()) bench_.job.slowest_of_each(times.skew);
  return times;
}

std::vector<Seconds> Measurement::timed(const Batch& batch) {
  std::vector<Seconds> times(static_cast<std::size_t>(batch.samples), Seconds{0});
  const bool has_skew = batch.isolated && bench_.stream.has_host_clock();
  if (!trial_) {
    if (has_skew) last_skew_ = times;
    return times;
  }
  std::vector<Stamp> stamps;
  stamps.reserve(2 * times.size() + 2);
  {
    const ActiveStretch watched(bench_.monitor);
    if (batch.isolated) {
      one_by_one(batch, stamps);
    } else {
      back_to_back(batch, stamps);
    }
  }
  const double iterations = batch.calls * manner_.iterations_per_call;
  iterations_ += batch.samples * iterations;
  const std::size_t step = batch.isolated ? 2 : 1;
  for (std::size_t i = 0; i < times.size(); ++i) {
    times[i] = bench_.stream.elapsed(stamps[step * i], stamps[step * i + 1]) / iterations;
  }
  if (has_skew) last_skew_ = skew_of(stamps);
  trial_->run_witness();
  wait(bench_.stream, member_.communicator.get(), effort_.of_call());
  if (member_.communicator) member_.communicator->settle();
  return times;
}

void Measurement::back_to_back(const Batch& batch, std::vector<Stamp>& stamps) {
  {
    const HeldStart together(bench_.stream, !batch.first);
    if (member_.communicator) member_.communicator->line_up(bench_.stream);
    stamps.push_back(bench_.stream.stamp());
    for (int sample = 0; sample < batch.samples; ++sample) {
      for (int call = 0; call < batch.calls; ++call) trial_->run();
      stamps.push_back(bench_.stream.stamp());
    }
  }
  wait(bench_.stream, member_.communicator.get(), effort_.of_call());
  if (batch.first) return;
  if (const auto clock = bench_.stream.clock()) clocks_.push_back(clock->value);
}

void Measurement::one_by_one(const Batch& batch, std::vector<Stamp>& stamps) {
  for (int sample = 0; sample < batch.samples; ++sample) {
    if (sample > 0 && manner_.consumes_input) trial_->refill();
    member_.communicator->line_up(bench_.stream);
    stamps.push_back(bench_.stream.stamp());
    trial_->run();
    stamps.push_back(bench_.stream.stamp());
    wait(bench_.stream, member_.communicator.get(), effort_.of_call());
  }
}

// Between the first and the last arrival at each operation, within this rank's group.
std::vector<Seconds> Measurement::skew_of(const std::vector<Stamp>& stamps) {
  std::vector<Seconds> latest, earliest;
  for (std::size_t i = 0; i + 1 < stamps.size(); i += 2) {
    latest.push_back(bench_.stream.at(stamps[i]) + clock_offset_);
    earliest.push_back(latest.back() * -1);
  }
  member_.world->slowest_of_each(latest);
  member_.world->slowest_of_each(earliest);
  std::ranges::transform(latest, earliest, latest.begin(), std::plus<>{});
  return latest;
}

// Keeps the first wrong element of the lowest rank that has one, on all ranks.
void Measurement::agree_on(const std::optional<Mismatch>& mine) {
  const auto found = first_wrong(bench_.job, mine);
  if (!found) return;
  const std::string operation =
      broadcast(bench_.job, trial_ ? trial_->wrong_operation() : std::string(), found->rank);
  if (wrong_) return;
  wrong_ = found;
  wrong_operation_ = operation;
}

// Equal inputs through equal code must give equal bits on all ranks: the lowest rank whose result
// is not that of the most is named, with fingerprints in place of numbers.
void Measurement::compare_over_ranks(const Details& details) {
  struct Print {
    std::uint64_t code = 0, result = 0;
    bool exists = false;
  };
  std::string code;
  for (const auto& [name, value] : details) code += name + '=' + value + '\n';
  Print mine{fingerprint(std::as_bytes(std::span(code))), 0, false};
  if (trial_ && trial_->fingerprint()) mine = {mine.code, *trial_->fingerprint(), true};
  const std::vector<Print> all = gather(bench_.job, mine);
  std::map<std::uint64_t, std::map<std::uint64_t, int>> votes;
  for (const Print& print : all) {
    if (print.exists) ++votes[print.code][print.result];
  }
  for (std::size_t rank = 0; rank < all.size() && !wrong_; ++rank) {
    if (!all[rank].exists) continue;
    const auto& results = votes[all[rank].code];
    const auto most = std::ranges::max_element(results, {}, [](const auto& v) { return v.second; });
    if (results.at(all[rank].result) == most->second) continue;
    wrong_ =
        WrongData{static_cast<int>(rank),
                  bench_.job.host(static_cast<int>(rank)),
                  {0, static_cast<double>(all[rank].result), static_cast<double>(most->first)}};
  }
}

Verification Measurement::verification() const {
  const std::vector<double> coverages = gather(bench_.job, run_ > 0 ? checked_ / run_ : 0.0);
  const double coverage = *std::ranges::max_element(coverages);
  if (wrong_) return {Verification::Status::failed, coverage, wrong_};
  using Status = Verification::Status;
  return {coverage > 0 ? Status::passed : Status::none, coverage, std::nullopt};
}

}  // namespace shortfall
