#include "core/pattern.hpp"

#include <array>
#include <cmath>
#include <cstring>

#include "core/draw_pass.hpp"
#include "core/draw_ranks.hpp"
#include "core/freivalds.hpp"

namespace shortfall {
namespace {

using draw::block_size;

// Whether equal bits are equal numbers: not where NaNs are expected, which never pass.
bool has_only_numbers(const Pattern& p) {
  const auto* const constant = std::get_if<Constant>(&p.shape);
  return constant ? !std::isnan(constant->value) : !std::holds_alternative<Placed>(p.shape);
}

template <class T>
std::optional<Mismatch> compare_block(std::span<const T> found, std::span<const T> want,
                                      std::size_t first, bool bits_decide) {
  if (bits_decide && std::memcmp(found.data(), want.data(), found.size_bytes()) == 0) {
    return std::nullopt;
  }
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
    const bool bits_decide = has_only_numbers(p);
    each_block(p.count, [&](std::size_t first, std::size_t count) {
      const std::span<T> block = std::span(want).first(count);
      std::visit([&](const auto& shape) { draw::fill<T>(block, first, p, shape); }, p.shape);
      wrong = compare_block<T>(found.subspan(first, count), block, first, bits_decide);
      return !wrong;
    });
    return wrong;
  });
}

// Two numbers in a byte, the first in its lower half.
void write_pairs(std::span<std::byte> data, const Pattern& pattern) {
  draw::with_elements<F4E2M1>(std::get<Drawn>(pattern.shape), pattern.draw, [&](auto element) {
    for (std::size_t i = 0; i < pattern.count; i += 2) {
      const int second = i + 1 < pattern.count ? element(i + 1).bits : 0;
      data[i / 2] = static_cast<std::byte>(element(i).bits | second << 4);
    }
  });
}

std::optional<Mismatch> compare_pairs(std::span<const std::byte> data, const Pattern& pattern) {
  std::optional<Mismatch> wrong;
  draw::with_elements<F4E2M1>(std::get<Drawn>(pattern.shape), pattern.draw, [&](auto element) {
    for (std::size_t i = 0; i < pattern.count && !wrong; ++i) {
      F4E2M1 found;
      found.bits = static_cast<std::uint8_t>(data[i / 2] >> (i % 2 * 4)) & 0xfU;
      const double got = draw::to_number(found), want = draw::to_number(element(i));
      if (got != want) wrong = Mismatch{i, got, want};
    }
  });
  return wrong;
}

}  // namespace

void write(std::span<std::byte> data, const Pattern& pattern) {
  if (pattern.type == DType::nvfp4) return write_pairs(data, pattern);
  draw::with_type(pattern.type, [&]<class T>(T) {
    const std::span<T> out = draw::elements<T>(data);
    each_block(pattern.count, [&](std::size_t first, std::size_t count) {
      std::visit(
          [&](const auto& s) { draw::fill<T>(out.subspan(first, count), first, pattern, s); },
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
  if (pattern.type == DType::nvfp4) return compare_pairs(data, pattern);
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
