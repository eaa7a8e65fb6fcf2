#include "diagnosis/drift/host_classes.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace shortfall {
namespace {

// The name of most of its GPUs; "" without any that has one.
std::string gpus_of(const Host& host) {
  std::map<std::string, int> counts;
  for (const Gpu& gpu : host.gpus) {
    if (is_name_of_gpu(gpu.name)) ++counts[gpu.name];
  }
  const auto most =
      std::ranges::max_element(counts, {}, &std::map<std::string, int>::value_type::second);
  return most == counts.end() ? "" : most->first;
}

struct Kind {
  std::string cpu, gpus;
  friend auto operator<=>(const Kind&, const Kind&) = default;
};

Kind kind_of(const Host& host) {
  const Cpu& cpu = host.cpu;
  return {cpu.vendor + " " + cpu.model + " " + std::to_string(cpu.family) + "." +
              std::to_string(cpu.model_number),
          gpus_of(host)};
}

bool is_built_alike(const Host& a, const Host& b) {
  constexpr double as_good_as_equal = 0.1;  // a memory module may be missing, too
  const double larger = std::max(a.memory.value, b.memory.value);
  return a.cpu.sockets == b.cpu.sockets && a.cpu.cores == b.cpu.cores &&
         std::abs(a.memory.value - b.memory.value) <= as_good_as_equal * larger &&
         std::ranges::count_if(a.nics, &Nic::is_rdma) ==
             std::ranges::count_if(b.nics, &Nic::is_rdma);
}

bool may_join(const Kind& few, const Kind& many) {
  if (few.gpus == many.gpus) return few.cpu != many.cpu;
  return few.cpu == many.cpu && few.gpus.empty();
}

bool is_stray(std::size_t few, std::size_t many) {
  return few == 1 ? few <= many : 4 * few <= many;
}

using Classes = std::map<Kind, Positions>;

Classes::iterator home_of(Classes& classes, const Classes::const_iterator& stray,
                          const std::vector<Host>& hosts) {
  const auto& host = hosts[static_cast<std::size_t>(stray->second.front())];
  auto home = classes.end();
  for (auto other = classes.begin(); other != classes.end(); ++other) {
    const auto& example = hosts[static_cast<std::size_t>(other->second.front())];
    const bool is_home = other != stray && may_join(stray->first, other->first) &&
                         is_stray(stray->second.size(), other->second.size()) &&
                         is_built_alike(host, example);
    if (is_home && (home == classes.end() || other->second.size() > home->second.size())) {
      home = other;
    }
  }
  return home;
}

}  // namespace

std::vector<Positions> host_classes(const std::vector<Host>& hosts) {
  Classes classes;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    classes[kind_of(hosts[i])].push_back(static_cast<int>(i));
  }
  std::vector<Kind> smallest_first;
  for (const auto& [kind, members] : classes) smallest_first.push_back(kind);
  std::ranges::stable_sort(smallest_first, {},
                           [&](const Kind& kind) { return classes[kind].size(); });
  for (const Kind& kind : smallest_first) {
    const auto stray = classes.find(kind);
    const auto home = home_of(classes, stray, hosts);
    if (home == classes.end()) continue;
    home->second.insert(home->second.end(), stray->second.begin(), stray->second.end());
    classes.erase(stray);
  }
  std::vector<Positions> found;
  for (auto& [kind, members] : classes) {
    std::ranges::sort(members);
    found.push_back(std::move(members));
  }
  return found;
}

}  // namespace shortfall
