#include "reporters/machine_text.hpp"

#include <fmt/ostream.h>

#include <algorithm>

#include "core/text.hpp"
#include "reporters/lines.hpp"

namespace shortfall {
namespace {

constexpr std::size_t width = 100;
constexpr std::size_t indent = 14;

void write_item(std::ostream& out, std::string_view name, const std::string& text) {
  if (!text.empty()) out << item(fmt::format("  {}", name), text, width, indent);
}

std::string gibibytes(Bytes bytes) { return fmt::format("{:.1f} GiB", bytes.value / (1U << 30U)); }

std::string counted(int count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string caches_text(const Cpu& cpu) {
  std::vector<std::string> parts;
  for (const Cache& cache : cpu.caches) {
    parts.push_back(fmt::format("L{} {} per {}", cache.level,
                                size_text(static_cast<std::int64_t>(cache.size.value)),
                                counted(cache.shared, "thread")));
  }
  return join(parts, ", ");
}

std::string clock_text(const Cpu& cpu) {
  if (cpu.nominal_clock.value == 0) return "nominal clock unknown";
  const std::string clock = scaled(cpu.nominal_clock.value, "Hz") + " nominal";
  if (cpu.nominal_clock_source.empty()) return clock;
  return fmt::format("{} ({})", clock, cpu.nominal_clock_source);
}

std::string operations_text(const Host& host) {
  std::vector<std::string> parts;
  for (const OpsPerCycle& ops : host.ops_per_cycle) {
    parts.push_back(fmt::format("{} {} ({})", name_of(ops.type), ops.value, ops.source));
  }
  return join(parts, ", ");
}

std::string devices_text(const Host& host) {
  std::vector<std::string> parts;
  for (const Gpu& gpu : host.gpus) {
    parts.push_back(fmt::format("{} GPU at {}", gpu.vendor, gpu.slot.address));
  }
  for (const Nic& nic : host.nics) {
    if (!nic.is_rdma()) continue;
    parts.push_back(fmt::format("{} RDMA device at {}", nic.vendor,
                                nic.slot.address.empty() ? nic.name : nic.slot.address));
  }
  return parts.empty() ? "no GPU and no RDMA device" : join(parts, ", ");
}

struct Alike {  // hosts that differ in nothing but their name and what memory is free now
  const Host* first;
  std::vector<std::string> names;
  Bytes least_available;
};

bool is_alike(Host a, const Host& b) {
  a.name = b.name;
  a.memory_available = b.memory_available;
  return a == b;
}

std::vector<Alike> folded(const std::vector<Host>& hosts) {
  std::vector<Alike> groups;
  for (const Host& host : hosts) {
    const auto group =
        std::ranges::find_if(groups, [&](const Alike& g) { return is_alike(host, *g.first); });
    if (group == groups.end()) {
      groups.push_back({&host, {host.name}, host.memory_available});
      continue;
    }
    group->names.push_back(host.name);
    group->least_available = std::min(group->least_available, host.memory_available);
  }
  return groups;
}

void write_hosts(std::ostream& out, const Alike& group) {
  const Host& host = *group.first;
  const Cpu& cpu = host.cpu;
  const bool are_many = group.names.size() > 1;
  const std::string title =
      are_many ? fmt::format("{} equal hosts: ", group.names.size()) : "host ";
  out << wrapped(title + join(group.names, ", "), width, 0);
  write_item(out, "ranks", fmt::format("{}{}", host.ranks, are_many ? " on each" : ""));
  write_item(out, "cpu", cpu.model);
  write_item(
      out, "",
      fmt::format("{}, {}, {}, {}", counted(cpu.sockets, "socket"), counted(cpu.cores, "core"),
                  counted(cpu.threads, "thread"), counted(cpu.numa_nodes, "NUMA node")));
  write_item(out, "clock", clock_text(cpu));
  write_item(out, "isa",
             cpu.isa + (cpu.features.empty() ? "" : " with " + join(cpu.features, ", ")));
  write_item(out, "ops/cycle", operations_text(host));
  write_item(out, "caches", caches_text(cpu));
  write_item(out, "memory",
             fmt::format("{}, {} available", gibibytes(host.memory),
                         (are_many ? "at least " : "") + gibibytes(group.least_available)));
  write_item(out, "devices", devices_text(host));
  const std::string guest = host.os.hypervisor.empty() ? "" : ", a guest of " + host.os.hypervisor;
  write_item(out, "system", host.os.kernel + guest);
}

std::string binding_text(const Binding& binding) {
  std::string text = fmt::format("CPUs {} by {}", binding.set, binding.by);
  if (binding.found != binding.set) text += fmt::format(", found {}", binding.found);
  return binding.is_shared ? text + "; SHARED: more ranks than CPUs" : text;
}

// Ranks on different hosts that are bound alike stand in one line.
void write_bindings(std::ostream& out, const std::vector<Binding>& bindings) {
  std::vector<std::pair<std::string, std::vector<int>>> groups;
  for (const Binding& binding : bindings) {
    const std::string text = binding_text(binding);
    auto group = std::ranges::find(groups, text, &decltype(groups)::value_type::first);
    if (group == groups.end()) group = groups.insert(group, {text, {}});
    group->second.push_back(binding.rank);
  }
  if (!groups.empty()) out << "binding\n";
  for (const auto& [text, ranks] : groups) {
    out << wrapped(fmt::format("rank{} {}: {}", ranks.size() == 1 ? "" : "s", ranges(ranks), text),
                   width, 2);
  }
}

void write_datasheet(std::ostream& out, const Datasheet& datasheet) {
  if (datasheet.name.empty()) return;
  out << "datasheet of rank 0\n";
  write_item(out, "name", datasheet.name);
  std::vector<std::string> peaks;
  for (const auto& [type, peak] : datasheet.peak) {
    peaks.push_back(fmt::format("{} {}", name_of(type), scaled(peak.value, "FLOP/s")));
  }
  write_item(out, "peak", peaks.empty() ? "unknown" : join(peaks, ", "));
  write_item(out, "memory", datasheet.memory ? scaled(datasheet.memory->value, "B/s") : "unknown");
  write_item(out, "source", datasheet.source);
}

}  // namespace

void write_machine(std::ostream& out, const Machine& machine) {
  for (const Alike& group : folded(machine.hosts)) write_hosts(out, group);
  write_bindings(out, machine.bindings);
  write_datasheet(out, machine.datasheet);
  if (machine.environment.empty()) return;
  out << "environment of rank 0\n";
  for (const auto& [name, value] : machine.environment) fmt::print(out, "  {}={}\n", name, value);
}

}  // namespace shortfall
