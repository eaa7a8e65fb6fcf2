// A machine that nobody measured yet, as datasheets and what others published describe it.
#pragma once

#include <string>
#include <vector>

#include "diagnosis/measured_cases.hpp"
#include "model/system/system.hpp"
#include "model/training/training_run.hpp"
#include "topology/datasheets/datasheets.hpp"

namespace shortfall {

bool runs_on_gpu(const std::vector<MeasuredCase>& cases);
std::int64_t ranks_of_a_host(const Report& report);  // of the fullest one; at least 1

// Of FLOP/s and B/s: beyond what any machine has, figures computed from it are infinite or nothing.
inline constexpr double least_rate = 1e3, most_rate = 1e21;
inline bool is_possible_rate(double value) { return value >= least_rate && value <= most_rate; }

enum class Unknown {
  refused,  // BadUsage, beginning with the source
  guessed   // by rough figures, which `sources` name
};

struct SheetsFor {
  const Datasheets& sheets;
  const std::string& source;  // of the report
  Unknown unknown = Unknown::refused;
  std::string_view turn = "training_step";  // of cases measured in turn with a step: with which one
};

// One rank for each GPU, or one rank's share of a host, which is without peak and memory where no
// datasheet knows them. A GPU that no datasheet knows is refused, or taken for a processor.
SystemModel system_of_device(const Report& report, const TrainingRun& run, const SheetsFor& by,
                             bool is_gpu);

// Without figures that cannot be.
Report with_possible_datasheet(Report report);

void guess_what_is_missing(SystemModel& system);

// Ranks of a host exchange data through its memory, if nothing faster is told.
void join_processors(SystemModel& system);

}  // namespace shortfall
