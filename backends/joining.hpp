// The ways into the job that this process was started in.
#pragma once

#include <memory>

#include "backends/world.hpp"

namespace shortfall {

enum class Way { alone, by_mpi, by_tcp };

// Throws BadUsage if a launcher started several copies that have no way to each other, or if what
// it told is incomplete.
Way way_into_job();
std::unique_ptr<World> join_job(Way way);

// Of way_into_job(), the parts that only think. `job` as launched() tells it.
Way way_into(const std::optional<Launched>& job, bool has_mpi);
bool meets_by_tcp(const std::optional<Launched>& job, bool has_mpi);

// The ways themselves. Those by MPI are backends/mpi's, or backends/solo's in a build without MPI.
bool has_mpi();
std::unique_ptr<World> join_by_mpi();
// Rank 0 listens at job.master_port, or one of the 16 after it if that is taken; the others look
// for it there.
std::unique_ptr<World> join_by_tcp(const Launched& job, Seconds patience = {120});

}  // namespace shortfall
