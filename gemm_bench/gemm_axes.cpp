#include "gemm_bench/gemm_axes.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

namespace shortfall {

Axis product_types() {
  return dtypes({DType::f64, DType::f32, DType::bf16, DType::f16, DType::int8});
}

Axis product_data(const std::vector<std::string>& words) {
  const std::string form =
      words.size() > 1 ? "sparse:SHARE" : "uniform, integers, zeros, sparse:SHARE, sorted";
  return usually(open_ended(choice("data", words), form, data_from), {"normal"});
}

Axis product_groups() { return usually(choice("group", {"all", "one"}), {"all"}); }

MxNxK shape_from(const std::string& text) {
  constexpr std::int64_t largest = std::int64_t{1} << 24;
  std::vector<std::int64_t> sizes;
  for (const std::string& part : split(text, 'x')) {
    const auto size = parse_integer(part);
    if (size && *size >= 1 && *size <= largest) sizes.push_back(*size);
  }
  if (sizes.size() != 3 || split(text, 'x').size() != 3) {
    throw BadUsage("'" + text + "' is no shape. It is MxNxK with whole numbers from 1 to " +
                   std::to_string(largest) + ", such as 16x4096x4096");
  }
  return {sizes[0], sizes[1], sizes[2]};
}

Axis shapes(const std::vector<std::string>& quick, const std::vector<std::string>& standard,
            const std::vector<std::string>& full) {
  Axis axis = choice("shape", full);
  axis.values[static_cast<std::size_t>(Profile::quick)] = {quick.begin(), quick.end()};
  axis.values[static_cast<std::size_t>(Profile::standard)] = {standard.begin(), standard.end()};
  return open_ended(std::move(axis), "MxNxK", shape_from);
}

}  // namespace shortfall
