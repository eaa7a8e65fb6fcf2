// Which numbers go into the buffers of an operation, and which must come out.
#include <algorithm>
#include <bit>
#include <cmath>

#include "core/overloaded.hpp"
#include "core/pattern.hpp"

namespace shortfall {
namespace {

constexpr int most_contributors = 64;  // of one element: keeps checks cheap on many ranks

int contributors_of(const Operation& operation, const Group& group) {
  const auto* const c = std::get_if<Collective>(&operation);
  return c && is_reduction(*c) ? group.size : 1;
}

// Numbers that a result is the sum of; a multiple counts as several.
std::int64_t terms_of(const MemoryPass& pass, const Layout& buffers) {
  constexpr std::int64_t most_of_an_element = 4;  // of a triad, and of a mix
  static_assert(MemoryPass::most_reads <= most_of_an_element);
  return is_sum(pass.kind) ? static_cast<std::int64_t>(buffers.inputs[0].count)
                           : most_of_an_element;
}

// The kind of a reduction; nothing if it is none.
std::optional<Collective::Reduction> reduction_of(const Operation& operation) {
  const auto* const c = std::get_if<Collective>(&operation);
  return c && is_reduction(*c) ? std::optional(c->reduction) : std::nullopt;
}

// A product of as many twos is a power that the type holds, and so is that of some of them.
Range range_of_factors(std::int64_t exact, int ranks) {
  constexpr int most = 30;  // in 32 bits
  const int twos =
      std::min(most, static_cast<int>(std::bit_width(static_cast<std::uint64_t>(exact))) - 1);
  return {.bits = 1, .one_in = (ranks + twos - 1) / twos, .is_of_factors = true};
}

std::int64_t root_below(std::int64_t square) {
  return static_cast<std::int64_t>(std::sqrt(static_cast<double>(square)));
}

// What must stand at the start of the output, and in how many elements.
struct Want {
  Shape shape;
  std::size_t count;
};
using MaybeWant = std::optional<Want>;

MaybeWant want_of(const Gemm& g, const Group&, const Layout& buffers) {
  return Want{Product{g}, buffers.output.count};
}

MaybeWant want_of(const MemoryPass& p, const Group& group, const Layout& buffers) {
  if (p.kind == MemoryPass::Kind::write)
    return Want{Constant{MemoryPass::constant}, buffers.output.count};
  return Want{Passed{p, group.rank, buffers.inputs[0].count}, buffers.output.count};
}

// How far along the cycle one call goes, wherever it began.
MaybeWant want_of(const Chase& c, const Group& group, const Layout&) {
  if (c.lines == Chase::Lines::peer && group.rank != 0) return std::nullopt;  // only lends them
  return Want{Constant{static_cast<double>(Chase::steps % lines_of(c))}, 1};
}

// What `rank` sends from element `first` on.
Shape part_of_rank(int rank, std::size_t first, std::size_t period) {
  return Own{rank, 0, std::max<std::size_t>(period, 1), first};
}

MaybeWant want_of(const Collective& c, const Group& group, const Layout&) {
  using Kind = Collective::Kind;
  // In place or not, the same numbers arrive.
  Collective apart = c;
  apart.in_place = false;
  const Layout buffers = layout_of(apart, group);
  if (buffers.inputs.empty()) return std::nullopt;
  const auto rank = static_cast<std::size_t>(group.rank),
             ranks = static_cast<std::size_t>(group.size);
  const std::size_t in = buffers.inputs[0].count, out = buffers.output.count;
  const bool is_root = group.rank == 0;
  const auto at = [&](int step) { return (group.rank + step + group.size) % group.size; };
  switch (c.kind) {
    case Kind::all_reduce:
      return Want{Reduced{c.reduction, group.size, 0}, out};
    case Kind::reduce_scatter:
      return Want{Reduced{c.reduction, group.size, rank * out}, out};
    case Kind::reduce:
      return is_root ? MaybeWant(Want{Reduced{c.reduction, group.size, 0}, out}) : std::nullopt;
    case Kind::all_gather:
      return Want{BlockFromEach{in, 0}, out};
    case Kind::gather:
      return is_root ? MaybeWant(Want{BlockFromEach{in, 0}, out}) : std::nullopt;
    case Kind::all_to_all:
      return Want{BlockFromEach{out / ranks, rank * (out / ranks)}, out};
    case Kind::all_to_allv: {
      const auto sizes = shares(c, group.size);
      std::size_t before = 0;
      for (std::size_t r = 0; r < rank; ++r) before += sizes[r];
      return Want{BlockFromEach{sizes[rank], before}, out};
    }
    case Kind::scatter:
      return Want{part_of_rank(0, rank * out, out * ranks), out};
    case Kind::broadcast:
      return is_root ? std::nullopt : MaybeWant(Want{part_of_rank(0, 0, in), out});
    case Kind::ring:
      return Want{part_of_rank(at(-1), 0, in), out};
    case Kind::neighbors:
      return Want{FromNeighbors{at(-1), at(+1), in}, out};
    case Kind::barrier:
      break;
  }
  return std::nullopt;
}

MaybeWant want_of(const Transfer& t, const Group& group, const Layout& buffers) {
  if (t.kind == Transfer::Kind::one_way && group.rank == 0) return std::nullopt;
  return Want{part_of_rank(1 - group.rank, 0, buffers.inputs[0].count), buffers.output.count};
}

// Whichever way it went.
MaybeWant want_of(const HostCopy&, const Group& group, const Layout& buffers) {
  return Want{part_of_rank(group.rank, 0, buffers.inputs[0].count), buffers.output.count};
}

MaybeWant want_of(const PeerCopy& c, const Group& group, const Layout& buffers) {
  using Shape = PeerCopy::Shape;
  const auto parts = parts_of(c, group.size);
  const auto arrives = std::ranges::find(parts, group.rank, &PeerCopyPart::to);
  if (arrives == parts.end()) return std::nullopt;
  const std::size_t block = words_of(c.bytes).count;
  if (c.shape == Shape::all_to_one) return Want{BlockFromEach{block, 0}, buffers.output.count};
  return Want{part_of_rank(arrives->from, 0, block), block};
}

// What a fetch brings is the other end's; of hubs, the last rank has a block of each other one.
MaybeWant want_of(const FabricTransfer& t, const Group& group, const Layout& buffers) {
  if (is_atomic(t.verb)) return Want{Constant{0}, 1};
  const auto flows = flows_of(t, group.size);
  const bool is_fetched = is_fetch(t.verb);
  const auto end = is_fetched ? &FabricFlow::from : &FabricFlow::to;
  const auto arrives = std::ranges::find(flows, group.rank, end);
  if (arrives == flows.end()) return std::nullopt;
  const std::size_t message = buffers.inputs[0].count;
  if (t.shape == FabricTransfer::Shape::all_to_one && !is_fetched) {
    return Want{BlockFromEach{message, 0}, buffers.output.count};
  }
  return Want{part_of_rank(is_fetched ? arrives->to : arrives->from, 0, message),
              buffers.output.count};
}
MaybeWant want_of(const Registration&, const Group&, const Layout&) { return std::nullopt; }

// How often something was done, in one number.
Want counted(std::int64_t times) { return {Constant{static_cast<double>(times)}, 1}; }

MaybeWant want_of(const Attention&, const Group&, const Layout&) { return std::nullopt; }
MaybeWant want_of(const PeakRate&, const Group&, const Layout&) { return std::nullopt; }
MaybeWant want_of(const ClockChain&, const Group&, const Layout&) {
  return counted(clock_chain_steps);
}
MaybeWant want_of(const ClockRead&, const Group&, const Layout&) { return counted(clock_reads); }
MaybeWant want_of(const ThreadWake&, const Group&, const Layout&) {
  return counted(2 * wake_round_trips);
}
MaybeWant want_of(const Launch&, const Group&, const Layout&) { return counted(launches_of_call); }
MaybeWant want_of(const NoiseProbe&, const Group&, const Layout&) {
  return counted(noise_quanta * steps_of_quantum);
}

// Where the one buffer of an in-place operation holds this rank's own numbers beforehand.
Shape own_part(const Collective& c, const Group& group, std::size_t count) {
  using Kind = Collective::Kind;
  const bool is_gather = c.kind == Kind::all_gather || c.kind == Kind::gather;
  const Own own{group.rank, 0, std::max<std::size_t>(count, 1), 0};
  if (!is_gather) return own;
  Collective apart = c;
  apart.in_place = false;
  const std::size_t block = layout_of(apart, group).inputs[0].count;
  const bool is_in_order = c.kind == Kind::all_gather;
  return Placed{own, is_in_order ? static_cast<std::size_t>(group.rank) * block : 0, block};
}

}  // namespace

Range exact_range(const Operation& operation, const Group& group) {
  constexpr std::int64_t widest = std::int64_t{1} << 23;  // sums of many stay within 32 bits
  const Layout buffers = layout(operation, group);
  // Numbers of f32 and f64 stay so small that an error of a sixteenth is not rounded away.
  const DType type = buffers.output.type;
  const bool is_wide = type == DType::f64 || type == DType::f32;
  const std::int64_t exact = traits_of(type).exact / (is_wide ? 16 : 1);
  const auto bits_below = [&](std::int64_t limit) {
    return static_cast<int>(std::bit_width(static_cast<std::uint64_t>(std::min(widest, limit)))) -
           1;
  };
  if (const auto* const pass = std::get_if<MemoryPass>(&operation)) {
    const auto largest = exact / terms_of(*pass, buffers);
    const bool is_of_products = pass->kind == MemoryPass::Kind::dot;
    return {bits_below(is_of_products ? root_below(largest) : largest), 1};
  }
  const int ranks = contributors_of(operation, group);
  const auto reduction = reduction_of(operation);
  if (reduction == Collective::Reduction::prod) {
    return range_of_factors(traits_of(type).exact, ranks);
  }
  const int multiple = reduction == Collective::Reduction::avg && is_integer(type) ? ranks : 1;
  const std::int64_t steps = std::max<std::int64_t>(exact / multiple, 1);
  const auto most_at_once = static_cast<int>(std::min<std::int64_t>(most_contributors, steps));
  const int one_in = (ranks + most_at_once - 1) / most_at_once;
  const std::int64_t limit = std::min(steps, widest / multiple) / std::min(ranks, most_at_once);
  return {
      .bits = bits_below(std::max<std::int64_t>(limit, 1)), .one_in = one_in, .multiple = multiple};
}

std::string why_not_exact(const Operation& operation, const Group& group) {
  if (reduction_of(operation) != Collective::Reduction::avg) return {};
  constexpr int smallest_part = 256;  // of 1, which f8_e4m3 still holds
  const DType type = layout(operation, group).output.type;
  const bool is_exact = is_integer(type) ? group.size <= traits_of(type).exact
                                         : std::has_single_bit(static_cast<unsigned>(group.size)) &&
                                               group.size <= smallest_part;
  if (is_exact) return {};
  return "the average of " + std::string(name_of(type)) + " over " + std::to_string(group.size) +
         " ranks is not exact, so that nobody could tell whether it is right";
}

Pattern input(const Operation& operation, const Group& group, std::size_t operand,
              const Draw& draw) {
  const Operand into = layout(operation, group).inputs.at(operand);
  const auto number = static_cast<int>(operand);
  if (const auto* const gemm = std::get_if<Gemm>(&operation)) {
    // The same on all ranks and in all batches, so that results can be compared bit for bit.
    const bool is_one = gemm->skew && operand == 0;  // its parts differ in size
    const auto matrix = into.count / (is_one ? 1 : static_cast<std::size_t>(gemm->batch));
    return {into.type, into.count, {}, {draw.seed, 0}, Drawn{number, gemm->data, matrix}};
  }
  if (std::holds_alternative<Chase>(operation)) {
    // Links are addresses, so refresh() writes them; Poison until then.
    return {into.type, into.count, {}, draw, Poison{}};
  }
  if (std::holds_alternative<MemoryPass>(operation) && into.type == DType::i32) {
    return {into.type, into.count, {}, draw, Indices{group.rank, number, into.count}};
  }
  return {into.type, into.count, exact_range(operation, group), draw,
          Own{group.rank, number, std::max<std::size_t>(into.count, 1), 0}};
}

Pattern output_before(const Operation& operation, const Group& group, const Draw& draw) {
  const Operand output = layout(operation, group).output;
  const auto* const c = std::get_if<Collective>(&operation);
  if (!c || !c->in_place) return {output.type, output.count, {}, {}, Poison{}};
  return {output.type, output.count, exact_range(operation, group), draw,
          own_part(*c, group, output.count)};
}

std::optional<Pattern> expected(const Operation& operation, const Group& group, const Draw& draw) {
  const Layout buffers = layout(operation, group);
  const auto want =
      std::visit([&](const auto& o) { return want_of(o, group, buffers); }, operation);
  if (!want || want->count == 0) return std::nullopt;
  const bool is_product = std::holds_alternative<Gemm>(operation);
  return Pattern{buffers.output.type, want->count,
                 is_product ? Range{} : exact_range(operation, group),
                 is_product ? Draw{draw.seed, 0} : draw, want->shape};
}

}  // namespace shortfall
