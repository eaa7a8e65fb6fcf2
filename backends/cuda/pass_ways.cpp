#include "backends/cuda/pass_ways.hpp"

#include <algorithm>
#include <limits>

#include "backends/cuda/stream.hpp"

namespace shortfall::cuda {
namespace {

// Blocks whose threads each have something to do, `way.loads` vectors of two numbers.
unsigned useful_blocks(Formula formula, const PassTask& task, const PassWay& way) {
  const bool is_sum = formula == Formula::read || formula == Formula::dot;
  const std::size_t most = is_sum ? most_partial_sums : std::numeric_limits<std::int32_t>::max();
  const std::size_t numbers = std::size_t{2} * way.loads * way.threads;
  const std::size_t blocks = (task.count + numbers - 1) / numbers;
  return static_cast<unsigned>(std::clamp(blocks, std::size_t{1}, most));
}

// With as many blocks as fit at once, and with as many as are useful.
void add_grids(std::vector<PassWay>& ways, Formula formula, const PassTask& task, PassWay way,
               unsigned units) {
  const unsigned at_once = std::max(blocks_at_once(formula, way), 1U) * units;
  const unsigned useful = useful_blocks(formula, task, way);
  way.blocks = std::min(at_once, useful);
  ways.push_back(way);
  if (useful <= at_once) return;
  way.blocks = useful;
  ways.push_back(way);
}

// Two calls of short passes, one after another: between two of them the GPU is idle for a while.
int calls_of(Bytes bytes) { return bytes < 64_MiB ? 2 : 1; }

// So much of large arrays that no second-level cache holds it by far.
PassTask beginning(PassTask task, Bytes bytes) {
  constexpr Bytes enough = 1_GiB;
  constexpr std::size_t line = 8;
  if (bytes <= enough) return task;
  task.count = static_cast<std::size_t>(static_cast<double>(task.count) * (enough / bytes));
  task.count -= task.count % line;
  return task;
}

struct Turn {
  int calls;  // of each way
  bool is_first;
};

// Of all calls of each way, in order. Nothing is held when kernels run for the first time: loading
// them may have to wait for what runs.
std::vector<Seconds> times_of(Formula formula, const PassTask& task,
                              const std::vector<PassWay>& ways, const Turn& turn,
                              CudaStream& stream) {
  stream.reserve_stamps(ways.size() + 1);
  std::vector<Stamp> stamps;
  {
    const HeldStart together(stream, !turn.is_first);
    stamps.push_back(stream.stamp());
    for (const PassWay& way : ways) {
      for (int call = 0; call < turn.calls; ++call)
        launch_pass(formula, task, way, stream.handle());
      stamps.push_back(stream.stamp());
    }
    check(cudaGetLastError(), "try a pass over memory");
  }
  constexpr Seconds patience{60};
  wait(stream, nullptr, patience);
  std::vector<Seconds> times;
  for (std::size_t i = 0; i < ways.size(); ++i) {
    times.push_back(stream.elapsed(stamps[i], stamps[i + 1]));
  }
  return times;
}

}  // namespace

std::vector<PassWay> ways_of(Formula formula, const PassTask& task, unsigned units) {
  std::vector<PassWay> ways;
  for (const unsigned loads : {4U, 8U}) {
    for (const bool is_streaming : {false, true}) {
      for (const unsigned threads : {256U, PassWay::most_threads}) {
        add_grids(ways, formula, task, {loads, is_streaming, threads}, units);
      }
    }
  }
  return ways;
}

PassWay fastest_way(Formula formula, const PassTask& task, Bytes bytes, int units) {
  constexpr int turns = 3;  // the first warms up
  const auto multiprocessors = static_cast<unsigned>(units);
  const PassTask part = beginning(task, bytes);
  const std::vector<PassWay> ways = ways_of(formula, part, multiprocessors);
  std::vector<Seconds> best(ways.size(), Seconds{std::numeric_limits<double>::infinity()});
  CudaStream stream(units);
  for (int turn = 0; turn < turns; ++turn) {
    const auto times = times_of(formula, part, ways, {calls_of(bytes), turn == 0}, stream);
    for (std::size_t i = 0; turn > 0 && i < ways.size(); ++i) best[i] = std::min(best[i], times[i]);
  }
  const auto winner = static_cast<std::size_t>(std::ranges::min_element(best) - best.begin());
  // The same ways in the same order, with as many blocks as all of the arrays ask for.
  return ways_of(formula, task, multiprocessors).at(winner);
}

}  // namespace shortfall::cuda
