#include "core/pattern.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <limits>

#include "core/draw_data.hpp"
#include "core/error.hpp"
#include "core/freivalds.hpp"
#include "core/overloaded.hpp"

namespace shortfall {
namespace {

// Elements are made in blocks: those of a block share their contributing ranks, and its loop can be
// vectorised.
constexpr std::size_t block_size = 64;

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
void fill(Block<T> out, std::size_t, const Pattern&, const Poison&) {
  if constexpr (std::is_integral_v<T>) {
    std::memset(out.data(), 0x7f, out.size_bytes());
  } else {
    std::ranges::fill(out, draw::from_number<T>(std::numeric_limits<double>::quiet_NaN()));
  }
}

template <class T>
void fill(Block<T> out, std::size_t first, const Pattern& p, const Own& own) {
  const std::size_t at = (own.first + first) % own.period;
  const std::size_t run = std::min(out.size(), own.period - at);
  Numbers numbers{};
  if (own.rank % p.range.one_in == first_contributor(at, p)) {
    draw_numbers<T>(std::span(numbers).first(run), own.rank, own.operand, at, p);
  }
  store<T>(out.first(run), numbers);
  if (run < out.size()) fill<T>(out.subspan(run), first + run, p, own);
}

template <class T>
void fill(Block<T> out, std::size_t first, const Pattern& p, const Placed& placed) {
  fill<T>(out, first, p, Poison{});
  const std::size_t begin = std::max(first, placed.at);
  const std::size_t end = std::min(first + out.size(), placed.at + placed.count);
  if (begin < end)
    fill<T>(out.subspan(begin - first, end - begin), begin - placed.at, p, placed.own);
}

template <class T>
void fill(Block<T> out, std::size_t first, const Pattern& p, const Reduced& reduced) {
  const bool is_sum = reduced.reduction == Collective::Reduction::sum;
  const std::size_t at = reduced.first + first;
  const std::size_t run = std::min(out.size(), block_size - at % block_size);
  Numbers result{}, term{};
  // Ranks that do not contribute hold zeros, which a maximum must see, too.
  if (!is_sum && p.range.one_in == 1) result.fill(std::numeric_limits<std::int32_t>::min());
  for (int rank = first_contributor(at, p); rank < reduced.ranks; rank += p.range.one_in) {
    draw_numbers<T>(std::span(term).first(run), rank, 0, at, p);
    for (std::size_t i = 0; i < block_size; ++i) {
      result[i] = is_sum ? result[i] + term[i] : std::max(result[i], term[i]);
    }
  }
  store<T>(out.first(run), result);
  if (run < out.size()) fill<T>(out.subspan(run), first + run, p, reduced);
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

template <class T>
void fill(Block<T> out, std::size_t first, const Pattern& p, const FromNeighbors& from) {
  const std::size_t of_before = std::min(out.size(), from.block - std::min(first, from.block));
  Numbers numbers{};
  const auto draw_part = [&](std::size_t at, std::size_t count, int rank, std::size_t index) {
    if (count > 0) draw_numbers<T>(std::span(numbers).subspan(at, count), rank, 0, index, p);
  };
  draw_part(0, of_before, from.before, first);
  draw_part(of_before, out.size() - of_before, from.after, first + of_before - from.block);
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
void fill(Block<T> out, std::size_t first, const Pattern& p, const Drawn& drawn) {
  draw::with_elements<T>(drawn, p.draw, [&](auto element) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = element(first + i);
  });
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

}  // namespace

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
