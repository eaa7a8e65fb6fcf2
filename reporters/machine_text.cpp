#include "reporters/machine_text.hpp"

#include <fmt/ostream.h>

#include <algorithm>
#include <map>

#include "core/text.hpp"
#include "reporters/device_tree.hpp"
#include "reporters/lines.hpp"
#include "topology/encode.hpp"
#include "topology/environment.hpp"

namespace shortfall {
namespace {

constexpr std::size_t width = 100;
constexpr std::size_t indent = 14;

void write_item(std::ostream& out, std::string_view name, const std::string& text) {
  if (!text.empty()) out << item(fmt::format("  {}", name), text, width, indent);
}

std::string gibibytes(Bytes bytes) { return fmt::format("{:.1f} GiB", bytes.value / (1U << 30U)); }

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

std::string governor_text(const Cpu& cpu) {
  std::vector<std::string> parts;
  if (cpu.highest_clock.value > 0)
    parts.push_back("up to " + scaled(cpu.highest_clock.value, "Hz"));
  if (!cpu.governor.empty()) parts.push_back("governor " + cpu.governor);
  if (!cpu.smt.empty()) parts.push_back("SMT " + cpu.smt);
  return join(parts, ", ");
}

std::string numa_text(const Host& host) {
  std::vector<std::string> parts;
  for (const NumaNode& node : host.numa) {
    const std::string cpus = node.cpus.empty() ? "no CPUs" : "CPUs " + node.cpus;
    parts.push_back(fmt::format("{}: {}, {}", node.number, cpus, gibibytes(node.memory)));
  }
  return parts.size() > 1 ? join(parts, "; ") : "";
}

std::string limits_text(const Limits& limits) {
  std::vector<std::string> parts;
  if (!limits.container.empty()) parts.push_back("in a container (" + limits.container + ")");
  if (limits.cpus) parts.push_back(fmt::format("{:g} CPUs", *limits.cpus));
  if (limits.memory) parts.push_back(gibibytes(*limits.memory) + " of memory");
  const auto locked = parse_integer(limits.locked_memory);
  if (!limits.locked_memory.empty()) {
    parts.push_back("locked memory " + (locked ? size_text(*locked) : limits.locked_memory));
  }
  if (limits.shared_memory) parts.push_back("/dev/shm " + gibibytes(*limits.shared_memory));
  return join(parts, ", ");
}

std::string pages_text(const Limits& limits) {
  std::vector<std::string> parts;
  if (!limits.transparent_huge_pages.empty()) {
    parts.push_back("transparent ones: " + limits.transparent_huge_pages);
  }
  for (const HugePages& pages : limits.huge_pages) {
    if (pages.total == 0) continue;
    const auto size = static_cast<std::int64_t>(pages.size.value);
    parts.push_back(fmt::format("{} of {}, {} free", pages.total, size_text(size), pages.free));
  }
  return join(parts, "; ");
}

std::string versions_text(const System& os) {
  std::vector<std::string> parts;
  for (const auto& [name, version] : os.versions) parts.push_back(name + " " + version);
  return join(parts, ", ");
}

std::string unread_text(const Host& host) {
  std::vector<std::string> parts;
  for (const auto& [what, answer] : host.unread) parts.push_back(what + " (" + answer + ")");
  return join(parts, ", ");
}

std::string others_text(const Host& host) {
  std::vector<std::string> parts;
  for (const OtherProcess& other : host.others) {
    std::vector<std::string> holds{gibibytes(other.memory)};
    if (other.is_running) holds.emplace_back("on a CPU");
    holds.insert(holds.end(), other.gpus.begin(), other.gpus.end());
    parts.push_back(fmt::format("{} ({}: {})", other.name, other.pid, join(holds, ", ")));
  }
  return join(parts, ", ");
}

struct Alike {  // hosts that differ in nothing but what differs between any two hosts
  const Host* first;
  std::vector<std::string> names;
  Bytes least_available;
};

std::vector<Alike> folded(const std::vector<Host>& hosts) {
  std::vector<Alike> groups;
  std::map<std::string, std::size_t> known;  // by what they have in common
  for (const Host& host : hosts) {
    const auto [at, is_new] = known.try_emplace(common_part(host), groups.size());
    if (is_new) groups.push_back({&host, {}, host.memory_available});
    Alike& group = groups[at->second];
    group.names.push_back(host.name);
    group.least_available = std::min(group.least_available, host.memory_available);
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
  write_item(out, "", governor_text(cpu));
  write_item(out, "isa",
             cpu.isa + (cpu.features.empty() ? "" : " with " + join(cpu.features, ", ")));
  write_item(out, "ops/cycle", operations_text(host));
  write_item(out, "caches", caches_text(cpu));
  write_item(out, "memory",
             fmt::format("{}, {} available", gibibytes(host.memory),
                         (are_many ? "at least " : "") + gibibytes(group.least_available)));
  write_item(out, "NUMA", numa_text(host));
  write_item(out, "limits", limits_text(host.limits));
  write_item(out, "huge pages", pages_text(host.limits));
  const std::string guest = host.os.hypervisor.empty() ? "" : ", a guest of " + host.os.hypervisor;
  const std::string release = host.os.distribution.empty() ? "" : host.os.distribution + ", ";
  write_item(out, "system", release + host.os.kernel + guest);
  write_item(out, "IOMMU", host.os.iommu);
  write_item(out, "versions", versions_text(host.os));
  write_item(out, "others", others_text(host));
  write_item(out, "unread", unread_text(host));
  if (host.gpus.empty() && host.nics.empty()) write_item(out, "devices", "no GPU and no network");
  write_device_tree(out, host);
  write_distances(out, host);
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

void write_datasheet(std::ostream& out, const std::string& whose, const Datasheet& datasheet) {
  if (datasheet.name.empty()) return;
  out << "datasheet of " << whose << '\n';
  write_item(out, "name", datasheet.name);
  std::vector<std::string> peaks;
  for (const auto& [type, peak] : datasheet.peak) {
    peaks.push_back(fmt::format("{} {}", name_of(type), scaled(peak.value, "FLOP/s")));
  }
  for (const auto& [type, peak] : datasheet.further_peak) {
    peaks.push_back(fmt::format("{} {}", type, scaled(peak.value, "FLOP/s")));
  }
  write_item(out, "peak", peaks.empty() ? "unknown" : join(peaks, ", "));
  write_item(out, "memory", datasheet.memory ? scaled(datasheet.memory->value, "B/s") : "unknown");
  write_item(out, "source", datasheet.source);
}

}  // namespace

void write_machine(std::ostream& out, const Machine& machine) {
  for (const Alike& group : folded(machine.hosts)) write_hosts(out, group);
  write_bindings(out, machine.bindings);
  write_datasheet(out, "rank 0", machine.datasheet);
  for (const GpuDatasheet& known : machine.gpu_datasheets) {
    write_datasheet(out, known.gpu.empty() ? "GPUs without a name" : known.gpu, known.datasheet);
  }
  const Variables environment = of_host(machine.environment);
  if (environment.empty()) return;
  out << "environment of rank 0\n";
  for (const auto& [name, value] : environment) fmt::print(out, "  {}={}\n", name, value);
}

}  // namespace shortfall
