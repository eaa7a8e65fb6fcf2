#include "harness/checkup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>

#include "core/statistics.hpp"
#include "core/text.hpp"

namespace shortfall {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
constexpr Signs nothing{unknown, unknown, unknown, unknown, unknown,
                        unknown, unknown, unknown, unknown, unknown};

// Of one host, from what its ranks saw.
struct HostSigns {
  int rank = 0;  // the lowest
  int ranks = 0;
  double used = 0;  // by all its ranks
  Signs told = nothing;
};

std::map<std::string, HostSigns> by_host(std::span<const Signs> all,
                                         const std::vector<std::string>& hosts) {
  std::map<std::string, HostSigns> result;
  for (std::size_t rank = 0; rank < all.size(); ++rank) {
    auto [found, is_new] = result.try_emplace(hosts[rank]);
    HostSigns& host = found->second;
    if (is_new) {
      host.rank = static_cast<int>(rank);
      host.told = all[rank];
    }
    ++host.ranks;
    host.used += all[rank].used;
  }
  return result;
}

double cpu_time(const Signs& s) { return s.elapsed * s.cpus; }

double other_load(const HostSigns& host) {
  const double total = cpu_time(host.told);
  if (!(total >= least_cpu_time.value)) return unknown;
  return std::clamp((host.told.busy - host.used) / total, 0.0, 1.0);
}

double steal(const HostSigns& host) {
  const double total = cpu_time(host.told);
  if (!(total >= least_cpu_time.value)) return unknown;
  return std::clamp(host.told.stolen / total, 0.0, 1.0);
}

double waiting(const Signs& s) {
  constexpr double least = 0.01;  // s
  return s.elapsed >= least ? std::clamp(s.waited / s.elapsed, 0.0, 1.0) : unknown;
}

double fall(const Signs& s) { return 1 - s.clock_after / s.clock_before; }

// Keeps the larger; what is unknown is not compared.
void keep_worst(std::optional<AtRank>& worst, double value, int rank, const std::string& host) {
  if (std::isnan(value) || (worst && worst->value >= value)) return;
  worst = AtRank{value, rank, host};
}

std::optional<AtRank> worst_rank(std::span<const Signs> all, const std::vector<std::string>& hosts,
                                 double (*figure)(const Signs&)) {
  std::optional<AtRank> worst;
  for (std::size_t rank = 0; rank < all.size(); ++rank)
    keep_worst(worst, figure(all[rank]), static_cast<int>(rank), hosts[rank]);
  return worst;
}

std::optional<AtRank> worst_host(const std::map<std::string, HostSigns>& hosts,
                                 const std::function<double(const HostSigns&)>& figure) {
  std::optional<AtRank> worst;
  for (const auto& [name, host] : hosts) keep_worst(worst, figure(host), host.rank, name);
  return worst;
}

std::optional<ClockOfCase> clock_of(std::span<const Signs> all,
                                    const std::vector<std::string>& hosts) {
  std::vector<double> before, after;
  for (const Signs& s : all) {
    if (std::isnan(fall(s))) continue;
    before.push_back(s.clock_before);
    after.push_back(s.clock_after);
  }
  if (before.empty()) return std::nullopt;
  AtRank slowest = *worst_rank(
      all, hosts, [](const Signs& s) { return -std::min(s.clock_before, s.clock_after); });
  slowest.value *= -1;
  return ClockOfCase{{median(before)}, {median(after)}, slowest, *worst_rank(all, hosts, fall)};
}

// The sum over hosts, if all of them tell.
std::optional<double> total_of(const std::map<std::string, HostSigns>& hosts,
                               double (*figure)(const Signs&)) {
  double sum = 0;
  for (const auto& [name, host] : hosts) sum += figure(host.told);
  return std::isnan(sum) ? std::nullopt : std::optional(sum);
}

// More ranks than CPUs hold each other up: that is no disturbance by others.
bool has_a_cpu_for_each(const HostSigns& host) { return !(host.ranks > host.told.cpus); }

std::string percent(double share) { return fmt::format("{:.0f} %", 100 * share); }

std::optional<std::string> reason_of(const Vitals& v, const std::optional<AtRank>& wait) {
  std::vector<std::string> all;
  if (const auto& load = v.other_load_share; load && load->value >= much_load)
    all.push_back(fmt::format("other processes used {} of {}", percent(load->value), load->host));
  if (const auto& steal = v.steal_share; steal && steal->value >= much_steal)
    all.push_back(fmt::format("{} of {}'s time was stolen by other virtual machines",
                              percent(steal->value), steal->host));
  if (wait && wait->value >= much_waiting)
    all.push_back(fmt::format("rank {} on {} waited {} of its time for a CPU", wait->rank,
                              wait->host, percent(wait->value)));
  if (v.clock && v.clock->fall.value >= much_slower)
    all.push_back(fmt::format("the clock of rank {} on {} fell by {}", v.clock->fall.rank,
                              v.clock->fall.host, percent(v.clock->fall.value)));
  return all.empty() ? std::nullopt : std::optional(join(all, "; "));
}

}  // namespace

Diagnosis diagnose(std::span<const Signs> all, const std::vector<std::string>& names) {
  constexpr std::size_t most_named = 64;
  const auto hosts = by_host(all, names);
  Vitals v;
  v.clock = clock_of(all, names);
  v.cpu_wait_share = worst_rank(all, names, waiting);
  v.other_load_share = worst_host(hosts, other_load);
  v.steal_share = worst_host(hosts, steal);
  v.temperature_c = worst_host(hosts, [](const HostSigns& h) { return h.told.temperature; });
  v.power_w = total_of(hosts, [](const Signs& s) { return s.energy / s.elapsed; });

  std::optional<AtRank> wait;  // where there was a CPU for everybody
  std::map<std::string, bool> is_disturbed;
  for (std::size_t rank = 0; rank < all.size(); ++rank) {
    const HostSigns& host = hosts.at(names[rank]);
    const double waited = has_a_cpu_for_each(host) ? waiting(all[rank]) : unknown;
    keep_worst(wait, waited, static_cast<int>(rank), names[rank]);
    is_disturbed[names[rank]] |= waited >= much_waiting || fall(all[rank]) >= much_slower ||
                                 other_load(host) >= much_load || steal(host) >= much_steal;
  }
  v.reason = reason_of(v, wait);
  v.is_disturbed = v.reason.has_value();
  for (const auto& [name, is] : is_disturbed) {
    if (is && v.disturbed_hosts.size() < most_named) v.disturbed_hosts.push_back(name);
  }
  const auto energy = total_of(hosts, [](const Signs& s) { return s.energy; });
  return {v, energy ? std::optional(Joules{*energy}) : std::nullopt};
}

Checkup::Checkup(World& job, VitalSigns* signs) : job_(job), signs_(signs) {
  for (int rank = 0; rank < job.size(); ++rank) hosts_.push_back(job.host(rank));
  const auto mine = static_cast<std::size_t>(job.rank());
  speaks_for_host_ =
      static_cast<std::size_t>(std::ranges::find(hosts_, hosts_[mine]) - hosts_.begin()) == mine;
}

void Checkup::before() {
  begin_ = nothing;
  if (!signs_) return;
  begin_.clock_before = signs_->clock().value;
  read(begin_);
}

void Checkup::after() {
  end_ = nothing;
  if (!signs_) return;
  read(end_);
  end_.clock_after = signs_->clock().value;
}

// Times and energy as they stand: the difference of two readings is what a case took.
void Checkup::read(Signs& into) {
  into.elapsed = job_.now().value;
  const RankCounters rank = signs_->of_rank();
  into.used = rank.used.value;
  into.waited = rank.waited.value_or(Seconds{unknown}).value;
  if (!speaks_for_host_) return;
  const HostCounters host = signs_->of_host();
  if (host.processors) {
    into.cpus = host.processors->count;
    into.busy = host.processors->busy.value;
    into.stolen = host.processors->stolen.value;
  }
  into.energy = host.energy.value_or(Joules{unknown}).value;
  into.temperature = host.temperature_c.value_or(unknown);
}

Diagnosis Checkup::diagnose() {
  const Signs mine{.clock_before = begin_.clock_before,
                   .clock_after = end_.clock_after,
                   .elapsed = end_.elapsed - begin_.elapsed,
                   .used = end_.used - begin_.used,
                   .waited = end_.waited - begin_.waited,
                   .cpus = end_.cpus,
                   .busy = end_.busy - begin_.busy,
                   .stolen = end_.stolen - begin_.stolen,
                   .energy = end_.energy - begin_.energy,
                   .temperature = end_.temperature};
  return shortfall::diagnose(gather(job_, mine), hosts_);
}

}  // namespace shortfall
