#include "diagnosis/measured_device.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "diagnosis/measured_rates.hpp"
#include "diagnosis/measured_steps.hpp"
#include "model/prices/gemm_price.hpp"
#include "model/system/measured_products.hpp"

namespace shortfall {
namespace {

struct TimedProduct {
  const MeasuredCase* of;
  Gemm shape;
  Throughput rate() const { return work_of(shape, {}).flop / of->typical(); }
};

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
  if (result.benchmark == "step_product") return step_as<Gemm>(result);
  const bool has_shape = result.benchmark == "gemm_shape" || result.benchmark == "gemm_batched";
  if (!has_shape) return std::nullopt;
  auto shape = shape_of_word(word_of(result, "shape").value_or(""));
  const std::int64_t batch = number_of(result, "batch").value_or(1);
  if (!shape || !is_side(batch)) return std::nullopt;
  shape->batch = batch;
  return shape;
}

bool is_of_step(const TimedProduct& product) {
  return product.of->result->benchmark == "step_product";
}

// What a training step asks for finds nothing in caches: the same shape, measured over and over,
// does not count beside it.
void leave_out_warm(std::vector<TimedProduct>& products) {
  std::vector<Gemm> cold;
  for (const TimedProduct& one : products) {
    if (is_of_step(one)) cold.push_back(one.shape);
  }
  std::erase_if(products, [&](const TimedProduct& one) {
    return !is_of_step(one) && std::ranges::find(cold, one.shape) != cold.end();
  });
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
  leave_out_warm(found);
  return found;
}

// That of a training step; nothing if none was measured.
std::optional<DType> type_of_step(const std::vector<MeasuredCase>& cases) {
  for (const MeasuredCase& one : cases) {
    if (const auto product = step_as<Gemm>(*one.result)) return product->type;
  }
  return std::nullopt;
}

// Of the type in which a step was measured, or of the type wanted, or of the one that comes nearest
// to it.
std::vector<TimedProduct> nearest_products(const std::vector<MeasuredCase>& cases, DType wanted) {
  for (const DType type : {type_of_step(cases).value_or(wanted), wanted, DType::bf16, DType::f16,
                           DType::f32, DType::f64}) {
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

// Of a device with published efficiencies whose clock nobody measured, the best product tells it:
// it slows attention and products in other types alike, and what its shape costs is the model's. Of
// others what neither clock nor neighbours take is the best shape's, or a clock above the nominal
// one.
void set_rate(DeviceModel& device, const TimedProduct& best, const ProductsWanted& wanted,
              const std::optional<ClockShare>& clock) {
  if (clock) device.clock = clock->value;
  if (wanted.has_published_attention) {
    const double speed = modelled(best.shape, wanted.type, device) / best.of->typical();
    (clock ? device.best_shape : device.clock) *= speed;
    return;
  }
  const double alone = best.rate() / (device.peak * (device.clock * device.contention));
  (clock || alone <= 1 ? device.best_shape : device.clock) = alone;
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

// As they will be asked for in the type that is wanted, and in their own.
std::vector<MeasuredProduct> over_model(const std::vector<TimedProduct>& products,
                                        const DeviceModel& device, DType wanted) {
  std::vector<MeasuredProduct> all;
  for (const TimedProduct& one : products) {
    MeasuredProduct product{one.shape, 1};
    for (const DType type : {wanted, one.shape.type}) {
      product.shape.type = type;
      product.over_model = one.of->typical() / modelled(one.shape, type, device);
      all.push_back(product);
      if (type == one.shape.type) break;
    }
  }
  return all;
}

void say_rates(SystemModel& system, const std::optional<ClockShare>& clock,
               const ProductsWanted& wanted) {
  const bool is_by_best = wanted.has_published_attention && !clock;
  system.sources.push_back(clock        ? clock->source
                           : is_by_best ? "clock: by the rate of the best product"
                                        : "clock: not measured, or not told for which the peak "
                                          "counts: what it takes is in the best shape");
  system.sources.push_back(wanted.contention.source);
  system.sources.push_back(wanted.has_published_attention
                               ? "attention: not measured, published shares of the peak"
                               : "attention: not measured, at the rate of batched products");
}

}  // namespace

void set_products(SystemModel& system, const Report& report, const std::vector<MeasuredCase>& cases,
                  const ProductsWanted& wanted) {
  DeviceModel& device = system.device;
  const auto products = nearest_products(cases, wanted.type);
  if (products.empty()) {
    system.sources.push_back("products: not measured, the efficiencies of " + system.name);
    return;
  }
  const DType type = products.front().shape.type;
  const auto& best = *std::ranges::max_element(products, {}, &TimedProduct::rate);
  const std::string peak_source = set_peak(device, promised(report, type), best.rate());
  const auto clock = clock_share(report, cases, *best.of, type);
  device.contention = wanted.contention.left;
  set_rate(device, best, wanted, clock);
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
  say_rates(system, clock, wanted);
}

}  // namespace shortfall
