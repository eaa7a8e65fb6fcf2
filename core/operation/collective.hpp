// Collectives: what all ranks of a group do together.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/operation/reduction_kind.hpp"
#include "core/operation/work.hpp"

namespace shortfall {

struct Collective {
  enum class Kind {
    all_reduce,
    all_gather,
    reduce_scatter,
    all_to_all,
    all_to_allv,  // blocks of different sizes: see skew
    broadcast,
    reduce,
    gather,
    scatter,
    ring,       // each rank sends to the next one
    neighbors,  // each rank sends to the next and to the one before, as halos are exchanged
    barrier
  };
  using Reduction = ReductionKind;
  enum class Start {
    blocking,     // or in the order of a stream
    nonblocking,  // posted, then waited for
    overlapped,   // posted, then as much arithmetic as it takes alone, then waited for
    graph         // captured once, launched as a whole
  };
  enum class Buffers {
    plain,
    registered,  // made known to the library beforehand
    symmetric    // the same window of memory on all ranks, as the library allocates it
  };

  Kind kind;
  Bytes bytes;  // nccl-tests' size: the total for gathers, scatters and all-to-all
  DType type = DType::f32;
  Reduction reduction = Reduction::sum;
  bool in_place = false;  // input and output share one buffer
  Start start = Start::blocking;
  double skew = 0;  // of all_to_allv: exponent of the Zipf distribution of blocks; 0 is balanced
  bool is_cold = false;  // no call finds its buffers in a cache
  Buffers buffers = Buffers::plain;
  bool is_grouped = false;  // by sends and receives of each pair, which the library does together
  int channels = 0;         // that the library may use at most; 0: as many as it likes
  friend bool operator==(const Collective&, const Collective&) = default;
};

// Rank 0 of the group is where a broadcast or scatter begins and a reduce or gather ends.
Layout layout_of(const Collective& collective, const Group& group);
Work work_of(const Collective& collective, const Group& group);

// As the benchmark is called, "all_reduce"; and back.
std::string_view name_of(Collective::Kind kind);
std::optional<Collective::Kind> collective_kind_named(std::string_view name);

bool is_reduction(const Collective& collective);

// Whether a call overwrites what the next one would need as input, so that it must be filled anew.
bool consumes_input(const Collective& collective);

// Elements that each rank sends to every rank of an all_to_allv, by receiving rank. All ranks send
// alike, as routers of a mixture of experts do: some experts are asked by everybody.
std::vector<std::size_t> shares(const Collective& collective, int ranks);

}  // namespace shortfall
