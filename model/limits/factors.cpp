#include "model/limits/factors.hpp"

#include <algorithm>

namespace shortfall {
namespace {

void multiply_by_powers(std::vector<std::int64_t>& all, std::int64_t prime, int highest) {
  const std::vector<std::int64_t> before = all;
  std::int64_t power = 1;
  for (int exponent = 1; exponent <= highest; ++exponent) {
    power *= prime;
    for (const std::int64_t one : before) all.push_back(one * power);
  }
}

}  // namespace

std::vector<std::int64_t> divisors(std::int64_t n) {
  std::vector<std::int64_t> all = {1};
  for (std::int64_t prime = 2; prime <= n / prime; ++prime) {
    int exponent = 0;
    for (; n % prime == 0; n /= prime) ++exponent;
    if (exponent > 0) multiply_by_powers(all, prime, exponent);
  }
  if (n > 1) multiply_by_powers(all, n, 1);
  std::ranges::sort(all);
  return all;
}

std::vector<std::vector<std::int64_t>> ordered_factors(std::int64_t product, std::size_t count) {
  if (count == 1) return {{product}};
  std::vector<std::vector<std::int64_t>> all;
  for (const std::int64_t first : divisors(product)) {
    for (std::vector<std::int64_t>& rest : ordered_factors(product / first, count - 1)) {
      rest.insert(rest.begin(), first);
      all.push_back(std::move(rest));
    }
  }
  return all;
}

}  // namespace shortfall
