// The keys of `fabric`, for fields.hpp.
#pragma once

#include "core/marks.hpp"
#include "report/fabric.hpp"

namespace shortfall {

void fields(auto& each, Is<FabricEnd> auto& end) {
  each("rank", end.rank);
  each("host", end.host);
  each("device", or_null(end.device));
}

void fields(auto& each, Is<FabricPair> auto& pair) {
  each("from", pair.from);
  each("to", pair.to);
}

void fields(auto& each, Is<FabricClass> auto& one) {
  each("class", one.kind);
  each("pairs", one.pairs);
  each("min", one.min);
  each("median", one.median);
  each("max", one.max);
  each("slowest", one.slowest);
  each("fastest", one.fastest);
}

void fields(auto& each, Is<FabricMatrix> auto& matrix) {
  each("ends", matrix.ends);
  each("values", matrix.values);
}

void fields(auto& each, Is<FabricMap> auto& map) {
  each("benchmark", map.benchmark);
  each("params", map.params);
  each("metric", map.metric);
  each("unit", map.unit);
  each("ends", map.ends);
  each("has_rounds", map.has_rounds);
  each("classes", map.classes);
  each("matrix", map.matrix);
}

}  // namespace shortfall
