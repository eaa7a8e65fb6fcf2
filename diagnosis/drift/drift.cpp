#include "diagnosis/drift/drift.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "core/text.hpp"
#include "diagnosis/drift/align.hpp"
#include "diagnosis/drift/dissent.hpp"
#include "diagnosis/drift/section.hpp"

namespace shortfall {
namespace {

constexpr std::size_t most_of_a_value = 64, most_of_an_attribute = 256;

using Class = std::vector<const Host*>;  // in the order of their names

// What a lower figure, or another state than that of a working port, means.
Drift::Kind kind_of(std::string_view pattern) {
  using Kind = Drift::Kind;
  constexpr std::array<std::pair<std::string_view, Kind>, 21> kinds{
      {{"gpus", Kind::missing},
       {"nics", Kind::missing},
       {"nics[].ports", Kind::missing},
       {"cpu.sockets", Kind::less},
       {"cpu.cores", Kind::less},
       {"memory_bytes", Kind::less},
       {"numa.list[].memory_bytes", Kind::less},
       {"gpus[].facts.units", Kind::less},
       {"gpus[].facts.memory_bytes", Kind::less},
       {"gpus[].slot.loaded", Kind::degraded},
       {"gpus[].slot.current", Kind::degraded},
       {"gpus[].slot.maximum", Kind::degraded},
       {"gpus[].slot.port_maximum", Kind::degraded},
       {"nics[].slot.loaded", Kind::degraded},
       {"nics[].slot.current", Kind::degraded},
       {"nics[].slot.maximum", Kind::degraded},
       {"nics[].slot.port_maximum", Kind::degraded},
       {"nics[].ports[].rate_bits_per_s", Kind::degraded},
       {"nics[].ports[].state", Kind::degraded},
       {"nics[].interfaces[].rate_bits_per_s", Kind::degraded},
       {"nics[].interfaces[].state", Kind::degraded}}};
  const auto* const found = std::ranges::find(kinds, pattern, &decltype(kinds)::value_type::first);
  return found == kinds.end() ? Kind::differs : found->second;
}

bool is_worse(const SharedValue& than, const SharedValue& value) {
  if (value.figure && than.figure) return *value.figure < *than.figure;
  const auto works = [](const SharedValue& b) { return b.text == "ACTIVE" || b.text == "up"; };
  return works(than) && !works(value);
}

Dissent dissent_of(Dissent of, const Tally& tally, const SharedValue& value) {
  const std::string pattern = pattern_of(attribute_of(of));
  of.value = value.text;
  of.sharing = static_cast<int>(value.hosts.size());
  of.voters = tally.voters;
  of.hosts = value.hosts;
  const auto is_below = [&](const SharedValue& other) { return is_worse(other, value); };
  const bool is_low =
      tally.majority ? is_below(*tally.majority) : std::ranges::any_of(tally.others, is_below);
  if (is_low) of.kind = kind_of(pattern);
  return of;
}

struct Findings {
  std::vector<Dissent> dissents;
  Agreement agreement;

  void take(const Section& section, const Dissent& place) {
    for (const auto& [path, tally] : section.tallies()) {
      if (tally.voters == 0) continue;
      Dissent of = place;
      of.path = path;
      of.majority = tally.majority ? tally.majority->text : "";
      agreement.note(of);
      for (const SharedValue& value : tally.others)
        dissents.push_back(dissent_of(of, tally, value));
    }
  }
};

// Hosts differ in how many elements they have; those that miss the same are told together.
void compare_counts(const std::string& list, const Alignment& alignment, Findings& findings) {
  std::vector<SharedValue> ballots;
  for (std::size_t host = 0; host < alignment.hosts.size(); ++host) {
    const auto count = alignment.hosts[host].places.size();
    ballots.push_back(
        {std::to_string(count), static_cast<double>(count), false, {static_cast<int>(host)}});
  }
  const Tally tally = vote(std::move(ballots));
  Dissent of{.path = list, .majority = tally.majority ? tally.majority->text : ""};
  for (const SharedValue& value : tally.others) {
    std::map<Labels, Positions> by_missing;
    for (const int host : value.hosts) {
      by_missing[alignment.hosts[static_cast<std::size_t>(host)].missing].push_back(host);
    }
    for (auto& [missing, hosts] : by_missing) {
      of.device = join(missing, ", ");
      findings.dissents.push_back(dissent_of(of, tally, value));
      findings.dissents.back().hosts = std::move(hosts);
    }
  }
}

template <class Element>
void compare_list(const Class& members, std::vector<Element> Host::*list, const std::string& name,
                  Findings& findings) {
  std::vector<Labels> labels;
  for (const Host* host : members) {
    Labels& of_host = labels.emplace_back();
    for (const Element& element : host->*list) of_host.push_back(label_of(element));
  }
  const Alignment alignment = aligned(labels);
  compare_counts(name, alignment, findings);
  std::vector<Section> sections(alignment.names.size());
  for (std::size_t host = 0; host < members.size(); ++host) {
    const auto& places = alignment.hosts[host].places;
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (places[i] < 0) continue;
      const Element& element = (members[host]->*list)[i];
      sections[static_cast<std::size_t>(places[i])].add(static_cast<int>(host),
                                                        [&](auto& walk) { walk.visit(element); });
    }
  }
  for (std::size_t place = 0; place < sections.size(); ++place) {
    const std::string& element = alignment.names[place];
    const bool is_label = !element.starts_with('#');
    findings.take(sections[place],
                  {.list = name, .element = element, .device = is_label ? element : ""});
  }
}

// Gives each key of a host but its lists of devices a section of its own.
class ByKey {
 public:
  explicit ByKey(std::map<std::string, Section>& sections) : sections_(sections) {}
  void take(int position, const Host& host) {
    position_ = position;
    fields(*this, host);
  }
  template <class T>
  void operator()(const char* key, const T& value) {
    sections_[key].add(position_, [&](auto& walk) { walk(key, value); });
  }
  void operator()(const char*, OrEmpty<const std::vector<Gpu>>) {}
  void operator()(const char*, OrEmpty<const std::vector<Nic>>) {}
  template <class Inner>
  void object(const char* key, Inner inner) {
    sections_[key].add(position_, [&](auto& walk) { walk.object(key, inner); });
  }

 private:
  std::map<std::string, Section>& sections_;
  int position_ = 0;
};

std::vector<Dissent> compare(const Class& members) {
  Findings findings;
  std::map<std::string, Section> sections;
  ByKey by_key(sections);
  for (std::size_t i = 0; i < members.size(); ++i) by_key.take(static_cast<int>(i), *members[i]);
  for (const auto& [key, section] : sections) findings.take(section, {});
  compare_list(members, &Host::gpus, "gpus", findings);
  compare_list(members, &Host::nics, "nics", findings);
  return elements_folded(causes_only(std::move(findings.dissents)), findings.agreement);
}

void list_drift(std::vector<Dissent> dissents, const Class& members, std::vector<Drift>& drift) {
  std::map<std::string, std::size_t> differing, listed;
  for (const Dissent& dissent : dissents) differing[attribute_of(dissent)] += dissent.hosts.size();
  std::ranges::sort(dissents, {}, [](const Dissent& d) {
    return std::tuple(attribute_of(d), d.majority, d.value, d.device);
  });
  for (const Dissent& dissent : dissents) {
    const std::string attribute = attribute_of(dissent);
    std::size_t of_value = 0;
    for (const int host : dissent.hosts) {
      if (of_value++ == most_of_a_value || listed[attribute]++ >= most_of_an_attribute) break;
      drift.push_back({attribute, members[static_cast<std::size_t>(host)]->name, dissent.value,
                       dissent.majority, dissent.sharing, dissent.voters,
                       static_cast<int>(differing[attribute]), dissent.kind, dissent.device});
    }
  }
}

}  // namespace

std::vector<Drift> drift_of(const std::vector<Host>& hosts) {
  std::vector<Drift> drift;
  for (const Positions& positions : host_classes(hosts)) {
    Class members;
    for (const int position : positions) {
      members.push_back(&hosts[static_cast<std::size_t>(position)]);
    }
    std::ranges::sort(members, {}, [](const Host* host) { return std::string_view(host->name); });
    list_drift(compare(members), members, drift);
  }
  return drift;
}

}  // namespace shortfall
