// The parts of a survey that tell how a host is set up; for survey.cpp and tests.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "topology/cpu/cpuinfo.hpp"
#include "topology/host.hpp"
#include "topology/root.hpp"

namespace shortfall {

// In the order of their numbers; one with all CPUs where the kernel knows no nodes.
std::vector<NumaNode> numa_nodes(const CpuInfo& info, const Root& root);

// Fills in highest_clock, governor, smt and microcode.
void note_cpu_state(Cpu& cpu, const CpuInfo& info, const Root& root);

Limits survey_limits(const Root& root);

// "docker", "podman", "kubernetes", ...; "" = none seen.
std::string container(const Root& root);

// All but the hypervisor.
System survey_system(const Root& root);

// Of kernel drivers that matter here, and of the C library; sorted by name.
std::vector<std::pair<std::string, std::string>> driver_versions(const Root& root);

// Which of NVIDIA's kernel modules is loaded: "open", "proprietary"; "" = none is seen.
std::string nvidia_module(const Root& root);

// At most 16 that hold a GPU, more than 5 % of the host's memory, or a CPU at this moment; those
// with the most memory first. Kernel threads, the ancestors of process `own` and whatever runs
// under its parent are left out: the ranks of a job have one daemon. `own` is this process where it
// is not given.
std::vector<OtherProcess> other_processes(const Root& root, std::optional<int> own = {});

}  // namespace shortfall
