#include "diagnosis/drift/dissent.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <tuple>

namespace shortfall {
namespace {

struct Consequence {
  std::string_view cause, effect;  // an attribute and all below it, of the same element
};

// Causes that are themselves effects stand behind their own cause.
constexpr std::array consequences{
    Consequence{"cpu.model", "cpu"},
    Consequence{"cpu.sockets", "cpu.cores"},
    Consequence{"cpu.sockets", "cpu.threads"},
    Consequence{"cpu.sockets", "numa"},
    Consequence{"cpu.cores", "cpu.threads"},
    Consequence{"cpu.cores", "cpu.caches"},
    Consequence{"cpu.cores", "numa.list[].cpus"},
    Consequence{"cpu.smt", "cpu.threads"},
    Consequence{"cpu.smt", "cpu.caches"},
    Consequence{"cpu.smt", "numa.list[].cpus"},
    Consequence{"cpu.threads", "cpu.caches"},
    Consequence{"cpu.threads", "numa.list[].cpus"},
    Consequence{"numa.list", "numa"},
    Consequence{"numa.list", "cpu.numa_nodes"},
    Consequence{"numa.list", "cpu.caches"},
    Consequence{"numa.list", "gpus[].slot.numa_node"},
    Consequence{"numa.list", "nics[].slot.numa_node"},
    Consequence{"numa.nodes", "gpus[].slot.numa_node"},
    Consequence{"numa.nodes", "nics[].slot.numa_node"},
    Consequence{"limits.memory_bytes", "memory_bytes"},
    Consequence{"memory_bytes", "numa.list[].memory_bytes"},
    Consequence{"os.versions.nvidia", "gpus[].facts.driver_version"},
    Consequence{"os.versions.amdgpu", "gpus[].facts.driver_version"},
    Consequence{"gpus[].driver", "gpus[]"},
    Consequence{"gpus[].name", "gpus[]"},
    Consequence{"gpus[].slot.maximum", "gpus[].slot.loaded"},
    Consequence{"gpus[].slot.maximum", "gpus[].slot.current"},
    Consequence{"gpus[].slot.port_maximum", "gpus[].slot.loaded"},
    Consequence{"gpus[].slot.port_maximum", "gpus[].slot.current"},
    Consequence{"nics[].slot.address", "nics[].name"},
    Consequence{"nics[].slot.address", "nics[].interfaces[].name"},
    Consequence{"nics[].name", "nics[].interfaces[].name"},
    Consequence{"nics[].driver", "nics[]"},
    Consequence{"nics[].model", "nics[]"},
    Consequence{"nics[].slot.maximum", "nics[].slot.loaded"},
    Consequence{"nics[].slot.maximum", "nics[].slot.current"},
    Consequence{"nics[].slot.port_maximum", "nics[].slot.loaded"},
    Consequence{"nics[].slot.port_maximum", "nics[].slot.current"},
    Consequence{"nics[].ports", "nics[].ports[]"},
    Consequence{"nics[].ports[].link_layer", "nics[].ports[]"},
    Consequence{"nics[].ports[].link_layer", "nics[].interfaces"},
    Consequence{"nics[].ports[].state", "nics[].ports[]"},
    Consequence{"nics[].ports[].state", "nics[].interfaces[]"},
    Consequence{"nics[].ports[].physical_state", "nics[].ports[]"},
    Consequence{"nics[].ports[].physical_state", "nics[].interfaces[]"},
    Consequence{"nics[].interfaces", "nics[].interfaces[]"},
    Consequence{"nics[].interfaces[].state", "nics[].interfaces[]"},
    Consequence{"nics[].interfaces[].mtu_bytes", "nics[].ports[].mtu_bytes"},
    Consequence{"nics[].ports[].rate_bits_per_s", "nics[].interfaces[].rate_bits_per_s"},
};

Positions without(const Positions& hosts, const Positions& dropped) {
  Positions kept;
  std::ranges::set_difference(hosts, dropped, std::back_inserter(kept));
  return kept;
}

void unite(Positions& into, const Positions& more) {
  Positions all;
  std::ranges::set_union(into, more, std::back_inserter(all));
  into = std::move(all);
}

void apply(const Consequence& rule, std::vector<Dissent>& dissents,
           const std::vector<std::string>& patterns) {
  std::map<std::string, Positions> causes;  // by element
  for (std::size_t i = 0; i < dissents.size(); ++i) {
    if (patterns[i] == rule.cause) unite(causes[dissents[i].element], dissents[i].hosts);
  }
  if (causes.empty()) return;
  for (std::size_t i = 0; i < dissents.size(); ++i) {
    if (patterns[i] == rule.cause || !is_at_or_below(patterns[i], rule.effect)) continue;
    // What a host as a whole causes, it causes in every element.
    for (const std::string& element : {dissents[i].element, std::string()}) {
      const auto cause = causes.find(element);
      if (cause != causes.end()) dissents[i].hosts = without(dissents[i].hosts, cause->second);
    }
  }
}

using SameFault = std::tuple<std::string, std::string, std::string, std::string>;

// What each element of the group says of these hosts, all of them say.
Dissent told_once(std::vector<Dissent*>& group) {
  Dissent all = *group.front();
  all.element = "*";
  all.device.clear();
  for (const Dissent* one : group) {
    Positions common;
    std::ranges::set_intersection(all.hosts, one->hosts, std::back_inserter(common));
    all.hosts = std::move(common);
  }
  for (Dissent* one : group) one->hosts = without(one->hosts, all.hosts);
  return all;
}

void drop_empty(std::vector<Dissent>& dissents) {
  std::erase_if(dissents, [](const Dissent& dissent) { return dissent.hosts.empty(); });
}

}  // namespace

std::string attribute_of(const Dissent& dissent) {
  if (dissent.list.empty()) return dissent.path;
  return dissent.list + "[" + dissent.element + "]." + dissent.path;
}

std::string pattern_of(std::string_view attribute) {
  std::string pattern;
  bool is_inside = false;
  for (const char letter : attribute) {
    if (letter == ']') is_inside = false;
    if (!is_inside) pattern += letter;
    if (letter == '[') is_inside = true;
  }
  return pattern;
}

bool is_at_or_below(std::string_view pattern, std::string_view attribute) {
  if (!pattern.starts_with(attribute)) return false;
  const std::string_view rest = pattern.substr(attribute.size());
  return rest.empty() || rest.front() == '.' || rest.front() == '[';
}

std::vector<Dissent> causes_only(std::vector<Dissent> dissents) {
  std::vector<std::string> patterns;
  patterns.reserve(dissents.size());
  for (const Dissent& dissent : dissents) patterns.push_back(pattern_of(attribute_of(dissent)));
  for (const Consequence& rule : consequences) apply(rule, dissents, patterns);
  for (std::size_t i = 0; i < dissents.size(); ++i) {
    // Virtual machines see the same device at different addresses: nobody's fault.
    if (patterns[i] == "nics[].slot.address") dissents[i].hosts.clear();
  }
  drop_empty(dissents);
  return dissents;
}

std::vector<Dissent> elements_folded(std::vector<Dissent> dissents, const Agreement& agreement) {
  std::map<SameFault, std::vector<Dissent*>> groups;
  for (Dissent& dissent : dissents) {
    if (dissent.list.empty()) continue;
    groups[{dissent.list, dissent.path, dissent.value, dissent.majority}].push_back(&dissent);
  }
  std::vector<Dissent> folded;
  for (auto& [fault, group] : groups) {
    const auto elements = static_cast<int>(group.size());
    if (elements < 2 || elements < agreement.elements(*group.front())) continue;
    folded.push_back(told_once(group));
  }
  std::ranges::move(folded, std::back_inserter(dissents));
  drop_empty(dissents);
  return dissents;
}

}  // namespace shortfall
