// What is asked of the machine, and nothing of how: the one noun that model prices, backends
// prepare and harness times. Each kind of operation stands in a file of core/operation/.
#pragma once

#include <variant>

#include "core/operation/attention.hpp"
#include "core/operation/chase.hpp"
#include "core/operation/collective.hpp"
#include "core/operation/fabric_transfer.hpp"
#include "core/operation/gemm.hpp"
#include "core/operation/host_copy.hpp"
#include "core/operation/launch.hpp"
#include "core/operation/memory_pass.hpp"
#include "core/operation/peer_copy.hpp"
#include "core/operation/probes.hpp"
#include "core/operation/registers.hpp"
#include "core/operation/transfer.hpp"

namespace shortfall {

using Operation =
    std::variant<Gemm, Attention, MemoryPass, Collective, Transfer, PeakRate, ClockChain, Chase,
                 ClockRead, ThreadWake, NoiseProbe, Launch, HostCopy, PeerCopy,
                 FabricTransfer, Registration>;

Work work(const Operation& operation, const Group& group);
Layout layout(const Operation& operation, const Group& group);

// Where its buffers are to lie.
Placement placement(const Operation& operation);

// How many iterations one enqueued call of a Prepared does: the messages of a window, the two ways
// of a ping-pong, the loads of a chase, the quanta of a noise probe. Times are divided by it.
int iterations_per_call(const Operation& operation);

// Whether no call is to find its operands in a cache.
bool is_cold(const Operation& operation);

// Whose work it is: the device's alone, or
enum class Carrier {
  device,
  communicator,  // that of collectives and messages,
  peer_memory,   // of copies between the memories of the ranks' accelerators,
  rdma,          // of verbs of network adapters,
  ucx            // of the calls of UCX.
};
Carrier carrier_of(const Operation& operation);

bool is_between_ranks(const Operation& operation);  // not of the device alone

// Prepared by all ranks together that take part, on memory that they show one another.
bool is_by_link(const Operation& operation);

// False where this rank does nothing but lend its memory: it has no time of its own.
bool takes_time(const Operation& operation, const Group& group);

// Whether a call overwrites what the next one would need as input, so that it must be filled anew.
bool consumes_input(const Operation& operation);

}  // namespace shortfall
