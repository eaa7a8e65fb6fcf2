#include "diagnosis/fabric_map.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "core/statistics.hpp"

namespace shortfall {
namespace {

FabricClass class_of(PairClass kind, const std::vector<const PairSample*>& samples,
                     FabricMetric metric) {
  const auto by_goodness = [&](const PairSample* sample) {
    return goodness(metric, sample->value);
  };
  std::vector<double> values;
  for (const PairSample* sample : samples) values.push_back(sample->value);
  const auto [least, most] = std::ranges::minmax(values);
  return {.kind = kind,
          .pairs = static_cast<int>(samples.size()),
          .min = least,
          .median = median(values),
          .max = most,
          .slowest = (*std::ranges::min_element(samples, {}, by_goodness))->pair,
          .fastest = (*std::ranges::max_element(samples, {}, by_goodness))->pair};
}

std::vector<FabricClass> classes_of(const PairSamples& of) {
  std::map<PairClass, std::vector<const PairSample*>> by_class;
  for (const PairSample& sample : of.samples) by_class[sample.kind].push_back(&sample);
  std::vector<FabricClass> all;
  for (const auto& [kind, samples] : by_class) all.push_back(class_of(kind, samples, of.metric));
  return all;
}

std::map<EndOrder, FabricEnd> ends_in(const PairSamples& of) {
  std::map<EndOrder, FabricEnd> ends;
  for (const PairSample& sample : of.samples) {
    for (const FabricEnd* const end : {&sample.pair.from, &sample.pair.to}) {
      ends.emplace(order_of_end(*end), *end);
    }
  }
  return ends;
}

bool has_rounds(const PairSamples& of) {
  std::map<EndOrder, std::set<EndOrder>> partners;
  for (const PairSample& sample : of.samples) {
    const EndOrder from = order_of_end(sample.pair.from), to = order_of_end(sample.pair.to);
    partners[from].insert(to);
    if (sample.is_mutual) partners[to].insert(from);
  }
  return std::ranges::any_of(partners, [](const auto& one) { return one.second.size() > 1; });
}

FabricMatrix matrix_of(const PairSamples& of, const std::map<EndOrder, FabricEnd>& ends) {
  FabricMatrix matrix;
  std::map<EndOrder, std::size_t> places;
  for (const auto& [order, end] : ends) {
    places.emplace(order, matrix.ends.size());
    matrix.ends.push_back(end);
  }
  matrix.values.resize(ends.size(), std::vector<std::optional<double>>(ends.size()));
  for (const PairSample& sample : of.samples) {
    const std::size_t from = places.at(order_of_end(sample.pair.from));
    const std::size_t to = places.at(order_of_end(sample.pair.to));
    matrix.values[from][to] = sample.value;
    if (sample.is_mutual) matrix.values[to][from] = sample.value;
  }
  return matrix;
}

FabricMap map_of(const PairSamples& of) {
  const auto ends = ends_in(of);
  FabricMap map{.benchmark = of.benchmark,
                .params = of.params,
                .metric = of.metric,
                .unit = of.metric == FabricMetric::bandwidth ? "B/s" : "s",
                .ends = static_cast<int>(ends.size()),
                .has_rounds = has_rounds(of),
                .classes = classes_of(of)};
  if (map.has_rounds && map.ends <= most_ends_in_matrix) map.matrix = matrix_of(of, ends);
  return map;
}

}  // namespace

std::vector<FabricMap> fabric_maps(const std::vector<PairSamples>& all) {
  std::vector<FabricMap> maps;
  for (const PairSamples& samples : all) {
    if (samples.samples.size() > 1) maps.push_back(map_of(samples));
  }
  return maps;
}

}  // namespace shortfall
