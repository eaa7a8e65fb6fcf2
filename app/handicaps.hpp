// What keeps the libraries of any rank of the job from being as fast as they could be.
#pragma once

#include <string>
#include <vector>

#include "backends/world.hpp"
#include "diagnosis/handicaps.hpp"
#include "harness/plan.hpp"

namespace shortfall {

// Collective; by rank, the same on all ranks.
std::vector<HandicapOnHost> gather_handicaps(World& job, const std::vector<Handicap>& mine);

// Whether anything in the plan multiplies, so that a library's handicaps matter.
bool multiplies(const Plan& plan, const std::vector<Benchmark>& benchmarks);

// As they travel between ranks. Line breaks and tabs in an environment's values become blanks.
std::string encode(const std::vector<Handicap>& handicaps);
std::vector<Handicap> decode_handicaps(const std::string& text);

}  // namespace shortfall
