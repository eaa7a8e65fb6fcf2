#include "app/links_in_use.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "app/backends_in_use.hpp"
#include "core/error.hpp"
#include "core/text.hpp"

namespace shortfall {
namespace {

bool is_named(const std::vector<std::string>& names, const Backend& backend) {
  return names.empty() || std::ranges::count(names, backend.name) > 0;
}

void check_names(const std::vector<std::string>& names, const std::vector<Backend>& known) {
  std::string links;
  for (const Backend& backend : known) {
    const bool is_link = !backend.links.empty();
    if (is_link) links += (links.empty() ? "" : ", ") + backend.name;
  }
  for (const std::string& name : names) {
    const auto found = std::ranges::find(known, name, &Backend::name);
    if (found == known.end()) {
      throw BadUsage(fmt::format("--links={}: unknown backend. One of: {}", name, links));
    }
    if (found->links.empty()) {
      throw BadUsage(fmt::format(
          "--links={}: {} links no memories of ranks{}. One of: {}", name, name,
          found->open_device || found->open_communicator ? "" : ": " + why_unusable(*found),
          links));
    }
  }
}

}  // namespace

bool LinksInUse::Choice::is_usable() const {
  return std::ranges::any_of(reasons, &std::string::empty);
}

LinksInUse::LinksInUse(World& job, const std::vector<Backend>& known, const std::string& names)
    : place_(place_on_host(job)), is_named_(!names.empty()) {
  const std::vector<std::string> named =
      names.empty() ? std::vector<std::string>() : split(names, ',');
  check_names(named, known);
  for (const Backend& backend : known) {
    if (backend.links.empty() || !is_named(named, backend)) continue;
    const Choice asked{&backend, gather(job, why_unusable(backend))};
    if (!named.empty() && !asked.is_usable()) {
      throw BadUsage(fmt::format("--links={}: {}", backend.name, asked.reasons.front()));
    }
    for (const Carrier carrier : backend.links) {
      Choice& best = choices_[carrier];
      if (!best.is_usable()) best = asked;
    }
  }
}

std::string LinksInUse::why_not(Carrier carrier) const {
  const auto found = choices_.find(carrier);
  if (found == choices_.end()) return "no backend of this build, or of --links, carries it out";
  if (found->second.is_usable()) return "";
  return fmt::format("{} is {}", found->second.backend->name, found->second.reasons.front());
}

Links LinksInUse::links() const {
  Links links;
  std::map<Carrier, const Backend*> usable;
  for (const auto& [carrier, choice] : choices_) {
    if (!choice.is_usable()) continue;
    usable[carrier] = choice.backend;
    for (std::size_t rank = 0; rank < choice.reasons.size(); ++rank) {
      if (!choice.reasons[rank].empty()) links.without[carrier].push_back(static_cast<int>(rank));
    }
  }
  links.open = [usable, place = place_](World& group, Carrier carrier) {
    const auto found = usable.find(carrier);
    return found != usable.end() ? found->second->open_link(group, place) : nullptr;
  };
  return links;
}

// Of all its cases: empty if there is none, or one that this rank could take part in.
std::string LinksInUse::why_none(const Backend& backend, const Plan& plan,
                                 const std::vector<Benchmark>& benchmarks) const {
  std::string first;
  for (const Case& which : plan.cases) {
    const Benchmark& benchmark = benchmark_named(which.benchmark, benchmarks);
    if (std::ranges::count(backend.links, benchmark.needs.by) == 0) continue;
    std::string why = backend.link_refuses(benchmark.operation(which.params));
    if (why.empty()) return {};
    if (first.empty()) first = which.benchmark + ": " + std::move(why);
  }
  return first;
}

void LinksInUse::check(World& job, const Plan& plan,
                       const std::vector<Benchmark>& benchmarks) const {
  for (const auto& [carrier, choice] : choices_) {
    if (!choice.is_usable() || !choice.backend->link_refuses) continue;
    const auto reasons = gather(job, why_none(*choice.backend, plan, benchmarks));
    if (std::ranges::none_of(reasons, &std::string::empty)) throw BadUsage(reasons.front());
  }
}

std::vector<Finding> LinksInUse::findings(const World& job, const Plan& plan,
                                          const std::vector<Benchmark>& benchmarks) const {
  const auto is_wanted = [&](Carrier carrier) {
    return is_named_ || std::ranges::any_of(plan.cases, [&](const Case& which) {
             return benchmark_named(which.benchmark, benchmarks).needs.by == carrier;
           });
  };
  std::vector<Finding> all;
  std::set<std::pair<std::string, std::string>> told;
  for (const auto& [carrier, choice] : choices_) {
    if (!choice.is_usable() || !is_wanted(carrier)) continue;
    for (std::size_t i = 0; i < choice.reasons.size(); ++i) {
      const int rank = static_cast<int>(i);
      if (choice.reasons[i].empty() || !told.emplace(job.host(rank), choice.backend->name).second) {
        continue;
      }
      all.push_back({.severity = Finding::Severity::unknown,
                     .kind = "unusable_link",
                     .host = job.host(rank),
                     .rank = rank,
                     .device = choice.backend->name,
                     .reason = fmt::format("{} works on other hosts of this job; here it is {}",
                                           choice.backend->name, choice.reasons[i]),
                     .action = "compare drivers, devices, limits and containers of this host with "
                               "those of the others (shortfall machine)"});
    }
  }
  return all;
}

}  // namespace shortfall
