// What launchers leave in the environment of the processes that they start.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "backends/world.hpp"
#include "core/text.hpp"

namespace shortfall {
namespace {

constexpr const char* this_host = "127.0.0.1";

class Variables {
 public:
  explicit Variables(const Environment& environment) : environment_(environment) {}

  std::string text(const char* name) const {
    const char* value = environment_(name);
    return value == nullptr ? "" : value;
  }
  bool has(const char* name) const { return !text(name).empty(); }
  std::optional<std::int64_t> number(const char* name) const { return parse_integer(text(name)); }
  // The first of `names` that holds a count, else `otherwise`.
  int count(std::initializer_list<const char*> names, int otherwise) const {
    for (const char* name : names) {
      const auto value = number(name);
      if (value && *value >= 0 && *value <= INT32_MAX) return static_cast<int>(*value);
    }
    return otherwise;
  }

 private:
  const Environment& environment_;
};

// Nothing unless the ranks make sense: another tool's leftovers in the environment are no job.
std::optional<Launched> checked(Launched job) {
  if (job.rank < 0 || job.rank >= job.size) return std::nullopt;
  const bool is_told = job.brings_mpi || job.local_size > 0 || job.size == 1;
  if (is_told && (job.local_size < 1 || job.local_size > job.size)) job.local_size = 1;
  if (is_told && (job.local_rank < 0 || job.local_rank >= job.local_size)) job.local_rank = 0;
  if (job.local_size == job.size) job.first = this_host;
  return job;
}

// "1978662912.0;tcp://192.0.2.2,10.0.0.2:35005;tcp6://[fd00::2]:52805" ->
// "192.0.2.2,10.0.0.2,fd00::2"
std::string addresses_in(const std::string& uri) {
  std::vector<std::string> addresses;
  for (const std::string& part : split(uri, ';')) {
    const std::size_t scheme = part.find("://");
    const std::size_t port = part.rfind(':');
    if (!part.starts_with("tcp") || scheme == std::string::npos || port <= scheme + 3) continue;
    for (std::string address : split(part.substr(scheme + 3, port - scheme - 3), ',')) {
      std::erase_if(address, [](char c) { return c == '[' || c == ']'; });
      if (!address.empty()) addresses.push_back(address);
    }
  }
  return join(addresses, ",");
}

std::optional<Launched> by_open_mpi(const Variables& variables) {
  if (!variables.has("OMPI_COMM_WORLD_SIZE")) return std::nullopt;
  const std::string uri = variables.text("OMPI_MCA_orte_hnp_uri");
  std::string job = variables.text("PMIX_NAMESPACE");
  if (job.empty()) job = uri.substr(0, uri.find(';'));
  // A random number per job: names of jobs alone come again after a while.
  const std::string random = variables.text("OMPI_MCA_orte_precondition_transports");
  if (!job.empty() && !random.empty()) job += "/" + random;
  return checked({.launcher = "mpirun",
                  .rank = variables.count({"OMPI_COMM_WORLD_RANK", "PMIX_RANK"}, -1),
                  .size = variables.count({"OMPI_COMM_WORLD_SIZE"}, 0),
                  .local_rank = variables.count({"OMPI_COMM_WORLD_LOCAL_RANK"}, 0),
                  .local_size = variables.count({"OMPI_COMM_WORLD_LOCAL_SIZE"}, 1),
                  .job = job,
                  // mpirun runs beside rank 0 unless told otherwise; beacons check who answers.
                  .first = addresses_in(uri)});
}

std::optional<Launched> by_hydra(const Variables& variables) {
  if (!variables.has("PMI_RANK")) return std::nullopt;
  return checked({.launcher = "mpiexec",
                  .rank = variables.count({"PMI_RANK"}, -1),
                  .size = variables.count({"PMI_SIZE"}, 0),
                  .local_rank = variables.count({"MPI_LOCALRANKID"}, 0),
                  .local_size = variables.count({"MPI_LOCALNRANKS"}, 1),
                  .job = "",
                  .first = ""});
}

// "node[07-09,12],gpu3" -> "node07": what stands first in every pair of brackets.
std::string first_node(const std::string& nodes) {
  std::string name;
  for (std::size_t i = 0; i < nodes.size() && nodes[i] != ','; ++i) {
    if (nodes[i] != '[') {
      name += nodes[i];
      continue;
    }
    const std::size_t end = std::min(nodes.find(']', i), nodes.size());
    name += nodes.substr(i + 1, std::min(nodes.find_first_of(",-]", i), end) - i - 1);
    i = end;
  }
  return name;
}

// "2(x3),1" on node number 3 -> 1.
int tasks_on(std::int64_t node, const std::string& tasks_per_node) {
  for (const std::string& part : split(tasks_per_node, ',')) {
    const std::size_t repeat = part.find("(x");
    const auto tasks = parse_integer(std::string_view(part).substr(0, repeat));
    std::int64_t nodes = 1;
    if (repeat != std::string::npos) {
      const std::size_t end = part.find(')', repeat);
      const auto times = std::string_view(part).substr(repeat + 2, end - repeat - 2);
      nodes = parse_integer(times).value_or(1);
    }
    if (node < nodes) return static_cast<int>(tasks.value_or(1));
    node -= nodes;
  }
  return 1;
}

// Batch scripts and interactive shells have SLURM_NTASKS, too, though only one copy of them runs;
// their step, where there is one, has one of the numbers that Slurm keeps for itself.
bool is_in_step(const Variables& variables) {
  constexpr std::int64_t first_reserved_step = 0xfffffff0;
  const auto step = variables.number("SLURM_STEP_ID");
  return step && *step >= 0 && *step < first_reserved_step && variables.has("SLURM_PROCID");
}

std::optional<Launched> by_srun(const Variables& variables) {
  if (!is_in_step(variables)) return std::nullopt;
  const std::int64_t node = variables.number("SLURM_NODEID").value_or(0);
  return checked({.launcher = "srun",
                  .rank = variables.count({"SLURM_PROCID"}, -1),
                  .size = variables.count({"SLURM_STEP_NUM_TASKS", "SLURM_NTASKS"}, 0),
                  .local_rank = variables.count({"SLURM_LOCALID"}, 0),
                  .local_size = tasks_on(node, variables.text("SLURM_STEP_TASKS_PER_NODE")),
                  .job = variables.text("SLURM_JOB_ID") + "." + variables.text("SLURM_STEP_ID"),
                  .first = first_node(variables.text("SLURM_STEP_NODELIST"))});
}

constexpr std::int64_t no_port = 0;

std::int64_t port_in(const Variables& variables) {
  const auto port = variables.number("MASTER_PORT").value_or(no_port);
  return port > 0 && port <= UINT16_MAX ? port : no_port;
}

// Of variables that others than launchers may have set, too: only several ranks are worth a word.
std::string fault_of_ranks(const Variables& variables) {
  const auto size = variables.number("WORLD_SIZE");
  if (!size || *size < 2) return "";
  const std::string claim = "WORLD_SIZE=" + variables.text("WORLD_SIZE");
  std::vector<std::string> missing;
  for (const char* name : {"RANK", "MASTER_ADDR", "MASTER_PORT"}) {
    if (!variables.has(name)) missing.emplace_back(name);
  }
  if (!missing.empty()) {
    return claim + " tells of several ranks, but these are not set: " + join(missing, ", ") +
           ". Set all of RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT, as torchrun does, or none";
  }
  const auto rank = variables.number("RANK");
  if (!rank || *rank < 0 || *rank >= *size) {
    return "RANK=" + variables.text("RANK") + " is no rank of " + claim +
           ": they are numbered from 0 to " + std::to_string(*size - 1);
  }
  if (port_in(variables) != no_port) return "";
  return "MASTER_PORT=" + variables.text("MASTER_PORT") + " is no port: give one from 1 to 65535";
}

std::optional<Launched> by_torchrun(const Variables& variables) {
  const bool is_complete = variables.has("RANK") && variables.has("WORLD_SIZE") &&
                           variables.has("MASTER_ADDR") && port_in(variables) != no_port;
  if (!is_complete) return std::nullopt;
  const std::string run = variables.text("TORCHELASTIC_RUN_ID");
  return checked({.launcher = run.empty() ? "a launcher that sets RANK" : "torchrun",
                  .rank = variables.count({"RANK"}, -1),
                  .size = variables.count({"WORLD_SIZE"}, 0),
                  .local_rank = variables.count({"LOCAL_RANK"}, -1),
                  .local_size = variables.count({"LOCAL_WORLD_SIZE"}, 0),
                  .job = run + ":" + variables.text("MASTER_PORT"),
                  .first = variables.text("MASTER_ADDR"),
                  .brings_mpi = false});
}

// mpirun and mpiexec may start their daemons by srun, and srun may speak PMI: who knows more of
// this process than the others is asked first. torchrun, which marks its own processes, is often
// started by srun, once a host; without its mark, its variables may be left from elsewhere.
std::optional<Launched> by_any(const Variables& variables) {
  if (auto job = by_open_mpi(variables)) return job;
  if (variables.has("MPI_LOCALRANKID")) {
    if (auto job = by_hydra(variables)) return job;
  }
  if (variables.has("TORCHELASTIC_RUN_ID")) {
    if (auto job = by_torchrun(variables)) return job;
  }
  if (auto job = by_srun(variables)) return job;
  if (auto job = by_hydra(variables)) return job;
  return by_torchrun(variables);
}

const char* own_environment(const char* name) { return std::getenv(name); }

}  // namespace

std::optional<Launched> launched(const Environment& environment) {
  const Variables variables(environment);
  auto job = by_any(variables);
  if (job && port_in(variables) != no_port && variables.has("MASTER_ADDR")) {
    job->master = job->local_size == job->size ? this_host : variables.text("MASTER_ADDR");
    job->master_port = static_cast<int>(port_in(variables));
  }
  return job;
}

std::string fault_of_launch(const Environment& environment) {
  const Variables variables(environment);
  return by_any(variables) ? "" : fault_of_ranks(variables);
}

std::optional<Launched> launched() { return launched(own_environment); }

std::string fault_of_launch() { return fault_of_launch(own_environment); }

std::vector<std::string> learn_places(const World& job) {
  const auto told = launched();
  std::vector<std::string> learnt;
  const auto set = [&](const char* name, std::int64_t value) {
    const std::string text = std::to_string(value);
    if (setenv(name, text.c_str(), 1) == 0) learnt.push_back(name + ("=" + text));
  };
  int before = 0, on_host = 0;
  for (int rank = 0; rank < job.size(); ++rank) {
    if (job.host(rank) != job.host(job.rank())) continue;
    ++on_host;
    if (rank < job.rank()) ++before;
  }
  if (told && told->local_rank < 0) set("LOCAL_RANK", before);
  if (told && told->local_size < 1) set("LOCAL_WORLD_SIZE", on_host);
  return learnt;
}

}  // namespace shortfall
