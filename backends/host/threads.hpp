// The threads of one rank, and how they share an array. One of threads_openmp.cpp and
// threads_single.cpp is part of a build.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <type_traits>

namespace shortfall {

// As many as this build can run, at most `wanted`.
int available_threads(int wanted);

// How many threads libraries that use OpenMP start when this thread calls them.
void limit_library_threads(int threads);

// body(context, thread) on `threads` threads, numbered from 0; returns when all are done.
void run_threads(int threads, void (*body)(void* context, int thread), void* context);

// function(thread) on each thread. One thread is the caller, without any detour: on small arrays
// starting a team would take longer than the work.
template <class Function>
void on_threads(int threads, Function&& function) {
  if (threads == 1) {
    function(0);
    return;
  }
  using Body = std::remove_reference_t<Function>;
  run_threads(
      threads, [](void* context, int thread) { (*static_cast<Body*>(context))(thread); },
      std::addressof(function));
}

struct Part {
  std::size_t first, count;
};

// Thread number `thread`'s part of `count` elements, in whole grains (but for the very last). The
// threads that touched a page first are those that work on it.
constexpr Part part_of(std::size_t count, std::size_t grain, int thread, int threads) {
  const std::size_t grains = count / grain + (count % grain != 0);
  const auto start_of = [&](int t) {
    const auto share = static_cast<std::size_t>(t), all = static_cast<std::size_t>(threads);
    return std::min(count, (grains / all * share + std::min(share, grains % all)) * grain);
  };
  return {start_of(thread), start_of(thread + 1) - start_of(thread)};
}

// How many threads are worth their start for an operation on `bytes` bytes.
constexpr int threads_for(std::size_t bytes, int threads) {
  constexpr std::size_t worth_a_thread = 64 << 10;
  return static_cast<int>(
      std::clamp(bytes / worth_a_thread, std::size_t{1}, static_cast<std::size_t>(threads)));
}

}  // namespace shortfall
