#include "reporters/fabric_text.hpp"

#include <fmt/ostream.h>

#include <algorithm>

#include "core/text.hpp"
#include "report/words.hpp"
#include "reporters/case_text.hpp"
#include "reporters/lines.hpp"

namespace shortfall {
namespace {

constexpr std::size_t width = 100, cell_width = 9;

// What cells are told in, so that they are short.
struct Scale {
  std::string_view unit;
  double one;
  int digits;
};

Scale scale_of(const FabricMap& map) {
  const double most = std::ranges::max(map.classes, {}, &FabricClass::max).max;
  if (map.metric == FabricMetric::latency) {
    return most < 1e-3 ? Scale{"us", 1e-6, 2} : Scale{"ms", 1e-3, 3};
  }
  return most < 1e9 ? Scale{"MB/s", 1e6, 1} : Scale{"GB/s", 1e9, 1};
}

std::string label_of(const FabricMap& map) {
  Result result;
  result.benchmark = map.benchmark;
  result.params = map.params;
  return label_of(result);
}

std::string words_of(const FabricEnd& end) {
  const std::string device = end.device.empty() ? "" : end.device + ", ";
  return fmt::format("rank {}, {}{}", end.rank, device, end.host);
}

std::vector<std::string> labels_of(const std::vector<FabricEnd>& ends) {
  std::vector<std::string> labels;
  for (const FabricEnd& end : ends) {
    labels.push_back(fmt::format("{:>4} {}", labels.size(), words_of(end)));
  }
  return labels;
}

std::size_t longest(const std::vector<std::string>& texts) {
  return std::ranges::max(texts, {}, &std::string::size).size();
}

void write_numbers(std::ostream& out, const FabricMatrix& matrix, const Scale& scale,
                   const std::vector<std::string>& labels) {
  const std::size_t margin = longest(labels);
  fmt::print(out, "{:<{}}", "", margin);
  for (std::size_t to = 0; to < labels.size(); ++to) fmt::print(out, "{:>{}}", to, cell_width);
  out << '\n';
  for (std::size_t from = 0; from < labels.size(); ++from) {
    fmt::print(out, "{:<{}}", labels[from], margin);
    for (const auto& value : matrix.values[from]) {
      const std::string cell =
          value ? fmt::format("{:.{}f}", *value / scale.one, scale.digits) : "-";
      fmt::print(out, "{:>{}}", cell, cell_width);
    }
    out << '\n';
  }
}

// Tenths of the best: what is slow in a row or a column strikes the eye.
char shade_of(const std::optional<double>& value, double best, FabricMetric metric) {
  if (!value) return '.';
  const double tenths = 10 * (metric == FabricMetric::bandwidth ? *value / best : best / *value);
  if (tenths >= 9) return '9';
  return tenths > 0 ? static_cast<char>('0' + static_cast<int>(tenths)) : '0';
}

void write_shades(std::ostream& out, const FabricMap& map, const std::vector<std::string>& labels) {
  const bool is_bandwidth = map.metric == FabricMetric::bandwidth;
  double best = is_bandwidth ? map.classes.front().max : map.classes.front().min;
  for (const FabricClass& one : map.classes) {
    best = is_bandwidth ? std::max(best, one.max) : std::min(best, one.min);
  }
  const std::size_t margin = longest(labels) + 2;
  fmt::print(out, "{:<{}}", "", margin);
  for (std::size_t to = 0; to < labels.size(); ++to) fmt::print(out, "{}", to % 10);
  out << '\n';
  for (std::size_t from = 0; from < labels.size(); ++from) {
    fmt::print(out, "{:<{}}", labels[from], margin);
    for (const auto& value : map.matrix->values[from]) out << shade_of(value, best, map.metric);
    out << '\n';
  }
  out << wrapped("digits are tenths of the fastest, 9 for 90 % and more; . was not measured", width,
                 4);
}

void write_class(std::ostream& out, const FabricMap& map, const FabricClass& one) {
  const bool is_bandwidth = map.metric == FabricMetric::bandwidth;
  out << wrapped(
      fmt::format("{}, {}: slowest {} from {} to {}, median {}, fastest {}", word(one.kind),
                  counted(one.pairs, "pair"), scaled(is_bandwidth ? one.min : one.max, map.unit),
                  words_of(one.slowest.from), words_of(one.slowest.to),
                  scaled(one.median, map.unit), scaled(is_bandwidth ? one.max : one.min, map.unit)),
      width, 4);
}

void write(std::ostream& out, const FabricMap& map) {
  fmt::print(out, "\n  {}, ", label_of(map));
  if (!map.matrix || map.matrix->ends.empty() || map.classes.empty()) {
    fmt::print(out, "{} ends\n", map.ends);
  } else if (const auto labels = labels_of(map.matrix->ends);
             longest(labels) + cell_width * labels.size() <= width) {
    const Scale scale = scale_of(map);
    fmt::print(out, "{} from row to column\n", scale.unit);
    write_numbers(out, *map.matrix, scale, labels);
  } else {
    fmt::print(out, "from row to column\n");
    write_shades(out, map, labels);
  }
  for (const FabricClass& one : map.classes) write_class(out, map, one);
}

}  // namespace

void write_fabric(std::ostream& out, const std::vector<FabricMap>& maps) {
  for (const FabricMap& map : maps) {
    if (map.has_rounds) write(out, map);
  }
}

}  // namespace shortfall
