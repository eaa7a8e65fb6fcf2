#include "topology/environment.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace shortfall {
namespace {

bool is_wanted(std::string_view name) {
  constexpr std::array<std::string_view, 7> prefixes{"NCCL_",     "UCX_",  "OMPI_", "OMP_",
                                                     "OPENBLAS_", "BLIS_", "SLURM_"};
  return name == "CUDA_VISIBLE_DEVICES" ||
         std::ranges::any_of(prefixes, [&](auto prefix) { return name.starts_with(prefix); });
}

bool may_be_secret(std::string_view name) {
  // The transports' precondition is Open MPI's name for the key by which its ranks know each other.
  constexpr std::array<std::string_view, 9> words{"TOKEN", "KEY",  "SECRET",
                                                  "PASSW", "AUTH", "CREDENTIAL",
                                                  "JWT",   "CERT", "PRECONDITION_TRANSPORTS"};
  std::string upper(name);
  std::ranges::transform(upper, upper.begin(), [](unsigned char letter) {
    return static_cast<char>(std::toupper(letter));
  });
  return std::ranges::any_of(words, [&](auto word) { return upper.find(word) != upper.npos; });
}

// What Open MPI, PMIx and Slurm tell each rank or each host of itself: numbers, addresses of its
// daemon, folders with a process number in their name.
bool tells_apart(std::string_view name) {
  constexpr std::array<std::string_view, 6> prefixes{
      "PMIX_", "PMI_", "OMPI_COMM_WORLD_", "OMPI_MCA_orte_", "OMPI_MCA_prte_", "OMPI_MCA_ess"};
  constexpr std::array<std::string_view, 21> names{
      "OMPI_APP_CTX_NUM_PROCS", "OMPI_FILE_LOCATION",
      "OMPI_FIRST_RANKS",       "OMPI_MCA_initial_wdir",
      "OMPI_MCA_plm",           "OMPI_MCA_pmix",
      "OMPI_MCA_routed",        "OMPI_MCA_shmem_RUNTIME_QUERY_hint",
      "OMPI_NUM_APP_CTX",       "OMPI_UNIVERSE_SIZE",
      "SLURMD_NODENAME",        "SLURM_CPU_BIND",
      "SLURM_CPU_BIND_LIST",    "SLURM_GTIDS",
      "SLURM_JOB_GPUS",         "SLURM_LOCALID",
      "SLURM_NODEID",           "SLURM_PROCID",
      "SLURM_STEP_GPUS",        "SLURM_TASK_PID",
      "SLURM_TOPOLOGY_ADDR"};
  return std::ranges::find(names, name) != names.end() ||
         std::ranges::any_of(prefixes, [&](auto prefix) { return name.starts_with(prefix); });
}

}  // namespace

Variables allowed_environment(const char* const* entries) {
  Variables found;
  for (; entries != nullptr && *entries != nullptr; ++entries) {
    const std::string_view entry = *entries;
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = entry.substr(0, equals);
    if (is_wanted(name) && !may_be_secret(name)) found.emplace_back(name, entry.substr(equals + 1));
  }
  std::ranges::sort(found);
  return found;
}

Variables of_host(Variables variables) {
  std::erase_if(variables, [](const auto& variable) { return tells_apart(variable.first); });
  return variables;
}

}  // namespace shortfall
