#include "diagnosis/surroundings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/text.hpp"
#include "diagnosis/drift/fold.hpp"
#include "diagnosis/figures.hpp"

namespace shortfall {
namespace {

using CpusOfHosts = std::map<std::string_view, std::set<int>>;  // that ranks may use

CpusOfHosts cpus_of_ranks(const Machine& machine) {
  CpusOfHosts cpus;
  for (const Binding& binding : machine.bindings) {
    const auto of_rank = cpus_in(binding.set);
    cpus[binding.host].insert(of_rank.begin(), of_rank.end());
  }
  return cpus;
}

Finding of_host(const Host& host, const char* kind, const char* metric) {
  return {.severity = Finding::Severity::warn, .kind = kind, .host = host.name, .metric = metric};
}

std::string text_of(const OtherProcess& process) {
  std::string text =
      fmt::format("{} (pid {}) has {}", process.name, process.pid, text_of(process.memory));
  if (!process.gpus.empty()) text += " and holds " + join(process.gpus, ", ");
  return process.is_running ? text + " and is running" : text;
}

bool has_much_memory(const OtherProcess& process, const Host& host) {
  constexpr double much = 0.05;
  return host.memory.value > 0 && process.memory > host.memory * much;
}

void check_others(const Host& host, int free_cpus, std::vector<Finding>& findings) {
  const auto running = std::ranges::count_if(host.others, &OtherProcess::is_running);
  const bool is_crowded = running > free_cpus;
  std::vector<std::string> told;
  std::set<std::string> gpus;
  for (const OtherProcess& process : host.others) {
    const bool is_in_the_way = !process.gpus.empty() || has_much_memory(process, host) ||
                               (process.is_running && is_crowded);
    if (is_in_the_way) told.push_back(text_of(process));
    gpus.insert(process.gpus.begin(), process.gpus.end());
  }
  if (told.empty()) return;
  Finding finding = of_host(host, "occupied", "other_processes");
  finding.device = join({gpus.begin(), gpus.end()}, ", ");
  finding.value = static_cast<double>(told.size());
  finding.expected = 0;
  finding.unit = "processes";
  finding.reason = "others use this host: " + names_text(told, told.size());
  finding.action = fmt::format(
      "end what was left behind by an earlier job ('kill PID'), or measure when {} is idle",
      host.name);
  findings.push_back(std::move(finding));
}

void check_cpu_time(const Host& host, std::size_t cpus, std::vector<Finding>& findings) {
  if (!host.limits.cpus || *host.limits.cpus >= static_cast<double>(cpus)) return;
  Finding finding = of_host(host, "limited", "limits.cpus");
  finding.value = *host.limits.cpus;
  finding.expected = static_cast<double>(cpus);
  finding.unit = "CPUs";
  finding.reason = fmt::format(
      "ranks may run on {} CPUs, but the control group grants the time of {:g}: it stops them for "
      "the rest of each period",
      cpus, *host.limits.cpus);
  finding.action = fmt::format(
      "'docker run --cpus={0}', resources.limits.cpu: {0} of the pod, or fewer ranks", cpus);
  findings.push_back(std::move(finding));
}

void check_locked_memory(const Host& host, std::vector<Finding>& findings) {
  const auto bytes = parse_integer(host.limits.locked_memory);
  if (!bytes || static_cast<double>(*bytes) >= least_locked_memory.value) return;
  if (host.limits.locks_without_limit == true) return;
  if (std::ranges::none_of(host.nics, &Nic::has_active_port)) return;
  Finding finding = of_host(host, "limited", "limits.locked_memory");
  finding.value = static_cast<double>(*bytes);
  finding.expected = least_locked_memory.value;
  finding.unit = "B";
  finding.reason = fmt::format(
      "a process may lock {}; RDMA locks what it sends and receives, {} for the largest messages, "
      "and fails or falls back to TCP without",
      size_text(*bytes), text_of(least_locked_memory));
  finding.action =
      "'docker run --ulimit memlock=-1' or --cap-add=IPC_LOCK, 'ulimit -l unlimited', "
      "LimitMEMLOCK=infinity of slurmd, or memlock in /etc/security/limits.conf";
  findings.push_back(std::move(finding));
}

void check_shared_memory(const Host& host, std::vector<Finding>& findings) {
  const Bytes needed = shared_memory_of_a_rank * host.ranks;
  if (host.ranks < 2 || !host.limits.shared_memory || *host.limits.shared_memory >= needed) return;
  Finding finding = of_host(host, "limited", "limits.shared_memory_bytes");
  finding.value = host.limits.shared_memory->value;
  finding.expected = needed.value;
  finding.unit = "B";
  finding.reason = fmt::format(
      "/dev/shm has {} for {} ranks, which exchange messages through it; 64 MiB each are enough",
      text_of(*host.limits.shared_memory), host.ranks);
  finding.action = fmt::format(
      "'docker run --shm-size={}m' or --ipc=host; in a pod an emptyDir of medium Memory at "
      "/dev/shm",
      static_cast<std::int64_t>(needed / 1_MiB));
  findings.push_back(std::move(finding));
}

}  // namespace

std::vector<Finding> occupied_hosts(const Machine& machine) {
  std::vector<Finding> findings;
  const CpusOfHosts used = cpus_of_ranks(machine);
  for (const Host& host : machine.hosts) {
    const auto found = used.find(host.name);
    const int cpus = found == used.end() ? 0 : static_cast<int>(found->second.size());
    check_others(host, host.cpu.threads - cpus, findings);
  }
  return folded(std::move(findings));
}

std::vector<Finding> tight_limits(const Machine& machine) {
  std::vector<Finding> findings;
  const CpusOfHosts used = cpus_of_ranks(machine);
  for (const Host& host : machine.hosts) {
    const auto found = used.find(host.name);
    if (found != used.end()) check_cpu_time(host, found->second.size(), findings);
    check_locked_memory(host, findings);
    check_shared_memory(host, findings);
  }
  return folded(std::move(findings));
}

}  // namespace shortfall
