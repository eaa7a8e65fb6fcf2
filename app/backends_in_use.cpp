#include "app/backends_in_use.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.hpp"
#include "core/overloaded.hpp"

namespace shortfall {
namespace {

struct Role {
  std::string_view option, does;
  bool (*plays)(const Backend&);
};

const Backend& choose(const std::vector<Backend>& all, const std::string& name, const Role& role) {
  std::string usable;
  for (const Backend& backend : all) {
    const bool is_usable = role.plays(backend) && why_unusable(backend).empty();
    if (is_usable && name.empty()) return backend;
    if (is_usable) usable += (usable.empty() ? "" : ", ") + backend.name;
  }
  if (name.empty())
    throw Error(fmt::format("choose who {}", role.does), "no backend of this build is usable");
  const auto found = std::ranges::find(all, name, &Backend::name);
  const auto refuse = [&](const std::string& why) {
    return BadUsage(fmt::format("{}={}: {}. Usable here: {}", role.option, name, why, usable));
  };
  if (found == all.end()) throw refuse("unknown backend");
  if (const std::string why = why_unusable(*found); !why.empty()) throw refuse(why);
  if (!role.plays(*found)) throw refuse(fmt::format("is no backend that {}", role.does));
  return *found;
}

bool carries(const Backend& backend, MemoryKind memory) {
  return std::ranges::count(backend.carries, memory) > 0;
}

}  // namespace

std::string why_unusable(const Backend& backend) {
  return std::visit(
      Overloaded{[](const Usable&) { return std::string(); },
                 [](const Absent& no) { return "not in this build: " + no.reason; },
                 [](const Unusable& no) { return "in this build but unusable: " + no.reason; }},
      backend.probe());
}

const Backend& choose_device(const std::vector<Backend>& all, const std::string& name) {
  return choose(all, name,
                {"--device", "computes", [](const Backend& b) { return bool(b.open_device); }});
}

const Backend& choose_collectives(const std::vector<Backend>& all, const std::string& name,
                                  MemoryKind memory) {
  std::vector<std::string> carriers;
  for (const Backend& backend : all) {
    if (backend.open_communicator && carries(backend, memory)) carriers.push_back(backend.name);
  }
  const auto is_usable = [&](const std::string& carrier) {
    return why_unusable(*std::ranges::find(all, carrier, &Backend::name)).empty();
  };
  const auto best = name.empty() ? std::ranges::find_if(carriers, is_usable) : carriers.end();
  return choose(all, best != carriers.end() ? *best : name,
                {"--collectives", "communicates",
                 [](const Backend& b) { return bool(b.open_communicator); }});
}

std::string why_nobody_carries(const std::vector<Backend>& all, MemoryKind memory) {
  std::string reasons;
  for (const Backend& backend : all) {
    if (!carries(backend, memory)) continue;
    const std::string why = why_unusable(backend);
    if (why.empty()) return {};
    reasons += (reasons.empty() ? "" : "; ") + backend.name + " is " + why;
  }
  return reasons.empty() ? "no backend of this build carries it" : reasons;
}

void let_one_rank_exchange(std::vector<Benchmark>& all) {
  for (Benchmark& benchmark : all)
    if (benchmark.suite == Suite::collectives) benchmark.needs.ranks = 1;
}

std::vector<Benchmark> benchmarks_with(const Device& device, const Backend& communicates,
                                       const std::function<std::string(Carrier)>& no_link) {
  std::string no_exchange = communicates.carries_nothing_because;
  if (!carries(communicates, device.kind()) && no_exchange.empty()) {
    no_exchange = fmt::format("{} takes no memory of {}", communicates.name, device.name());
  }
  const auto missing = [&](Carrier carrier) {
    return carrier == Carrier::communicator ? no_exchange : no_link(carrier);
  };
  return benchmarks_on(device.kind(), missing, benchmarks());
}

}  // namespace shortfall
