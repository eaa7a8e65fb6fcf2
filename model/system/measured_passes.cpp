#include "model/system/measured_passes.hpp"

#include <algorithm>
#include <cmath>

namespace shortfall {
namespace {

double log_of(Bytes bytes) { return std::log(std::max(bytes.value, 1.0)); }

}  // namespace

MeasuredPasses::MeasuredPasses(const std::vector<MeasuredPass>& measured) {
  static_assert(kinds == static_cast<std::size_t>(MemoryPass::Kind::gather) + 1);
  for (const auto& [pass, over_model] : measured) {
    Curve& curve = curves_[static_cast<std::size_t>(pass.kind)];
    curve.push_back({log_of(pass.bytes), std::log(over_model)});
  }
  for (Curve& curve : curves_) std::ranges::sort(curve, {}, &Point::log_bytes);
}

const MeasuredPasses::Curve& MeasuredPasses::curve_of(MemoryPass::Kind kind) const {
  const Curve& own = curves_[static_cast<std::size_t>(kind)];
  if (!own.empty()) return own;
  const Curve& copies = curves_[static_cast<std::size_t>(MemoryPass::Kind::copy)];
  if (!copies.empty()) return copies;
  return *std::ranges::find_if_not(curves_, &Curve::empty);
}

double MeasuredPasses::over_model(const MemoryPass& pass) const {
  const Curve& curve = curve_of(pass.kind);
  const double at = log_of(pass.bytes);
  const auto above = std::ranges::lower_bound(curve, at, {}, &Point::log_bytes);
  if (above == curve.end()) return std::exp(curve.back().log_over_model);
  if (above == curve.begin()) return std::exp(above->log_over_model);
  const Point& below = *std::prev(above);
  const double share = (at - below.log_bytes) / (above->log_bytes - below.log_bytes);
  return std::exp(std::lerp(below.log_over_model, above->log_over_model, share));
}

Bytes MeasuredPasses::largest(MemoryPass::Kind kind) const {
  return {std::exp(curve_of(kind).back().log_bytes)};
}

}  // namespace shortfall
