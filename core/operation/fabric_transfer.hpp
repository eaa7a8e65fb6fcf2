// What the network adapters of ranks do themselves, below any MPI: the verbs of libibverbs and the
// calls of UCX.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/operation/placement.hpp"
#include "core/operation/work.hpp"

namespace shortfall {

struct FabricTransfer {
  enum class Verb {
    // Of libibverbs, on a reliable connection,
    write,
    read,
    send,
    write_imm,  // a write that tells the other side of its arrival
    fetch_add,  // to 8 bytes of the other side
    compare_swap,
    ud_send,  // but this one: datagrams, of one packet each
    // of UCX.
    put,
    get,
    tag,
    am,  // active messages
    stream
  };
  enum class Shape {
    ping_pong,   // there and back: latency. What is answered by an adapter needs no way back.
    one_way,     // a window of messages from rank 0 to rank 1
    both_ways,   // and from rank 1 to rank 0, at the same time
    all_to_one,  // from every rank to the last one
    one_to_all,  // from rank 0 to every other one
    shift        // from every rank to the one that comes `distance` after it
  };
  enum class Inline { usual, never };
  enum class Completion { polling, events };

  Verb verb;
  Shape shape;
  Bytes bytes;                   // of one message; of atomics, 8
  int window = 0;                // messages of one call; 0: as many as keep a link busy
  int distance = 1;              // of a shift
  std::string nics = "nearest";  // see core/nic_words.hpp
  std::string gid = "auto";      // or an index, or an address
  int mtu = 0;                   // payload bytes of a packet; 0: the most that both ports take
  int queue_pairs = 1;           // of each two ranks; messages take turns
  int post_list = 1;             // messages posted by one call
  int signal_every = 0;          // messages of which one is told to be complete; 0: as few as go
  Bytes chunk = {};              // of longer messages; zero: the longest that the device takes
  Inline inlined = Inline::usual;
  Completion completion = Completion::polling;
  Placement placement = {};
  friend bool operator==(const FabricTransfer&, const FabricTransfer&) = default;
};

inline constexpr std::array<std::string_view, 12> verb_names{
    "write",   "read", "send", "write_imm", "fetch_add", "compare_swap",
    "ud_send", "put",  "get",  "tag",       "am",        "stream"};
constexpr std::string_view name_of(FabricTransfer::Verb verb) {
  return verb_names[static_cast<std::size_t>(verb)];
}
std::optional<FabricTransfer::Verb> verb_named(std::string_view name);

bool is_of_ucx(FabricTransfer::Verb verb);
bool is_atomic(FabricTransfer::Verb verb);
// The initiator's adapter fetches: what arrives does so where the call was made.
bool is_fetch(FabricTransfer::Verb verb);
// The other rank's program has no part in it.
bool is_one_sided(FabricTransfer::Verb verb);

// Who makes the calls, and whom they reach. A rank alone reaches itself.
struct FabricFlow {
  int from, to;
  friend bool operator==(const FabricFlow&, const FabricFlow&) = default;
};
std::vector<FabricFlow> flows_of(const FabricTransfer& transfer, int ranks);

// Whether this rank begins messages, rather than only lend its memory, take and answer.
bool makes_calls(const FabricTransfer& transfer, const Group& group);

// Messages of one call in each flow: those of a window, or the ways of a ping-pong that a program
// goes: two, or one where an adapter answers.
int messages_of(const FabricTransfer& transfer);

// Where each message of a window arrives in a place of its own; in hubs, all of a flow in the same.
bool has_slots(const FabricTransfer& transfer);

// A message; room for those that arrive. Of atomics, one number that must be 0 afterwards: what the
// counters and the old values are off by.
Layout layout_of(const FabricTransfer& transfer, const Group& group);

// Of a rank that makes calls, for one message in each of its flows. Both ways, its link carries
// what it sends and what it is sent.
Work work_of(const FabricTransfer& transfer, const Group& group);

// Memory made known to the adapter and withdrawn again, as each new buffer costs.
struct Registration {
  Bytes bytes;
  std::string nics = "nearest";
  Placement placement = {};
  friend bool operator==(const Registration&, const Registration&) = default;
};

Layout layout_of(const Registration& registration, const Group& group);
Work work_of(const Registration& registration, const Group& group);

}  // namespace shortfall
