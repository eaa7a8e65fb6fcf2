// NCCL's own watch over its ranks (RAS): asked when an operation hangs, because it knows how far
// each rank came.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/units.hpp"

namespace shortfall::nccl {

// Where it listens: NCCL_RAS_ADDR, or localhost:28028.
std::string ras_address();

// What it answers to "verbose status"; or, in words, why it does not. Takes at most `patience`.
struct RasAnswer {
  bool is_answered = false;
  std::string text;
};
RasAnswer ask_ras(const std::string& address, Seconds patience);

// The ranks, as numbered in their communicator, that RAS misses or that have launched less than
// the others; the one that is furthest behind first.
std::vector<int> stragglers_in(const std::string& answer);

}  // namespace shortfall::nccl
