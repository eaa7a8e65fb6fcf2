// What is asked of the machine, and nothing of how: the one noun that model prices, backends
// prepare and harness times.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "core/dtype.hpp"
#include "core/units.hpp"

namespace shortfall {

// C = A B, all row-major: A is m x k, B is k x n. int8 means u8 times s8, summed in i32.
struct Gemm {
  std::int64_t m, n, k;
  DType type = DType::f32;
};

// One pass over arrays of f64: read sums one, copy is a = b, triad is a = b + 3 c.
struct MemoryPass {
  enum class Kind { read, copy, triad };
  static constexpr double scale = 3;
  Kind kind;
  Bytes bytes;  // of all its arrays together: the working set
};

struct Collective {
  enum class Kind { all_reduce, all_to_all, barrier };
  enum class Reduction { sum, max };
  Kind kind;
  Bytes bytes;  // nccl-tests' size: the total for gathers, scatters and all-to-all
  DType type = DType::f32;
  Reduction reduction = Reduction::sum;
};

// Between rank 0 and rank 1 of a group.
struct Transfer {
  enum class Kind {
    ping_pong,  // there and back: latency
    one_way,    // a window of messages from 0 to 1
    two_way     // the same in both directions at once
  };
  Kind kind;
  Bytes bytes;  // of one message
};

// Multiply-adds on registers alone, by the widest instruction that this processor has for the type.
struct PeakRate {
  DType type = DType::f32;
};

// Instructions of one cycle each, every one waiting for the one before: time per cycle.
struct ClockChain {};

using Operation = std::variant<Gemm, MemoryPass, Collective, Transfer, PeakRate, ClockChain>;

// The ranks that take part, seen from one of them.
struct Group {
  int rank = 0;
  int size = 1;
};

// What one iteration costs one rank, however fast it is done. docs/methodology.md has the formulas.
struct Work {
  Flops flop;
  Bytes memory;   // read and written by the program; what caches add is not counted
  Bytes payload;  // what the caller asked to move: "algorithm" bytes
  Bytes link;     // what must cross the rank's link: "bus" bytes; zero where n = 1 has none
  Cycles cycles;
};

Work work(const Operation& operation, const Group& group);

// How many iterations one enqueued call of a Prepared does: the messages of a window, the two ways
// of a ping-pong. Times are divided by it.
int iterations_per_call(const Operation& operation);

// Operations of one PeakRate call, shared among the rank's threads, and steps of one ClockChain.
// The first is a multiple of 24 registers times every width in use, 16 ms at 200 GFLOP/s.
inline constexpr std::int64_t peak_rate_operations = std::int64_t{3} << 30;
inline constexpr std::int64_t clock_chain_steps = 1 << 17;

struct Operand {
  DType type;
  std::size_t count = 0;
  Bytes bytes() const { return {static_cast<double>(count * size_of(type))}; }
};

// The buffers that an operation reads and writes.
struct Layout {
  std::vector<Operand> inputs;
  Operand output;
};

Layout layout(const Operation& operation, const Group& group);

// All of a layout's buffers together.
Bytes footprint(const Layout& layout);

// Of what C is: the accumulator's type for integers, the inputs' type otherwise.
DType result_type(const Gemm& gemm);

// Moves data between ranks: a Communicator's work rather than a Device's.
bool is_between_ranks(const Operation& operation);

}  // namespace shortfall
