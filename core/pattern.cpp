#include "core/pattern.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <limits>

#include "core/draw.hpp"
#include "core/error.hpp"
#include "core/freivalds.hpp"
#include "core/overloaded.hpp"

namespace shortfall {
namespace {

// Elements are made in blocks: those of a block share their contributing ranks, and its loop can be
// vectorised.
constexpr std::size_t block_size = 64;
constexpr int most_contributors = 64;  // of one element: keeps checks cheap on many ranks

template <class T>
using Block = std::span<T>;  // at most block_size elements, within one aligned block
using Numbers = std::array<std::int32_t, block_size>;

// The first of the ranks that contribute to elements of a block; the others follow every one_in.
int first_contributor(std::size_t index, const Pattern& p) {
  if (p.range.one_in == 1) return 0;
  const std::uint64_t hash = mix64(index / block_size ^ mix64(p.draw.batch ^ p.draw.seed));
  return static_cast<int>(hash % static_cast<std::uint64_t>(p.range.one_in));
}

// `to` becomes what `rank` draws for the elements from `first` on.
template <class T>
void draw_numbers(std::span<std::int32_t> to, int rank, int operand, std::size_t first,
                  const Pattern& p) {
  const draw::Key key = draw::key_of(rank, operand, p.draw);
  const int width = std::max(p.range.bits + (std::is_unsigned_v<T> ? 0 : 1), 1);
  draw::each_bits(first, to.size(), key, [&](std::size_t i, std::uint32_t random) {
    to[i] = std::is_unsigned_v<T> ? draw::unsigned_number(random, width)
                                  : draw::signed_number(random, width);
  });
}

template <class T>
void store(Block<T> out, std::span<const std::int32_t> numbers) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = draw::from_number<T>(numbers[i]);
}

template <class T>
void fill(Block<T> out, std::size_t first, const Pattern& p, const Own& own) {
  const std::size_t at = first % own.period;
  const std::size_t run = std::min(out.size(), own.period - at);
  Numbers numbers{};
  if (own.rank % p.range.one_in == first_contributor(at, p)) {
    draw_numbers<T>(std::span(numbers).first(run), own.rank, own.operand, at, p);
  }
  store<T>(out.first(run), numbers);
  if (run < out.size()) fill<T>(out.subspan(run), first + run, p, own);
}

template <class T>
void fill(Block<T> out, std::size_t first, const Pattern& p, const Reduced& reduced) {
  const bool is_sum = reduced.reduction == Collective::Reduction::sum;
  const std::size_t at = reduced.first + first;
  Numbers result{}, term{};
  // Ranks that do not contribute hold zeros, which a maximum must see, too.
  if (!is_sum && p.range.one_in == 1) result.fill(std::numeric_limits<std::int32_t>::min());
  for (int rank = first_contributor(at, p); rank < reduced.ranks; rank += p.range.one_in) {
    draw_numbers<T>(std::span(term).first(out.size()), rank, 0, at, p);
    for (std::size_t i = 0; i < block_size; ++i) {
      result[i] = is_sum ? result[i] + term[i] : std::max(result[i], term[i]);
    }
  }
  store<T>(out, result);
}

template <class T>
void fill(Block<T> out, std::size_t first, const Pattern& p, const BlockFromEach& b) {
  Numbers numbers{};
  for (std::size_t done = 0; done < out.size();) {
    const std::size_t rank = (first + done) / b.block;
    const std::size_t within = (first + done) % b.block;
    const std::size_t run = std::min(out.size() - done, b.block - within);
    draw_numbers<T>(std::span(numbers).subspan(done, run), static_cast<int>(rank), 0,
                    b.first + within, p);
    done += run;
  }
  store<T>(out, numbers);
}

double sum_of_array(const Pattern& p, const Passed& passed) {
  double sum = 0;
  Numbers numbers{};
  for (std::size_t first = 0; first < passed.count; first += block_size) {
    const auto block = std::span(numbers).first(std::min(block_size, passed.count - first));
    draw_numbers<double>(block, passed.rank, 0, first, p);
    for (const std::int32_t number : block) sum += number;
  }
  return sum;
}

template <class T>
void fill(Block<T> out, std::size_t first, const Pattern& p, const Passed& passed) {
  if (passed.kind == MemoryPass::Kind::read) {
    out[0] = draw::from_number<T>(sum_of_array(p, passed));
    return;
  }
  Numbers value{}, term{};
  draw_numbers<T>(std::span(value).first(out.size()), passed.rank, 0, first, p);
  if (passed.kind == MemoryPass::Kind::triad) {
    constexpr auto scale = static_cast<std::int32_t>(MemoryPass::scale);
    draw_numbers<T>(std::span(term).first(out.size()), passed.rank, 1, first, p);
    for (std::size_t i = 0; i < block_size; ++i) value[i] += scale * term[i];
  }
  store<T>(out, value);
}

template <class T>
void fill(Block<T> out, std::size_t first, const Pattern& p, const Normal& normal) {
  const auto quantiles = draw::normal_quantiles();
  const draw::Key key = draw::key_of(0, normal.operand, p.draw);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = draw::normal<T>(draw::bits(first + i, key), quantiles);
  }
}

template <class T>
void fill(Block<T> out, std::size_t, const Pattern&, const Poison&) {
  if constexpr (std::is_integral_v<T>) {
    std::memset(out.data(), 0x7f, out.size_bytes());
  } else {
    std::ranges::fill(out, draw::from_number<T>(std::numeric_limits<double>::quiet_NaN()));
  }
}

template <class T>
void fill(Block<T>, std::size_t, const Pattern&, const Product&) {
  throw Error("write a pattern", "a product cannot be written, only checked");
}

template <class T>
std::optional<Mismatch> compare_block(std::span<const T> found, std::span<const T> want,
                                      std::size_t first) {
  if (std::memcmp(found.data(), want.data(), found.size_bytes()) == 0) return std::nullopt;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const double got = draw::to_number(found[i]);
    const double should = draw::to_number(want[i]);
    if (!(got == should)) return Mismatch{first + i, got, should};  // NaN is never equal
  }
  return std::nullopt;  // -0 for 0
}

// Blocks of one pattern in order: function(first element, elements in the block).
template <class Function>
void each_block(std::size_t count, Function function) {
  for (std::size_t first = 0; first < count; first += block_size) {
    if (!function(first, std::min(block_size, count - first))) return;
  }
}

std::optional<Mismatch> compare_exactly(std::span<const std::byte> data, const Pattern& p) {
  return draw::with_type(p.type, [&]<class T>(T) {
    const std::span<const T> found = draw::elements<T>(data);
    std::optional<Mismatch> wrong;
    std::array<T, block_size> want{};
    each_block(p.count, [&](std::size_t first, std::size_t count) {
      const std::span<T> block = std::span(want).first(count);
      std::visit([&](const auto& shape) { fill<T>(block, first, p, shape); }, p.shape);
      wrong = compare_block<T>(found.subspan(first, count), block, first);
      return !wrong;
    });
    return wrong;
  });
}

int contributors_of(const Operation& operation, const Group& group) {
  const auto* const c = std::get_if<Collective>(&operation);
  return c && c->kind == Collective::Kind::all_reduce ? group.size : 1;
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
    const auto terms = pass->kind == MemoryPass::Kind::read ? buffers.inputs[0].count : 4;
    return {bits_below(exact / static_cast<std::int64_t>(terms)), 1};
  }
  const int ranks = contributors_of(operation, group);
  const auto most_at_once = static_cast<int>(std::min<std::int64_t>(most_contributors, exact));
  const int one_in = (ranks + most_at_once - 1) / most_at_once;
  return {bits_below(exact / std::min(ranks, most_at_once)), one_in};
}

Pattern input(const Operation& operation, const Group& group, std::size_t operand,
              const Draw& draw) {
  const Operand into = layout(operation, group).inputs.at(operand);
  const auto number = static_cast<int>(operand);
  if (std::holds_alternative<Gemm>(operation)) {
    // The same on all ranks and in all batches, so that results can be compared bit for bit.
    return {into.type, into.count, {}, {draw.seed, 0}, Normal{number}};
  }
  return {into.type, into.count, exact_range(operation, group), draw,
          Own{group.rank, number, std::max<std::size_t>(into.count, 1)}};
}

Pattern poison(const Operation& operation, const Group& group) {
  const Operand output = layout(operation, group).output;
  return {output.type, output.count, {}, {}, Poison{}};
}

std::optional<Pattern> expected(const Operation& operation, const Group& group, const Draw& draw) {
  const Layout buffers = layout(operation, group);
  const auto ranks = static_cast<std::size_t>(group.size);
  const auto shape = std::visit(
      Overloaded{[&](const Gemm& g) -> std::optional<Shape> { return Product{g}; },
                 [&](const MemoryPass& p) -> std::optional<Shape> {
                   return Passed{p.kind, group.rank, buffers.inputs[0].count};
                 },
                 [&](const Collective& c) -> std::optional<Shape> {
                   const std::size_t block = buffers.output.count / ranks;
                   if (c.kind == Collective::Kind::all_reduce)
                     return Reduced{c.reduction, group.size, 0};
                   if (c.kind == Collective::Kind::all_to_all && block > 0) {
                     return BlockFromEach{block, block * static_cast<std::size_t>(group.rank)};
                   }
                   return std::nullopt;
                 },
                 [&](const Transfer& t) -> std::optional<Shape> {
                   if (t.kind == Transfer::Kind::one_way && group.rank == 0) return std::nullopt;
                   return Own{1 - group.rank, 0, std::max<std::size_t>(buffers.inputs[0].count, 1)};
                 },
                 [](const auto&) -> std::optional<Shape> { return std::nullopt; }},
      operation);
  if (!shape || buffers.output.count == 0) return std::nullopt;
  const bool is_product = std::holds_alternative<Gemm>(operation);
  return Pattern{buffers.output.type, buffers.output.count,
                 is_product ? Range{} : exact_range(operation, group),
                 is_product ? Draw{draw.seed, 0} : draw, *shape};
}

void write(std::span<std::byte> data, const Pattern& pattern) {
  draw::with_type(pattern.type, [&]<class T>(T) {
    const std::span<T> out = draw::elements<T>(data);
    each_block(pattern.count, [&](std::size_t first, std::size_t count) {
      std::visit([&](const auto& s) { fill<T>(out.subspan(first, count), first, pattern, s); },
                 pattern.shape);
      return true;
    });
  });
}

std::optional<Mismatch> first_mismatch(std::span<const std::byte> data, const Pattern& pattern) {
  if (std::holds_alternative<Poison>(pattern.shape)) return Mismatch{};
  if (const auto* const product = std::get_if<Product>(&pattern.shape)) {
    return freivalds(data, product->gemm, pattern.draw);
  }
  return compare_exactly(data, pattern);
}

std::uint64_t fingerprint(std::span<const std::byte> data) {
  std::uint64_t hash = data.size();
  std::size_t at = 0;
  for (; at + 8 <= data.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, data.data() + at, 8);
    hash = (hash ^ word) * 0x9e3779b97f4a7c15U;
    hash ^= hash >> 32U;
  }
  for (; at < data.size(); ++at) hash = mix64(hash ^ static_cast<std::uint64_t>(data[at]));
  return mix64(hash);
}

}  // namespace shortfall
