// Who else is at work on this host.
#include <unistd.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/text.hpp"
#include "topology/system/parts.hpp"

namespace shortfall {
namespace {

constexpr std::size_t most_told = 16;
constexpr double much_memory = 0.05;  // of the host's
// Looking at an open file costs several microseconds, and a host may have a hundred thousand of
// them. Whoever works on a GPU holds much memory, too: files are looked at in that order until this
// many are done, some 20 ms.
constexpr std::size_t most_files = 2'000;

struct Process {
  int pid = 0, parent = 0;
  std::string name;
  char state = '?';
  bool is_of_kernel = false;
  double memory = 0;  // bytes
};
using Processes = std::map<int, Process>;  // by pid

// "4711 (a name (of any kind)) R 1 ...": fields are counted from the last parenthesis on.
std::optional<Process> process_of(int pid, const Root& root, double page) {
  const std::string text = text_of_file(root, "/proc/" + std::to_string(pid) + "/stat");
  const std::size_t open = text.find('('), close = text.rfind(')');
  if (open == std::string::npos || close == std::string::npos || close < open) return std::nullopt;
  const auto fields = split(trimmed(std::string_view(text).substr(close + 1)), ' ');
  enum : std::size_t { state = 0, parent = 1, flags = 6, resident = 21 };
  if (fields.size() <= resident || fields[state].size() != 1) return std::nullopt;
  const auto number = [&](std::size_t field) { return parse_integer(fields[field]).value_or(0); };
  constexpr std::int64_t kernel_thread = 0x00200000;  // PF_KTHREAD
  return Process{.pid = pid,
                 .parent = static_cast<int>(number(parent)),
                 .name = text.substr(open + 1, close - open - 1),
                 .state = fields[state].front(),
                 .is_of_kernel = (number(flags) & kernel_thread) != 0,
                 .memory = static_cast<double>(number(resident)) * page};
}

Processes all_processes(const Root& root) {
  const double page = static_cast<double>(sysconf(_SC_PAGESIZE));
  Processes processes;
  for (const int pid : numbers_in_folder(root, "/proc")) {
    auto process = process_of(pid, root, page);
    if (process) processes.emplace(process->pid, std::move(*process));  // else it has ended
  }
  return processes;
}

std::vector<int> ancestors(int pid, const Processes& processes) {
  std::vector<int> found;  // nearest first
  for (auto at = processes.find(pid); at != processes.end(); at = processes.find(found.back())) {
    const int parent = at->second.parent;
    if (parent <= 0 || std::ranges::find(found, parent) != found.end()) break;
    found.push_back(parent);
  }
  return found;
}

// By which a launcher has named the job of a process: "PMIX_NAMESPACE=1359937537". "" = by nothing.
std::string job_of(int pid, const Root& root) {
  const auto variables =
      split(text_of_file(root, "/proc/" + std::to_string(pid) + "/environ"), '\0');
  for (const std::string_view name : {"PMIX_NAMESPACE=", "SLURM_JOB_ID="}) {
    for (const std::string& variable : variables) {
      if (variable.starts_with(name)) return variable;
    }
  }
  return "";
}

// Tells what belongs to this job.
class Family {
 public:
  Family(int own, const Processes& processes, const Root& root)
      : own_(own), processes_(processes), root_(root), job_(job_of(own, root)) {
    const auto above = ancestors(own, processes);
    ancestors_.insert(above.begin(), above.end());
    const auto self = processes.find(own);
    if (self == processes.end()) return;
    name_ = self->second.name;
    parent_ = self->second.parent;
  }

  bool has(const Process& process) const {
    if (process.pid == own_ || ancestors_.contains(process.pid)) return true;
    const auto above = ancestors(process.pid, processes_);
    if (std::ranges::find(above, own_) != above.end()) return true;
    // Ranks under another daemon, where one machine plays several hosts.
    if (process.name == name_ && !job_.empty() && job_of(process.pid, root_) == job_) return true;
    // Under the first process of a system or of a container stands everything; there only ranks
    // are known by their name.
    if (parent_ <= 1) return process.parent == parent_ && process.name == name_;
    return std::ranges::find(above, parent_) != above.end();
  }

 private:
  int own_ = 0, parent_ = 0;
  std::string name_;
  std::set<int> ancestors_;
  const Processes& processes_;
  const Root& root_;
  std::string job_;
};

bool is_gpu_file(std::string_view path) {
  constexpr std::string_view nvidia = "/dev/nvidia", render = "/dev/dri/renderD";
  if (path == "/dev/kfd" || path.starts_with(render)) return true;
  return path.starts_with(nvidia) && parse_integer(path.substr(nvidia.size()));  // not "nvidiactl"
}

// Empty where another user's process may not be looked into.
std::vector<std::string> open_gpus(int pid, const Root& root, std::size_t& files_left) {
  if (files_left == 0) return {};
  --files_left;  // the folder itself
  const std::string folder = "/proc/" + std::to_string(pid) + "/fd";
  std::set<std::string> found;
  for (const std::string& name : names_in_folder(root, folder)) {
    if (files_left == 0) break;
    --files_left;
    const std::string path = link_target(root, folder + "/" + name);
    if (is_gpu_file(path)) found.insert(path);
  }
  return {found.begin(), found.end()};
}

std::vector<Process> strangers(const Processes& processes, int own, const Root& root) {
  const Family family(own, processes, root);
  std::vector<Process> found;
  for (const auto& [pid, process] : processes) {
    if (!process.is_of_kernel && !family.has(process)) found.push_back(process);
  }
  std::ranges::stable_sort(found, std::ranges::greater{}, &Process::memory);
  return found;
}

double host_memory(const Root& root) {
  constexpr double kibibyte = 1024;
  const auto total = number_after(text_of_file(root, "/proc/meminfo"), "MemTotal:");
  return static_cast<double>(total.value_or(0)) * kibibyte;
}

}  // namespace

std::vector<OtherProcess> other_processes(const Root& root, std::optional<int> own) {
  const auto self = parse_integer(link_target(root, "/proc/self"));
  const int pid = own.value_or(static_cast<int>(self.value_or(0)));
  const double memory = host_memory(root);
  std::size_t files_left = most_files;
  std::vector<OtherProcess> others;
  for (const Process& process : strangers(all_processes(root), pid, root)) {
    OtherProcess other{.pid = process.pid,
                       .name = process.name,
                       .is_running = process.state == 'R',
                       .memory = {process.memory},
                       .gpus = open_gpus(process.pid, root, files_left)};
    const bool is_large = memory > 0 && process.memory > much_memory * memory;
    if (other.is_running || is_large || !other.gpus.empty()) others.push_back(std::move(other));
  }
  // Whoever holds a GPU is told before all others, but all in the order of their memory.
  std::ranges::stable_sort(others, {}, [](const OtherProcess& p) { return p.gpus.empty(); });
  if (others.size() > most_told) others.resize(most_told);
  std::ranges::stable_sort(others, std::ranges::greater{}, &OtherProcess::memory);
  return others;
}

}  // namespace shortfall
