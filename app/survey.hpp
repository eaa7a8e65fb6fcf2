// The machine under the job: every host surveyed by its lowest rank, every rank's binding.
#pragma once

#include "backends/binding.hpp"
#include "backends/world.hpp"
#include "topology/machine.hpp"

namespace shortfall {

Machine survey_job(World& job, const Bound& mine);  // collective; the same on all ranks

}  // namespace shortfall
