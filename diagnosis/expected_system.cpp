#include "diagnosis/measured_system.hpp"
#include "diagnosis/unmeasured_system.hpp"

namespace shortfall {
namespace {

bool uses_gpu(const Report& begun) {
  const auto& bindings = begun.machine.bindings;
  return !bindings.empty() && !bindings.front().gpu.empty();
}

}  // namespace

SystemModel expected_system(const Report& begun, TrainingRun& run, const Datasheets& sheets) {
  const Report known = with_possible_datasheet(begun);
  SystemModel system =
      system_of_device(known, run, {sheets, "this run", Unknown::guessed}, uses_gpu(known));
  guess_what_is_missing(system);
  join_processors(system);
  if (run.fabric.scale_up_gpus > 0) {
    system.scale_up_ranks = run.fabric.scale_up_gpus;
  } else {
    system.scale_up_ranks = ranks_of_a_host(known);
  }
  if (run.outer) system.between_clusters = run.outer->link;
  system.name = system.device.name + ", before anything is measured";
  system.sources.push_back("all else: nothing is measured yet");
  run.peak.reset();
  return system;
}

}  // namespace shortfall
