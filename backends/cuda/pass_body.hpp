// What each thread of a pass over memory does. `Memory` loads and stores 16 bytes at once; the
// kernels and their double on the host each have their own.
#pragma once

#include "backends/cuda/pass_kernels.hpp"
#include "backends/cuda/seat.hpp"

namespace shortfall::cuda {

struct alignas(16) TwoNumbers {
  double x, y;
};
struct alignas(8) TwoIndices {
  std::int32_t x, y;
};

struct Read {
  static constexpr int arrays = 1;
  static constexpr bool is_sum = true, is_gather = false;
  __device__ static double of(const double* x, const PassTask&) { return x[0]; }
};

struct Dot {
  static constexpr int arrays = 2;
  static constexpr bool is_sum = true, is_gather = false;
  __device__ static double of(const double* x, const PassTask&) { return x[0] * x[1]; }
};

struct Write {
  static constexpr int arrays = 0;
  static constexpr bool is_sum = false, is_gather = false;
  __device__ static double of(const double*, const PassTask& task) { return task.constant; }
};

struct Scale {
  static constexpr int arrays = 1;
  static constexpr bool is_sum = false, is_gather = false;
  __device__ static double of(const double* x, const PassTask& task) { return task.factor * x[0]; }
};

struct Triad {
  static constexpr int arrays = 2;
  static constexpr bool is_sum = false, is_gather = false;
  __device__ static double of(const double* x, const PassTask& task) {
    return x[0] + task.factor * x[1];
  }
};

// Of one array: a copy.
template <int count>
struct Add {
  static constexpr int arrays = count;
  static constexpr bool is_sum = false, is_gather = false;
  __device__ static double of(const double* x, const PassTask&) {
    double sum = x[0];
    for (int i = 1; i < count; ++i) sum += x[i];
    return sum;
  }
};

struct Gather {
  static constexpr int arrays = 1;
  static constexpr bool is_sum = false, is_gather = true;
};

// Calls `visit` with the type that does `formula`.
template <class Visit>
auto with(Formula formula, Visit visit) {
  switch (formula) {
    case Formula::read:
      return visit(Read{});
    case Formula::dot:
      return visit(Dot{});
    case Formula::write:
      return visit(Write{});
    case Formula::scale:
      return visit(Scale{});
    case Formula::triad:
      return visit(Triad{});
    case Formula::add:
      return visit(Add<2>{});
    case Formula::add3:
      return visit(Add<3>{});
    case Formula::add4:
      return visit(Add<4>{});
    case Formula::gather:
      return visit(Gather{});
    case Formula::copy:
      break;
  }
  return visit(Add<1>{});
}

// Vectors of each array that a thread takes at once. Of a gather's, each is two loads.
template <class F>
constexpr int depth_for(int loads) {
  const int of_each = F::is_gather ? 2 : F::arrays > 0 ? F::arrays : 1;
  return loads > of_each ? loads / of_each : 1;
}

template <class Memory, int depth>
__device__ void gather(const PassTask& task, std::size_t first, std::size_t apart) {
  TwoIndices index[depth];
  TwoNumbers found[depth];
  for (int i = 0; i < depth; ++i) {
    index[i] = Memory::load(reinterpret_cast<const TwoIndices*>(task.index) + first + i * apart);
  }
  for (int i = 0; i < depth; ++i) {
    found[i] = {Memory::load(task.from[0] + index[i].x), Memory::load(task.from[0] + index[i].y)};
  }
  for (int i = 0; i < depth; ++i) {
    Memory::store(reinterpret_cast<TwoNumbers*>(task.to) + first + i * apart, found[i]);
  }
}

// Vectors `first`, `first + apart`, ...: every load is started before the first is waited for, for
// a store might change what a later load finds, as far as the compiler knows. Returns the sum of
// those that are summed.
template <class F, class Memory, int depth>
__device__ double take(const PassTask& task, std::size_t first, std::size_t apart) {
  double sum = 0;
  if constexpr (F::is_gather) {
    gather<Memory, depth>(task, first, apart);
  } else {
    TwoNumbers loaded[depth][F::arrays > 0 ? F::arrays : 1] = {};
    for (int i = 0; i < depth; ++i) {
      for (int array = 0; array < F::arrays; ++array) {
        loaded[i][array] =
            Memory::load(reinterpret_cast<const TwoNumbers*>(task.from[array]) + first + i * apart);
      }
    }
    for (int i = 0; i < depth; ++i) {
      double x[4] = {}, y[4] = {};
      for (int array = 0; array < F::arrays; ++array) {
        x[array] = loaded[i][array].x;
        y[array] = loaded[i][array].y;
      }
      const TwoNumbers result{F::of(x, task), F::of(y, task)};
      if constexpr (F::is_sum) {
        sum += result.x + result.y;
      } else {
        Memory::store(reinterpret_cast<TwoNumbers*>(task.to) + first + i * apart, result);
      }
    }
  }
  return sum;
}

// What one thread does of a pass. Blocks take tiles of neighbouring vectors in turns, threads of a
// block neighbouring vectors; what is less than a tile is taken one by one.
template <class F, class Memory, int loads>
__device__ double part_of_pass(const PassTask& task, const Seat& seat) {
  constexpr int depth = depth_for<F>(loads);
  const std::size_t vectors = task.count / 2, threads = seat.threads, tile = depth * threads;
  const std::size_t tiles = vectors / tile;
  double sum = 0;
#pragma unroll 1  // a tile at a time: else registers spill
  for (std::size_t i = seat.block; i < tiles; i += seat.blocks) {
    sum += take<F, Memory, depth>(task, i * tile + seat.thread, threads);
  }
  const std::size_t apart = threads * seat.blocks;
#pragma unroll 1
  for (std::size_t i = tiles * tile + threads * seat.block + seat.thread; i < vectors; i += apart) {
    sum += take<F, Memory, 1>(task, i, 0);
  }
  return sum;
}

}  // namespace shortfall::cuda
