// What each thread of a copying kernel does. `Memory` loads and stores 16 bytes at once; the kernel
// and its double on the host each have their own.
#pragma once

#include <cstdint>

#include "backends/cuda/copy_kernels.hpp"
#include "backends/cuda/seat.hpp"

namespace shortfall::cuda {

struct alignas(16) FourWords {
  std::uint32_t x, y, z, w;
};

__device__ inline bool is_of_whole_vectors(const CopyTask& task) {
  const auto both =
      reinterpret_cast<std::uintptr_t>(task.from) | reinterpret_cast<std::uintptr_t>(task.to);
  return both % sizeof(FourWords) == 0;
}

// Every load is started before the first is waited for: on links, what is in flight is what is
// fast.
template <class Memory, int depth>
__device__ void copy_vectors(const FourWords* from, FourWords* to, std::size_t apart) {
  FourWords held[depth];
  for (int i = 0; i < depth; ++i) held[i] = Memory::load(from + i * apart);
  for (int i = 0; i < depth; ++i) Memory::store(to + i * apart, held[i]);
}

// Bytes from `first` on, in turns with all threads of all blocks.
__device__ inline void copy_bytes(const CopyTask& task, std::size_t first, const Seat& seat) {
  const std::size_t apart = std::size_t{seat.blocks} * seat.threads;
  const auto* const from = static_cast<const unsigned char*>(task.from);
  auto* const to = static_cast<unsigned char*>(task.to);
  for (std::size_t i = first + std::size_t{seat.block} * seat.threads + seat.thread; i < task.bytes;
       i += apart) {
    to[i] = from[i];
  }
}

// What one thread does of a copy. Blocks take tiles of neighbouring vectors in turns; what is less
// than a tile is taken one by one, what is less than a vector byte by byte. So is all of it where
// an end does not begin with a whole vector, as with odd sizes one behind the other.
template <class Memory, int depth>
__device__ void part_of_copy(const CopyTask& task, const Seat& seat) {
  if (!is_of_whole_vectors(task)) return copy_bytes(task, 0, seat);
  const auto* const from = static_cast<const FourWords*>(task.from);
  auto* const to = static_cast<FourWords*>(task.to);
  const std::size_t vectors = task.bytes / sizeof(FourWords), threads = seat.threads;
  const std::size_t tile = depth * threads, tiles = vectors / tile;
#pragma unroll 1  // a tile at a time: else registers spill
  for (std::size_t i = seat.block; i < tiles; i += seat.blocks) {
    const std::size_t first = i * tile + seat.thread;
    copy_vectors<Memory, depth>(from + first, to + first, threads);
  }
  const std::size_t apart = threads * seat.blocks;
#pragma unroll 1
  for (std::size_t i = tiles * tile + threads * seat.block + seat.thread; i < vectors; i += apart) {
    copy_vectors<Memory, 1>(from + i, to + i, 0);
  }
  copy_bytes(task, vectors * sizeof(FourWords), seat);
}

}  // namespace shortfall::cuda
