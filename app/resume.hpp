// Going on with an interrupted run.
#pragma once

#include <filesystem>
#include <vector>

#include "app/options.hpp"
#include "backends/world.hpp"
#include "harness/result.hpp"

namespace shortfall {

// What was asked for in the run that is resumed, with `now`'s own choices where it names any.
// Collective. Throws BadUsage if the folder holds no interrupted run.
RunOptions resumed(const RunOptions& now, World& world);

// The results that need not be measured again: measured ones, whatever their data's verdict.
std::vector<Result> finished_in(const std::filesystem::path& folder);

// Whether it is of an operation that was measured in turn with executions of this benchmark.
bool is_in_turn_with(const std::string& benchmark, const Result& result);

}  // namespace shortfall
