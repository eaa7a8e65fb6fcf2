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

const Backend& choose_collectives(const std::vector<Backend>& all, const std::string& name) {
  return choose(all, name, {"--collectives", "communicates", [](const Backend& b) {
                              return bool(b.open_communicator);
                            }});
}

const Backend* choose_links(const std::vector<Backend>& all, const std::string& name) {
  const auto plays = [](const Backend& b) { return bool(b.open_link); };
  const bool is_any = std::ranges::any_of(
      all, [&](const Backend& b) { return plays(b) && why_unusable(b).empty(); });
  if (name.empty() && !is_any) return nullptr;
  return &choose(all, name, {"--links", "copies between the devices of ranks", plays});
}

std::vector<Benchmark> benchmarks_with(const Device& device, const Backend& communicates) {
  const bool is_carried = std::ranges::count(communicates.carries, device.kind()) > 0;
  const auto no_exchange =
      is_carried ? "" : fmt::format("{} takes no memory of {}", communicates.name, device.name());
  return benchmarks_on(device.kind(), no_exchange, benchmarks());
}

}  // namespace shortfall
