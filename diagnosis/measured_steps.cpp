#include "diagnosis/measured_steps.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "core/product_shape.hpp"
#include "core/text.hpp"
#include "diagnosis/measured_cases.hpp"

namespace shortfall {

bool is_side(std::optional<std::int64_t> size) {
  constexpr std::int64_t largest = std::int64_t{1} << 24;  // as the benchmarks have it
  return size && *size >= 1 && *size <= largest;
}

std::optional<Gemm> shape_of_word(const std::string& word) {
  try {
    const auto [m, n, k] = shape_from(word);
    return Gemm{m, n, k};
  } catch (const BadUsage&) {
    return std::nullopt;
  }
}

int reads_of(const Result& result) {
  const auto word = word_of(result, "reads");
  const auto reads = word ? parse_integer(*word) : number_of(result, "reads");
  return static_cast<int>(std::clamp<std::int64_t>(reads.value_or(1), 1, MemoryPass::most_reads));
}

}  // namespace shortfall
