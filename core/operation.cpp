#include "core/operation.hpp"

#include <algorithm>
#include <cmath>

#include "core/overloaded.hpp"

namespace shortfall {
namespace {

// Bus bytes per byte of `Collective::bytes`, for n ranks: the only copy of this table.
double link_factor(Collective::Kind kind, double n) {
  switch (kind) {
    case Collective::Kind::all_reduce:
      return 2 * (n - 1) / n;  // reduce-scatter, then all-gather
    case Collective::Kind::all_to_all:
      return (n - 1) / n;  // each rank keeps its own share
    case Collective::Kind::barrier:
      return 0;
  }
  return 0;
}

std::size_t elements(double bytes, DType type) {
  return static_cast<std::size_t>(bytes / static_cast<double>(size_of(type)));
}

Layout layout_of(const Gemm& g, const Group&) {
  const auto matrix = [](std::int64_t rows, std::int64_t columns, DType type) {
    return Operand{type, static_cast<std::size_t>(rows * columns)};
  };
  const DType left = g.type == DType::int8 ? DType::u8 : g.type;
  return {{matrix(g.m, g.k, left), matrix(g.k, g.n, g.type)}, matrix(g.m, g.n, result_type(g))};
}

int arrays_of(const MemoryPass& pass) {
  switch (pass.kind) {
    case MemoryPass::Kind::read:
      return 1;
    case MemoryPass::Kind::copy:
      return 2;
    case MemoryPass::Kind::triad:
      return 3;
  }
  return 0;
}

Layout layout_of(const MemoryPass& p, const Group&) {
  constexpr std::size_t line = 8;  // f64 in a cache line: arrays hold whole lines, at least one
  const std::size_t each = elements(p.bytes.value / arrays_of(p), DType::f64);
  const Operand array{DType::f64, std::max(each / line, std::size_t{1}) * line};
  switch (p.kind) {
    case MemoryPass::Kind::read:
      return {{array}, {DType::f64, 1}};
    case MemoryPass::Kind::copy:
      return {{array}, array};
    case MemoryPass::Kind::triad:
      return {{array, array}, array};
  }
  return {};
}

// Whole blocks of whole elements, so that 1 KiB can be shared among 3 ranks.
Layout layout_of(const Collective& c, const Group& group) {
  const auto ranks = static_cast<std::size_t>(group.size);
  const std::size_t count = elements(c.bytes.value, c.type);
  switch (c.kind) {
    case Collective::Kind::all_reduce:
      return {{{c.type, count}}, {c.type, count}};
    case Collective::Kind::all_to_all:
      return {{{c.type, count / ranks * ranks}}, {c.type, count / ranks * ranks}};
    case Collective::Kind::barrier:
      return {{}, {c.type, 0}};
  }
  return {};
}

Layout layout_of(const Transfer& t, const Group&) {
  // Of words where they fit: a quarter of the elements to draw and compare.
  const DType type = whole(t.bytes) % size_of(DType::i32) == 0 ? DType::i32 : DType::u8;
  const std::size_t count = whole(t.bytes) / size_of(type);
  const auto arrivals = t.kind == Transfer::Kind::ping_pong ? 1 : iterations_per_call(t);
  return {{{type, count}}, {type, count * static_cast<std::size_t>(arrivals)}};
}

Layout layout_of(const PeakRate&, const Group&) { return {{}, {DType::f64, 1}}; }
Layout layout_of(const ClockChain&, const Group&) { return {{}, {DType::f64, 1}}; }

Work work_of(const Gemm& g, const Group& group) {
  const double product =
      static_cast<double>(g.m) * static_cast<double>(g.n) * static_cast<double>(g.k);
  return {.flop = {2 * product},
          .memory = footprint(layout_of(g, group)),
          .payload = {},
          .link = {},
          .cycles = {}};
}

Work work_of(const MemoryPass& p, const Group& group) {
  const Layout arrays = layout_of(p, group);
  const double flop_each = p.kind == MemoryPass::Kind::triad  ? 2
                           : p.kind == MemoryPass::Kind::read ? 1
                                                              : 0;
  const Bytes moved = arrays.inputs[0].bytes() * arrays_of(p);
  return {.flop = {flop_each * static_cast<double>(arrays.inputs[0].count)},
          .memory = moved,
          .payload = {},
          .link = {},
          .cycles = {}};
}

Work work_of(const Collective& c, const Group& group) {
  const Bytes payload = layout_of(c, group).output.bytes();
  return {.flop = {},
          .memory = {},
          .payload = payload,
          .link = payload * link_factor(c.kind, group.size),
          .cycles = {}};
}

Work work_of(const Transfer& t, const Group&) {
  const Bytes both = t.bytes * (t.kind == Transfer::Kind::two_way ? 2 : 1);
  return {.flop = {}, .memory = {}, .payload = both, .link = both, .cycles = {}};
}

Work work_of(const PeakRate&, const Group&) {
  return {.flop = {static_cast<double>(peak_rate_operations)},
          .memory = {},
          .payload = {},
          .link = {},
          .cycles = {}};
}

Work work_of(const ClockChain&, const Group&) {
  return {.flop = {},
          .memory = {},
          .payload = {},
          .link = {},
          .cycles = {static_cast<double>(clock_chain_steps)}};
}

}  // namespace

Layout layout(const Operation& operation, const Group& group) {
  return std::visit([&](const auto& o) { return layout_of(o, group); }, operation);
}

Work work(const Operation& operation, const Group& group) {
  return std::visit([&](const auto& o) { return work_of(o, group); }, operation);
}

int iterations_per_call(const Operation& operation) {
  const auto* const t = std::get_if<Transfer>(&operation);
  if (!t) return 1;
  if (t->kind == Transfer::Kind::ping_pong) return 2;
  // As many as keep a link busy, as few as keep a large window within a few messages' memory.
  constexpr double in_flight = 16.0 * (1 << 20);
  return static_cast<int>(std::clamp(in_flight / std::max(t->bytes.value, 1.0), 4.0, 64.0));
}

Bytes footprint(const Layout& layout) {
  Bytes sum = layout.output.bytes();
  for (const Operand& operand : layout.inputs) sum = sum + operand.bytes();
  return sum;
}

DType result_type(const Gemm& gemm) { return gemm.type == DType::int8 ? DType::i32 : gemm.type; }

bool is_between_ranks(const Operation& operation) {
  return std::holds_alternative<Collective>(operation) ||
         std::holds_alternative<Transfer>(operation);
}

}  // namespace shortfall
