#include "model/system/measured_passes.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace shortfall {
namespace {

double log_of(Bytes bytes) { return std::log(std::max(bytes.value, 1.0)); }

}  // namespace

std::size_t MeasuredPasses::pattern_of(const MemoryPass& pass) {
  if (pass.kind != MemoryPass::Kind::mix) return static_cast<std::size_t>(pass.kind);
  return kinds + static_cast<std::size_t>(std::clamp(pass.reads, 1, MemoryPass::most_reads) - 1);
}

MeasuredPasses::MeasuredPasses(const std::vector<MeasuredPass>& measured) {
  static_assert(kinds == static_cast<std::size_t>(MemoryPass::Kind::gather) + 1);
  for (const auto& [pass, over_model] : measured) {
    curves_[pattern_of(pass)].push_back({log_of(pass.bytes), std::log(over_model)});
  }
  for (Curve& curve : curves_) {
    std::ranges::sort(curve, {}, &Point::log_bytes);
    Curve merged;
    for (auto first = curve.begin(); first != curve.end();) {
      double sum = 0, times = 0;
      const double at = first->log_bytes;
      for (; first != curve.end() && first->log_bytes == at; ++first) {
        sum += first->log_over_model;
        ++times;
      }
      merged.push_back({at, sum / times});
    }
    curve = std::move(merged);
  }
}

const MeasuredPasses::Curve* MeasuredPasses::nearest_mix(const MemoryPass& pass) const {
  const Curve* nearest = nullptr;
  int distance = MemoryPass::most_reads;
  for (int reads = 1; reads <= MemoryPass::most_reads; ++reads) {
    const Curve& mix = curves_[kinds + static_cast<std::size_t>(reads - 1)];
    if (mix.empty() || std::abs(reads - pass.reads) >= distance) continue;
    distance = std::abs(reads - pass.reads);
    nearest = &mix;
  }
  return nearest;
}

const MeasuredPasses::Curve& MeasuredPasses::curve_of(const MemoryPass& pass) const {
  const Curve& own = curves_[pattern_of(pass)];
  if (!own.empty()) return own;
  if (pass.kind == MemoryPass::Kind::mix) {
    if (const Curve* const mix = nearest_mix(pass)) return *mix;
  }
  const Curve& copies = curves_[static_cast<std::size_t>(MemoryPass::Kind::copy)];
  if (!copies.empty()) return copies;
  return *std::ranges::find_if_not(curves_, &Curve::empty);
}

double MeasuredPasses::over_model(const MemoryPass& pass) const {
  const Curve& curve = curve_of(pass);
  const double at = log_of(pass.bytes);
  const auto above = std::ranges::lower_bound(curve, at, {}, &Point::log_bytes);
  if (above == curve.end()) return std::exp(curve.back().log_over_model);
  if (above == curve.begin()) return std::exp(above->log_over_model);
  const Point& below = *std::prev(above);
  const double share = (at - below.log_bytes) / (above->log_bytes - below.log_bytes);
  return std::exp(std::lerp(below.log_over_model, above->log_over_model, share));
}

Bytes MeasuredPasses::largest(const MemoryPass& pass) const {
  return {std::exp(curve_of(pass).back().log_bytes)};
}

}  // namespace shortfall
