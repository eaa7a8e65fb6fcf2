// How the double's ranks meet, and move and add up data.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <thread>

#include "core/bf16.hpp"
#include "core/draw_element.hpp"
#include "core/small_float.hpp"
#include "tests/double/nccl_double.hpp"

namespace shortfall::nccl_double {
namespace {

// Moves chunks of one rank's messages to or from one peer.
struct Way {
  std::vector<Part> parts;
  std::size_t part = 0, done = 0;

  bool is_done() const { return part == parts.size(); }
  std::size_t chunk() const { return std::min(most_chunk, parts[part].bytes - done); }
  std::byte* data() const { return parts[part].data + done; }
  void advance(std::size_t bytes) {
    done += bytes;
    if (done < parts[part].bytes) return;
    ++part;
    done = 0;
  }
};

std::vector<Way> by_peer(const std::vector<Part>& parts) {
  std::vector<Way> ways(most_ranks);
  for (const Part& part : parts) {
    if (part.bytes > 0) ways.at(static_cast<std::size_t>(part.peer)).parts.push_back(part);
  }
  return ways;
}

bool push(Mailbox& box, Way& way) {
  if (way.is_done() || box.is_full.load(std::memory_order_acquire) != 0) return false;
  const std::size_t bytes = way.chunk();
  std::memcpy(box.data.data(), way.data(), bytes);
  box.is_full.store(1, std::memory_order_release);
  way.advance(bytes);
  return true;
}

bool pull(Mailbox& box, Way& way) {
  if (way.is_done() || box.is_full.load(std::memory_order_acquire) == 0) return false;
  const std::size_t bytes = way.chunk();
  std::memcpy(way.data(), box.data.data(), bytes);
  box.is_full.store(0, std::memory_order_release);
  way.advance(bytes);
  return true;
}

template <class T>
T rounded(double value) {
  if constexpr (std::is_same_v<T, Bf16>) {
    return T(static_cast<float>(value));
  } else {
    return static_cast<T>(value);
  }
}

template <class T>
void reduce_as(ncclRedOp_t op, std::byte* result, const std::vector<std::vector<std::byte>>& inputs,
               std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    double sum = 0;
    for (std::size_t rank = 0; rank < inputs.size(); ++rank) {
      T term{};
      std::memcpy(&term, inputs[rank].data() + i * sizeof(T), sizeof(T));
      const double number = draw::to_number(term);
      if (rank == 0) {
        sum = number;
      } else if (op == ncclSum || op == ncclAvg) {
        sum += number;
      } else if (op == ncclProd) {
        sum *= number;
      } else {
        sum = op == ncclMax ? std::max(sum, number) : std::min(sum, number);
      }
    }
    const double ranks = op == ncclAvg ? static_cast<double>(inputs.size()) : 1;
    const T value = rounded<T>(sum / ranks);
    std::memcpy(result + i * sizeof(T), &value, sizeof(T));
  }
}

}  // namespace

std::shared_ptr<Meeting> meet(const std::string& name, int ranks) {
  const int file = shm_open(name.c_str(), O_RDWR | O_CREAT, 0600);
  if (file < 0 || ftruncate(file, sizeof(Meeting)) != 0)
    throw std::runtime_error("no shared memory");
  void* const memory = mmap(nullptr, sizeof(Meeting), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (memory == MAP_FAILED) throw std::runtime_error("no shared memory");
  auto* const meeting = static_cast<Meeting*>(memory);  // of zeros
  if (++meeting->attached == ranks) shm_unlink(name.c_str());
  return {meeting, [](Meeting* m) { munmap(m, sizeof *m); }};
}

void exchange(Meeting& meeting, int rank, std::vector<Part> sends, std::vector<Part> receives,
              const std::atomic<bool>& is_over) {
  std::vector<Way> out = by_peer(sends), in = by_peer(receives);
  const auto me = static_cast<std::size_t>(rank);
  const auto all_done = [](const std::vector<Way>& ways) {
    return std::all_of(ways.begin(), ways.end(), [](const Way& way) { return way.is_done(); });
  };
  while (!is_over && !(all_done(out) && all_done(in))) {
    bool has_moved = false;
    for (std::size_t peer = 0; peer < most_ranks; ++peer) {
      has_moved |= push(meeting.boxes[me][peer], out[peer]);
      has_moved |= pull(meeting.boxes[peer][me], in[peer]);
    }
    if (!has_moved) std::this_thread::yield();
  }
}

std::size_t size_of(ncclDataType_t type) {
  switch (type) {
    case ncclFloat64:
    case ncclInt64:
    case ncclUint64:
      return 8;
    case ncclFloat32:
    case ncclInt32:
    case ncclUint32:
      return 4;
    case ncclFloat16:
    case ncclBfloat16:
      return 2;
    default:
      return 1;
  }
}

void reduce(ncclDataType_t type, ncclRedOp_t op, std::byte* result,
            const std::vector<std::vector<std::byte>>& inputs, std::size_t count) {
  switch (type) {
    case ncclFloat64:
      return reduce_as<double>(op, result, inputs, count);
    case ncclFloat32:
      return reduce_as<float>(op, result, inputs, count);
    case ncclBfloat16:
      return reduce_as<Bf16>(op, result, inputs, count);
    case ncclFloat16:
      return reduce_as<F16>(op, result, inputs, count);
    case ncclFloat8e4m3:
      return reduce_as<F8E4M3>(op, result, inputs, count);
    case ncclFloat8e5m2:
      return reduce_as<F8E5M2>(op, result, inputs, count);
    case ncclInt32:
      return reduce_as<std::int32_t>(op, result, inputs, count);
    case ncclInt64:
      return reduce_as<std::int64_t>(op, result, inputs, count);
    case ncclUint32:
      return reduce_as<std::uint32_t>(op, result, inputs, count);
    case ncclUint64:
      return reduce_as<std::uint64_t>(op, result, inputs, count);
    case ncclInt8:
      return reduce_as<std::int8_t>(op, result, inputs, count);
    default:
      return reduce_as<std::uint8_t>(op, result, inputs, count);
  }
}

}  // namespace shortfall::nccl_double
