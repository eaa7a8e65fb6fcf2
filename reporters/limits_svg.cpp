#include "reporters/limits_svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "reporters/svg.hpp"

namespace shortfall {
namespace {

constexpr double width = 960, height = 640, left = 70, right = 30, top = 135, bottom = 110;

constexpr std::string_view style = R"(
.paper { fill: #ffffff }
text { font: 13px sans-serif; text-anchor: middle; fill: #222222 }
.title { font-size: 17px; font-weight: bold }
.axis { stroke: #444444 }
.grid { stroke: #e4e4e4 }
.base { stroke: #111111; stroke-width: 3 }
.bandwidth { stroke: #d1495b; stroke-width: 2 }
.latency { stroke: #2e6fb7; stroke-width: 2 }
.batch { stroke: #3a8f5c; stroke-width: 2 }
.threshold { stroke: #888888; stroke-dasharray: 6 4 }
.mark { stroke: #b07d12; stroke-width: 2; stroke-dasharray: 2 3 }
)";

struct Curve {
  const Variant& variant;
  std::string_view kind, name;
};

// Powers of ten from left to right, utilisation upwards.
class Chart {
 public:
  Chart(double first_power, double last_power, double highest)
      : first_(first_power), last_(last_power), highest_(highest) {}

  double x(double flop) const {
    const double share = (std::log10(flop) - first_) / (last_ - first_);
    return left + std::clamp(share, 0.0, 1.0) * (width - left - right);
  }
  double y(double utilization) const {
    return height - bottom - utilization / highest_ * (height - top - bottom);
  }
  double first() const { return first_; }
  double last() const { return last_; }
  double highest() const { return highest_; }

 private:
  double first_, last_, highest_;
};

void draw_axes(Picture& picture, const Chart& chart) {
  for (double power = chart.first(); power <= chart.last(); power += 1) {
    const double x = chart.x(std::pow(10, power));
    picture.line({x, top}, {x, height - bottom}, "grid");
    picture.text({x, height - bottom + 20}, fmt::format("1e{:.0f}", power), "label");
  }
  for (double used = 0; used <= chart.highest() + 1e-9; used += 0.1) {
    picture.line({left, chart.y(used)}, {width - right, chart.y(used)}, "grid");
    picture.text({left - 25, chart.y(used) + 4}, fmt::format("{:.0f} %", 100 * used), "label");
  }
  picture.line({left, height - bottom}, {width - right, height - bottom}, "axis");
  picture.line({left, top}, {left, height - bottom}, "axis");
  picture.text({(left + width - right) / 2, height - bottom + 42},
               "training compute (FLOP), done in time by the smallest cluster that can", "label");
}

void draw_curve(Picture& picture, const Chart& chart, const Curve& curve) {
  const auto& points = curve.variant.frontier.points;
  for (std::size_t i = 1; i < points.size(); ++i) {
    if (std::log10(points[i].training().value) > chart.last()) return;
    picture.line({chart.x(points[i - 1].training().value), chart.y(points[i - 1].utilization())},
                 {chart.x(points[i].training().value), chart.y(points[i].utilization())},
                 curve.kind);
  }
}

void draw_mark(Picture& picture, const Chart& chart, const std::optional<Flops>& flop,
               std::string_view name, double row) {
  if (!flop || std::isinf(flop->value)) return;
  const double x = chart.x(flop->value);
  const double y = 58 + 18 * row;
  picture.line({x, y + 5}, {x, height - bottom}, "mark");
  picture.text({std::min(x, width - 110), y}, fmt::format("{} {:.2e}", name, flop->value), "label");
}

void draw_legend(Picture& picture, const std::array<Curve, 4>& curves) {
  constexpr double column = 220;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const double x = left + column * static_cast<double>(i);
    picture.line({x, height - 32}, {x + 26, height - 32}, curves[i].kind);
    picture.text({x + 26 + 84, height - 28}, curves[i].name, "label");
  }
}

double last_power(const LimitsStudy& study) {
  const auto& points = study.base.frontier.points;
  const double last = points.empty() ? 1e28 : points.back().training().value;
  return std::ceil(std::log10(last) + 1);  // a decade more: what the other curves do there
}

}  // namespace

std::string limits_svg(const LimitsStudy& study) {
  constexpr double first_power = 24;
  const double highest = std::ceil(study.gpu.sustained_fraction * 10) / 10;
  const Chart chart(first_power, std::max(last_power(study), first_power + 2), highest);
  const std::array<Curve, 4> curves{{{study.no_bandwidth_limit, "bandwidth", "infinite bandwidth"},
                                     {study.no_latency, "latency", "no latency"},
                                     {study.larger_batch, "batch", "DeepSeek's batch sizes"},
                                     {study.base, "base", "as it is"}}};
  Picture picture;
  draw_axes(picture, chart);
  picture.line({left, chart.y(study.threshold)}, {width - right, chart.y(study.threshold)},
               "threshold");
  for (const Curve& curve : curves) draw_curve(picture, chart, curve);
  draw_mark(picture, chart, study.base.linear_end, "linear until", 0);
  draw_mark(picture, chart, study.base.smoothed_end, "smoothed", 1);
  draw_mark(picture, chart, study.base.last_feasible,
            study.base.frontier.is_complete ? "end of the sweep" : "latency wall", 2);
  draw_mark(picture, chart, study.base.latency_form, "its closed form", 3);
  draw_legend(picture, curves);
  picture.text({width / 2, 30}, study.gpu.name + ": how well the peak is used", "title");
  return picture.document(width, height, style);
}

}  // namespace shortfall
