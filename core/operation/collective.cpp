#include "core/operation/collective.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "core/zipf.hpp"

namespace shortfall {
namespace {

using Kind = Collective::Kind;

constexpr std::array<std::string_view, 12> names{
    "all_reduce",        "all_gather", "reduce_scatter", "all_to_all", "all_to_allv",
    "broadcast",         "reduce",     "gather",         "scatter",    "send_recv_ring",
    "neighbor_exchange", "barrier"};

// Bus bytes per byte of `Collective::bytes`, for n ranks: the only copy of this table.
double link_factor(Kind kind, double n) {
  switch (kind) {
    case Kind::all_reduce:
      return 2 * (n - 1) / n;  // reduce-scatter, then all-gather
    case Kind::all_gather:
    case Kind::reduce_scatter:
    case Kind::all_to_all:
    case Kind::all_to_allv:
    case Kind::gather:
    case Kind::scatter:
      return (n - 1) / n;  // each rank keeps its own share
    case Kind::broadcast:
    case Kind::reduce:
    case Kind::ring:
      return n > 1 ? 1 : 0;  // passed on from rank to rank
    case Kind::neighbors:
      return n > 1 ? 2 : 0;  // to both sides
    case Kind::barrier:
      return 0;
  }
  return 0;
}

// Of the busiest rank: what it sends to others, or what it receives from them.
double busiest_share(const std::vector<std::size_t>& shares) {
  const double all = std::accumulate(shares.begin(), shares.end(), 0.0);
  const double others = static_cast<double>(shares.size()) - 1;
  const auto [least, most] = std::ranges::minmax(shares);
  return std::max(all - static_cast<double>(least), others * static_cast<double>(most)) /
         std::max(all, 1.0);
}

// Whole blocks of whole elements, so that 1 KiB can be shared among 3 ranks.
std::size_t in_blocks(std::size_t count, std::size_t ranks) { return count / ranks * ranks; }

Layout out_of_place(const Collective& c, const Group& group) {
  const auto ranks = static_cast<std::size_t>(group.size);
  const std::size_t count = elements_in(c.bytes.value, c.type);
  const std::size_t whole_blocks = in_blocks(count, ranks), block = count / ranks;
  const auto buffers = [&](std::size_t in, std::size_t out) {
    return Layout{{{c.type, in}}, {c.type, out}};
  };
  const bool is_root = group.rank == 0;
  switch (c.kind) {
    case Kind::all_reduce:
    case Kind::broadcast:
    case Kind::reduce:
    case Kind::ring:
      return buffers(count, count);
    case Kind::all_gather:
      return buffers(block, whole_blocks);
    case Kind::reduce_scatter:
      return buffers(whole_blocks, block);
    case Kind::all_to_all:
      return buffers(whole_blocks, whole_blocks);
    case Kind::all_to_allv: {
      const auto sizes = shares(c, group.size);
      return buffers(std::accumulate(sizes.begin(), sizes.end(), std::size_t{0}),
                     ranks * sizes[static_cast<std::size_t>(group.rank)]);
    }
    case Kind::gather:
      return buffers(block, is_root ? whole_blocks : block);
    case Kind::scatter:
      return buffers(is_root ? whole_blocks : block, block);
    case Kind::neighbors:
      return buffers(count, 2 * count);
    case Kind::barrier:
      break;
  }
  return {{}, {c.type, 0}};
}

}  // namespace

Layout layout_of(const Collective& c, const Group& group) {
  Layout buffers = out_of_place(c, group);
  if (!c.in_place || buffers.inputs.empty()) return buffers;
  buffers.output.count = std::max(buffers.output.count, buffers.inputs[0].count);
  buffers.inputs.clear();
  return buffers;
}

Work work_of(const Collective& c, const Group& group) {
  if (c.kind == Kind::barrier) return {};
  const auto ranks = static_cast<std::size_t>(group.size);
  const std::size_t count = elements_in(c.bytes.value, c.type);
  const bool is_shared = link_factor(c.kind, 2) < 1;  // every rank has a block of its own
  Bytes payload{
      static_cast<double>((is_shared ? in_blocks(count, ranks) : count) * size_of(c.type))};
  if (c.kind == Kind::neighbors) {
    return {.payload = payload * 2, .link = payload * link_factor(c.kind, group.size)};
  }
  const double factor = c.kind == Kind::all_to_allv ? busiest_share(shares(c, group.size))
                                                    : link_factor(c.kind, group.size);
  return {.payload = payload, .link = payload * factor};
}

std::string_view name_of(Kind kind) { return names[static_cast<std::size_t>(kind)]; }

std::optional<Kind> collective_kind_named(std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Kind>(found - names.begin());
}

bool is_reduction(const Collective& c) {
  return c.kind == Kind::all_reduce || c.kind == Kind::reduce_scatter || c.kind == Kind::reduce;
}

bool consumes_input(const Collective& c) {
  return c.in_place && (is_reduction(c) || c.kind == Kind::all_to_all);
}

std::vector<std::size_t> shares(const Collective& c, int ranks) {
  const auto size = static_cast<std::size_t>(ranks);
  const std::size_t count = in_blocks(elements_in(c.bytes.value, c.type), size);
  return dealt_by_zipf(count, size, c.skew);
}

}  // namespace shortfall
