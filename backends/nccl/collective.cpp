// The function of NCCL behind each kind of collective, and sends and receives where it has none.
#include "backends/nccl/calls.hpp"
#include "core/operation/blocks.hpp"

namespace shortfall::nccl {
namespace {

using Kind = Collective::Kind;

constexpr int root = 0;

struct Blocks {
  std::byte* from;
  std::byte* to;
  std::size_t count;  // elements of a block, or of the whole where there are no blocks
  std::size_t bytes;  // of those
  ncclDataType_t type;
};

ncclRedOp_t operation_of(Collective::Reduction reduction) {
  switch (reduction) {
    case Collective::Reduction::sum:
      return ncclSum;
    case Collective::Reduction::max:
      return ncclMax;
    case Collective::Reduction::prod:
      return ncclProd;
    case Collective::Reduction::avg:
      return ncclAvg;
    case Collective::Reduction::min:
      break;
  }
  return ncclMin;
}

// In place, what NCCL takes as such: the own block of the larger buffer is the smaller one.
Blocks blocks_of(const Collective& c, Operands& on, const NcclRanks& ranks) {
  const std::size_t elements = elements_in(c.bytes.value, c.type);
  const std::size_t count =
      elements / static_cast<std::size_t>(has_blocks(c.kind) ? ranks.size() : 1);
  const std::size_t bytes = bytes_of(c.type, count);
  auto* const to = static_cast<std::byte*>(on.output->address());
  // What is only moved may be of a type that NCCL does not know.
  Blocks blocks{to, to, count, bytes, type_of(c.type).value_or(ncclUint8)};
  if (!type_of(c.type)) blocks.count = bytes;
  if (!c.in_place) {
    blocks.from = static_cast<std::byte*>(on.inputs[0]->address());
    return blocks;
  }
  std::byte* const own = to + static_cast<std::size_t>(ranks.rank()) * bytes;
  if (c.kind == Kind::all_gather) blocks.from = own;
  if (c.kind == Kind::reduce_scatter) blocks.to = own;
  return blocks;
}

Enqueue native(const Collective& c, const Blocks& b, const NcclRanks& ranks) {
  const auto op = operation_of(c.reduction);
  const auto& lib = ranks.library();
  auto* const comm = ranks.handle();
  const auto [from, to, count, bytes, type] = b;
  switch (c.kind) {
    case Kind::all_reduce:
      return [=, f = lib.all_reduce](cudaStream_t on) {
        return f(from, to, count, type, op, comm, on);
      };
    case Kind::reduce:
      return [=, f = lib.reduce](cudaStream_t on) {
        return f(from, to, count, type, op, root, comm, on);
      };
    case Kind::reduce_scatter:
      return [=, f = lib.reduce_scatter](cudaStream_t on) {
        return f(from, to, count, type, op, comm, on);
      };
    case Kind::all_gather:
      return
          [=, f = lib.all_gather](cudaStream_t on) { return f(from, to, count, type, comm, on); };
    case Kind::broadcast:
      return [=, f = lib.broadcast](cudaStream_t on) {
        return f(from, to, count, type, root, comm, on);
      };
    case Kind::all_to_all:
      return
          [=, f = lib.all_to_all](cudaStream_t on) { return f(from, to, count, type, comm, on); };
    case Kind::gather:
      return
          [=, f = lib.gather](cudaStream_t on) { return f(from, to, count, type, root, comm, on); };
    case Kind::scatter:
      return [=, f = lib.scatter](cudaStream_t on) {
        return f(from, to, count, type, root, comm, on);
      };
    default:
      return {};
  }
}

// As NCCL tells profilers. What it does by sends and receives it does not tell: all_to_all, gather
// and scatter.
std::string function_of(Kind kind) {
  switch (kind) {
    case Kind::all_reduce:
      return "AllReduce";
    case Kind::reduce:
      return "Reduce";
    case Kind::reduce_scatter:
      return "ReduceScatter";
    case Kind::all_gather:
      return "AllGather";
    case Kind::broadcast:
      return "Broadcast";
    default:
      return {};
  }
}

bool is_native(Kind kind, const Library& library) {
  switch (kind) {
    case Kind::all_to_all:
      return library.all_to_all != nullptr;
    case Kind::gather:
      return library.gather != nullptr;
    case Kind::scatter:
      return library.scatter != nullptr;
    default:
      return kind != Kind::all_to_allv && kind != Kind::ring && kind != Kind::neighbors;
  }
}

// A block to or from each rank, all of equal size.
std::vector<Message> with_each(std::byte* first, std::size_t bytes, int ranks) {
  std::vector<Message> all;
  for (int peer = 0; peer < ranks; ++peer) {
    all.push_back({first + static_cast<std::size_t>(peer) * bytes, bytes, peer});
  }
  return all;
}

Enqueue with_shares(const Collective& c, const Blocks& b, const NcclRanks& ranks) {
  const auto counts = shares(c, ranks.size());
  std::vector<Message> sends;
  std::byte* next = b.from;
  for (int peer = 0; peer < ranks.size(); ++peer) {
    const std::size_t bytes = bytes_of(c.type, counts[static_cast<std::size_t>(peer)]);
    if (bytes > 0) sends.push_back({next, bytes, peer});
    next += bytes;
  }
  const std::size_t mine = bytes_of(c.type, counts[static_cast<std::size_t>(ranks.rank())]);
  return group_of(ranks, std::move(sends),
                  mine > 0 ? with_each(b.to, mine, ranks.size()) : std::vector<Message>{});
}

Enqueue grouped(const Collective& c, const Blocks& b, const NcclRanks& ranks) {
  const int n = ranks.size(), next = (ranks.rank() + 1) % n, previous = (ranks.rank() + n - 1) % n;
  const bool is_root = ranks.rank() == root;
  switch (c.kind) {
    case Kind::all_to_all:
      return group_of(ranks, with_each(b.from, b.bytes, n), with_each(b.to, b.bytes, n));
    case Kind::gather:
      return group_of(ranks, {{b.from, b.bytes, root}},
                      is_root ? with_each(b.to, b.bytes, n) : std::vector<Message>{});
    case Kind::scatter:
      return group_of(ranks, is_root ? with_each(b.from, b.bytes, n) : std::vector<Message>{},
                      {{b.to, b.bytes, root}});
    case Kind::all_to_allv:
      return with_shares(c, b, ranks);
    case Kind::ring:
      return group_of(ranks, {{b.from, b.bytes, next}}, {{b.to, b.bytes, previous}});
    default:  // neighbors; of two ranks both are the same one, and messages keep their order
      return group_of(ranks, {{b.from, b.bytes, next}, {b.from, b.bytes, previous}},
                      {{b.to, b.bytes, previous}, {b.to + b.bytes, b.bytes, next}});
  }
}

bool is_before_hopper() {
  int device = 0, major = 0;
  cudaGetDevice(&device);
  cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device);
  return major < 9;
}

}  // namespace

std::string why_not(const Collective& c, const Library& lib) {
  const bool moves_blocks_both_ways = c.kind == Kind::all_to_all || c.kind == Kind::all_to_allv;
  if (c.in_place && moves_blocks_both_ways) return "NCCL exchanges no blocks in place";
  if (c.start == Collective::Start::nonblocking || c.start == Collective::Start::overlapped) {
    return "NCCL's calls never block: start=blocking is in the order of a stream, and the "
           "benchmark 'gemm_beside_exchange' computes beside them";
  }
  if (is_reduction(c) && !type_of(c.type)) {
    return "NCCL has no reduction of type " + std::string(name_of(c.type));
  }
  const bool is_f8 = c.type == DType::f8_e4m3 || c.type == DType::f8_e5m2;
  if (is_reduction(c) && is_f8 && is_before_hopper()) {
    return "NCCL adds up 8-bit floating point on GPUs from Hopper on";
  }
  const bool is_known = c.buffers == Collective::Buffers::symmetric ? lib.register_window != nullptr
                        : c.buffers == Collective::Buffers::registered
                            ? lib.register_buffer != nullptr
                            : true;
  if (!is_known) return lib.name() + " has no such buffers";
  const bool is_own = is_native(c.kind, lib) && !c.is_grouped;
  if (!is_own && c.in_place) return "sends and receives do not work in place";
  return {};
}

namespace {

NcclCall::Registrations registrations(const Collective& c, Operands& on,
                                      const std::shared_ptr<NcclRanks>& ranks) {
  NcclCall::Registrations all;
  if (c.buffers == Collective::Buffers::plain) return all;
  const bool is_symmetric = c.buffers == Collective::Buffers::symmetric;
  for (const auto& input : on.inputs) all.push_back(register_buffer(ranks, *input, is_symmetric));
  all.push_back(register_buffer(ranks, *on.output, is_symmetric));
  return all;
}

}  // namespace

Preparation prepare_collective(const Collective& c, Operands& on,
                               const std::shared_ptr<NcclRanks>& ranks) {
  const Blocks blocks = blocks_of(c, on, *ranks);
  const bool is_own = is_native(c.kind, ranks->library()) && !c.is_grouped;
  NcclCall::Registrations known;
  try {
    known = registrations(c, on, ranks);
  } catch (const NoWindow&) {
    return Unsupported{"NCCL makes no symmetric windows for these ranks"};
  }
  auto call =
      std::make_unique<NcclCall>(ranks, std::string(name_of(c.kind)),
                                 is_own ? native(c, blocks, *ranks) : grouped(c, blocks, *ranks),
                                 Details{{"via", is_own ? "native" : "grouped sends and receives"}},
                                 is_own ? function_of(c.kind) : "", std::move(known));
  if (c.in_place && c.kind == Kind::reduce_scatter) {
    call->collect_by_copy(static_cast<std::byte*>(on.output->address()), blocks.to, blocks.bytes);
  }
  return call;
}

}  // namespace shortfall::nccl
