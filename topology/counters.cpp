#include "topology/counters.hpp"

#include <algorithm>
#include <tuple>

#include "topology/counter_parts.hpp"

namespace shortfall {
namespace {

auto place(const Counter& counter) { return std::tie(counter.device, counter.name); }

using Kind = CounterChange::Kind;

CounterChange change_of(const Counter& counter, const std::string& host, Kind kind,
                        std::uint64_t change) {
  return {.host = host,
          .device = counter.device,
          .name = counter.name,
          .kind = kind,
          .change = change,
          .is_error = counter.is_error};
}

}  // namespace

std::optional<std::uint64_t> count_in_file(const Root& root, const std::string& path) {
  const auto number = number_in_file(root, path);
  if (!number || *number < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

std::vector<Counter> read_counters(const Root& root) {
  std::vector<Counter> counters;
  add_rdma_counters(counters, root);
  add_interface_counters(counters, root);
  add_pcie_counters(counters, root);
  add_memory_counters(counters, root);
  add_cpu_counters(counters, root);
  // Some drivers offer a counter in both of a port's folders: the first one stays.
  std::ranges::stable_sort(counters, {}, place);
  const auto repeated = std::ranges::unique(counters, {}, place);
  counters.erase(repeated.begin(), repeated.end());
  return counters;
}

std::vector<CounterChange> changes(const std::vector<Counter>& before,
                                   const std::vector<Counter>& after, const std::string& host) {
  std::vector<CounterChange> found;
  auto old = before.begin();
  const auto note_vanished = [&](auto until) {
    for (; old != until; ++old) found.push_back(change_of(*old, host, Kind::vanished, 0));
  };
  for (const Counter& now : after) {
    note_vanished(std::lower_bound(old, before.end(), now, [](const Counter& a, const Counter& b) {
      return place(a) < place(b);
    }));
    if (old == before.end() || place(*old) != place(now)) {
      if (now.value > 0) found.push_back(change_of(now, host, Kind::appeared, 0));
      continue;
    }
    if (now.value > old->value) {
      found.push_back(change_of(now, host, Kind::grew, now.value - old->value));
    } else if (now.value < old->value) {
      // Whether it was reset or ran over, it has gained what it shows now, at least.
      found.push_back(change_of(now, host, Kind::restarted, now.value));
    }
    ++old;
  }
  note_vanished(before.end());
  return found;
}

}  // namespace shortfall
