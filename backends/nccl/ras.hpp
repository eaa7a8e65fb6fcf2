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

// Who asks: RAS tells of all communicators that its processes take part in.
struct Asking {
  // NCCL's own mark of the communicator; nothing if NCCL has not told it.
  std::optional<std::uint64_t> communicator;
  std::vector<int> processes;  // of its ranks, by rank
};

// The ranks, as numbered in the communicator that asks, that RAS misses or that have launched less
// than the others; the one that is furthest behind first. Where the communicator cannot be told
// from others, only ranks that are known by their number and their process.
std::vector<int> stragglers_in(const std::string& answer, const Asking& asking);

}  // namespace shortfall::nccl
