#include "diagnosis/measured_device.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/text.hpp"
#include "model/prices/gemm_price.hpp"
#include "model/system/measured_passes.hpp"
#include "model/system/measured_products.hpp"

namespace shortfall {
namespace {

struct TimedProduct {
  const MeasuredCase* of;
  Gemm shape;
  Throughput rate() const { return work_of(shape, {}).flop / of->typical(); }
};

constexpr std::int64_t largest_side = std::int64_t{1} << 24;  // as the benchmarks have it

bool is_side(std::optional<std::int64_t> size) {
  return size && *size >= 1 && *size <= largest_side;
}

// "MxNxK"
std::optional<Gemm> shape_of_word(const std::string& word) {
  std::vector<std::int64_t> sides;
  for (const std::string& part : split(word, 'x')) {
    const auto side = parse_integer(part);
    if (!is_side(side)) return std::nullopt;
    sides.push_back(*side);
  }
  if (sides.size() != 3) return std::nullopt;
  return Gemm{sides[0], sides[1], sides[2]};
}

std::optional<Gemm> shape_of(const Result& result) {
  if (result.benchmark == "gemm") {
    const auto n = number_of(result, "n");
    return is_side(n) ? std::optional(Gemm{*n, *n, *n}) : std::nullopt;
  }
  if (result.benchmark == "gemm_best_shape") {
    const auto m = number_of(result, "m"), n = number_of(result, "n"), k = number_of(result, "k");
    if (!is_side(m) || !is_side(n) || !is_side(k)) return std::nullopt;
    return Gemm{*m, *n, *k};
  }
  const bool has_shape = result.benchmark == "gemm_shape" || result.benchmark == "gemm_batched";
  if (!has_shape) return std::nullopt;
  auto shape = shape_of_word(word_of(result, "shape").value_or(""));
  const std::int64_t batch = number_of(result, "batch").value_or(1);
  if (!shape || !is_side(batch)) return std::nullopt;
  shape->batch = batch;
  return shape;
}

std::vector<TimedProduct> products_in(const std::vector<MeasuredCase>& cases, DType type) {
  std::vector<TimedProduct> found;
  for (const MeasuredCase& one : cases) {
    const Result& result = *one.result;
    if (word_of(result, "dtype") != name_of(type) || !is_usual(result, "data", "normal") ||
        !is_usual(result, "group", "all") || !is_usual(result, "cache", "warm")) {
      continue;
    }
    if (const auto shape = shape_of(result)) {
      found.push_back({&one, *shape});
      found.back().shape.type = type;
    }
  }
  return found;
}

// Of the type wanted, or of the one that comes nearest to it.
std::vector<TimedProduct> nearest_products(const std::vector<MeasuredCase>& cases, DType wanted) {
  for (const DType type : {wanted, DType::bf16, DType::f16, DType::f32, DType::f64}) {
    auto found = products_in(cases, type);
    if (!found.empty()) return found;
  }
  return {};
}

std::optional<Throughput> promised(const Report& report, DType type) {
  for (const auto& [one, peak] : report.machine.datasheet.peak) {
    if (one == type && peak > Throughput{0}) return peak;
  }
  return std::nullopt;
}

// Returns where it comes from.
std::string set_peak(DeviceModel& device, std::optional<Throughput> in_this_type, Throughput best) {
  if (in_this_type) {
    device.peak = *in_this_type;
    return "the datasheet's in this type";
  }
  if (device.peak > Throughput{0}) return "the datasheet's in another type, as it has none in this";
  device.peak = best;
  return "that of the best product, as there is no datasheet";
}

// The same product in the type in which it will be asked for.
Seconds modelled(Gemm shape, DType type, const DeviceModel& device) {
  shape.type = type;
  return price_of(shape, Precision::bf16, device);
}

// Of a device with published efficiencies the best product tells the clock: it slows attention and
// products in other types alike, and what its shape costs is the model's. Of others it is the best
// shape, or a clock above the nominal one.
void set_rate(DeviceModel& device, const TimedProduct& best, ProductsWanted wanted) {
  const double speed = modelled(best.shape, wanted.type, device) / best.of->typical();
  if (wanted.has_published_attention || speed > 1) {
    device.clock *= speed;
  } else {
    device.best_shape *= speed;
  }
}

// Attention is two batched products of each head, and no kernel without published figures does
// better.
void set_attention(DeviceModel& device, const std::vector<TimedProduct>& products) {
  Throughput best{0};
  for (const TimedProduct& one : products) {
    if (one.shape.batch > 1) best = std::max(best, one.rate());
  }
  const Throughput at_clock = device.peak * device.clock;
  const double share = best > Throughput{0} ? best / at_clock : device.best_shape;
  device.attention.fill({share, share});
}

std::vector<MeasuredProduct> over_model(const std::vector<TimedProduct>& products,
                                        const DeviceModel& device, DType type) {
  std::vector<MeasuredProduct> all;
  for (const TimedProduct& one : products) {
    all.push_back({one.shape, one.of->typical() / modelled(one.shape, type, device)});
  }
  return all;
}

constexpr std::array<std::pair<std::string_view, MemoryPass::Kind>, 8> patterns{
    {{"memory_copy", MemoryPass::Kind::copy},
     {"memory_triad", MemoryPass::Kind::triad},
     {"memory_scale", MemoryPass::Kind::scale},
     {"memory_add", MemoryPass::Kind::add},
     {"memory_write", MemoryPass::Kind::write},
     {"memory_read", MemoryPass::Kind::read},
     {"memory_dot", MemoryPass::Kind::dot},
     {"memory_mix", MemoryPass::Kind::mix}}};

struct TimedPass {
  const MeasuredCase* of;
  MemoryPass pass;
  Bandwidth rate() const { return pass.bytes / of->typical(); }
};

// Those of a pattern follow one another, in the order of `patterns`.
std::vector<TimedPass> passes_in(const std::vector<MeasuredCase>& cases) {
  std::vector<TimedPass> found;
  for (const auto& [benchmark, kind] : patterns) {
    for (const MeasuredCase& one : cases) {
      const Result& result = *one.result;
      const auto bytes = number_of(result, "bytes");
      const bool counts = result.benchmark == benchmark && bytes.value_or(0) > 0 &&
                          is_usual(result, "group", "all") && is_usual(result, "pages", "huge");
      if (counts) found.push_back({&one, {kind, {static_cast<double>(*bytes)}}});
    }
  }
  return found;
}

}  // namespace

void set_products(SystemModel& system, const Report& report, const std::vector<MeasuredCase>& cases,
                  ProductsWanted wanted) {
  DeviceModel& device = system.device;
  const auto products = nearest_products(cases, wanted.type);
  if (products.empty()) {
    system.sources.push_back("products: not measured, the efficiencies of " + system.name);
    return;
  }
  const DType type = products.front().shape.type;
  const auto& best = *std::ranges::max_element(products, {}, &TimedProduct::rate);
  const std::string peak_source = set_peak(device, promised(report, type), best.rate());
  set_rate(device, best, wanted);
  if (!wanted.has_published_attention) {
    device.without_matrix_units = device.peak * device.clock;
    set_attention(device, products);
  }
  device.products = std::make_shared<MeasuredProducts>(over_model(products, device, wanted.type));
  system.sources.push_back(fmt::format("products: {} in {}, {} shapes, the best of them {}",
                                       scaled(best.rate().value, "FLOP/s"), name_of(type),
                                       products.size(), best.of->result->key));
  if (type != wanted.type) {
    system.sources.push_back(fmt::format("products in {}: not measured, those in {} stand for them",
                                         name_of(wanted.type), name_of(type)));
  }
  system.sources.push_back(
      fmt::format("peak: {}, {}", scaled(device.peak.value, "FLOP/s"), peak_source));
  system.sources.push_back(wanted.has_published_attention
                               ? "attention: not measured, published shares of the peak"
                               : "attention: not measured, at the rate of batched products");
}

void set_passes(SystemModel& system, const std::vector<MeasuredCase>& cases) {
  DeviceModel& device = system.device;
  const auto passes = passes_in(cases);
  if (passes.empty()) {
    system.sources.push_back("memory: not measured, the efficiencies of " + system.name);
    return;
  }
  // The first pattern's largest.
  const TimedPass* large = &passes.front();
  for (const TimedPass& one : passes) {
    if (one.pass.kind == large->pass.kind && one.pass.bytes > large->pass.bytes) large = &one;
  }
  device.memory = large->rate();
  std::vector<MeasuredPass> measured;
  for (const TimedPass& one : passes) {
    const Seconds modelled = one.pass.bytes / device.memory + device.pass_start;
    measured.push_back({one.pass, one.of->typical() / modelled});
  }
  device.passes = std::make_shared<MeasuredPasses>(measured);
  system.sources.push_back(
      fmt::format("memory: {} by {}, smaller passes and other patterns as "
                  "measured",
                  scaled(device.memory.value, "B/s"), large->of->result->key));
}

}  // namespace shortfall
