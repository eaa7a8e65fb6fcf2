#include "gemm_bench/gemm_axes.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

namespace shortfall {

namespace {

// What tensor units are made for, and f64 and f32.
std::vector<Value> accelerated_types() {
  std::vector<Value> words;
  for (const DType type :
       {DType::f64, DType::f32, DType::tf32, DType::bf16, DType::f16, DType::f8_e4m3,
        DType::f8_e5m2, DType::int8, DType::mxfp8, DType::nvfp4}) {
    words.emplace_back(std::string(name_of(type)));
  }
  return words;
}

Axis host_types() { return dtypes({DType::f64, DType::f32, DType::bf16, DType::f16, DType::int8}); }

Axis cache_of(std::vector<Value> standard) {
  const std::vector<Value> both{"warm", "cold"};
  return accelerated(usually(choice("cache", {"warm", "cold"}), {"warm"}), {"warm"},
                     std::move(standard), both);
}

}  // namespace

Axis product_types() {
  return accelerated(host_types(), {"bf16", "f8_e4m3"}, accelerated_types(), accelerated_types());
}

Axis usual_product_types(const std::vector<std::string>& host) {
  return accelerated(usually(host_types(), host), {"bf16"}, {"bf16", "f8_e4m3"},
                     accelerated_types());
}

Axis without_quick(Axis axis) {
  constexpr auto quick = static_cast<std::size_t>(Profile::quick);
  axis.values.at(quick).clear();
  if (axis.on_accelerators) axis.on_accelerators->at(quick).clear();
  return axis;
}

Axis product_cache() { return cache_of({"warm"}); }

Axis product_cache_that_matters() { return cache_of({"warm", "cold"}); }

bool is_cold(const Params& params) { return params.text("cache") == "cold"; }

Axis product_data(const std::vector<std::string>& words) {
  const std::string form =
      words.size() > 1 ? "sparse:SHARE" : "uniform, integers, zeros, sparse:SHARE, sorted";
  return usually(open_ended(choice("data", words), form, data_from), {"normal"});
}

Axis product_groups() { return usually(choice("group", {"all", "one"}), {"all"}); }

std::vector<Value> numbers(const std::vector<std::int64_t>& values) {
  return {values.begin(), values.end()};
}

Gemm square_product(const Params& params) {
  const auto n = params.integer("n");
  return {.m = n,
          .n = n,
          .k = n,
          .type = params.dtype(),
          .data = data_from(params.text("data")),
          .is_cold = is_cold(params)};
}

Axis shapes(const std::vector<std::string>& quick, const std::vector<std::string>& standard,
            const std::vector<std::string>& full) {
  Axis axis = choice("shape", full);
  axis.values[static_cast<std::size_t>(Profile::quick)] = {quick.begin(), quick.end()};
  axis.values[static_cast<std::size_t>(Profile::standard)] = {standard.begin(), standard.end()};
  return open_ended(std::move(axis), "MxNxK", shape_from);
}

}  // namespace shortfall
