// What each thread of a chase's kernels does. `Memory` loads eight bytes that the next step needs;
// the kernels and their double on the host each have their own.
#pragma once

#include "backends/cuda/chase_kernels.hpp"
#include "core/hash.hpp"

namespace shortfall::cuda {

// The line at this place of the cycle: a permutation that looks like chance and needs no table. A
// Feistel network permutes as many numbers as some even number of bits has; what falls beyond the
// lines is permuted on until it does not.
constexpr std::uint64_t line_at(std::uint64_t place, std::uint64_t lines) {
  constexpr unsigned rounds = 4;
  unsigned half = 1;
  while ((std::uint64_t{1} << (2 * half)) < lines) ++half;
  const std::uint64_t mask = (std::uint64_t{1} << half) - 1;
  std::uint64_t line = place;
  do {
    for (unsigned round = 1; round <= rounds; ++round) {
      const std::uint64_t left = line >> half, right = line & mask;
      // Other numbers in every round, and for other numbers of lines.
      const std::uint64_t key = mix64(right ^ (std::uint64_t{round} << 56U) ^ (lines << 24U));
      line = (right << half) | (left ^ ((key >> 32U) & mask));
    }
  } while (line >= lines);
  return line;
}

__device__ inline void link(const ChaseTask& task, std::uint64_t place) {
  const std::uint64_t after = place + 1 < task.count ? place + 1 : 0;
  task.links[line_at(place, task.count)] = {task.links + line_at(after, task.count), place};
}

// Whether this line leads to the place after its own, and stands at place 0 if it is the start. If
// all do, the cycle goes through all of them: it comes to as many places as there are lines.
__device__ inline bool is_linked(const ChaseTask& task, std::uint64_t line) {
  const ChaseLink& from = task.links[line];
  const std::uint64_t ahead =
      reinterpret_cast<std::uint64_t>(from.next) - reinterpret_cast<std::uint64_t>(task.links);
  if (ahead % sizeof(ChaseLink) != 0 || ahead / sizeof(ChaseLink) >= task.count) return false;
  if (line == line_at(0, task.count) && from.place != 0) return false;
  const std::uint64_t after = from.place + 1 < task.count ? from.place + 1 : 0;
  return from.place < task.count && from.next->place == after;
}

// Each load's address is what the load before it has fetched. The place of the line where it stops
// costs one more load in so many thousand.
template <class Memory>
__device__ void follow(const ChaseTask& task, int steps, ChaseState& state, double& moved) {
  const ChaseLink* at = state.at;
  for (int done = 0; done < steps; done += links_at_once) {
    for (int i = 0; i < links_at_once; ++i) at = Memory::next(at);
  }
  const std::uint64_t before = state.place;
  state = {at, at->place};
  moved = static_cast<double>((state.place + task.count - before) % task.count);
}

}  // namespace shortfall::cuda
