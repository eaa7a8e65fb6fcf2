#include "reporters/machine_svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/text.hpp"
#include "reporters/plugged.hpp"
#include "reporters/svg.hpp"

namespace shortfall {
namespace {

constexpr double margin = 24, gap = 16, device_width = 176, device_height = 62;
constexpr double title_y = 34, processor_y = 58, processor_height = 58, switch_y = 178;
constexpr double switch_height = 26, device_y = 270, network_y = 420, network_height = 30;

constexpr std::string_view style = R"(
text { font: 12px sans-serif; text-anchor: middle; fill: #222; paint-order: stroke }
text.title { font-size: 16px; font-weight: bold }
text.name { font-weight: bold }
text.detail { font-size: 11px; fill: #555 }
text.link { font-size: 11px; fill: #555; stroke: #f6f6f3; stroke-width: 5px }
text.slow { font-size: 11px; fill: #c0392b; stroke: #f6f6f3; stroke-width: 5px; font-weight: bold }
rect { fill: #fff; stroke: #888 }
rect.paper { stroke: none }
rect.node { fill: #f6f6f3; stroke: #ccc }
rect.processor { fill: #fdf0d5 }
rect.switch { fill: #eee }
rect.gpu { fill: #d9f2d9 }
rect.nic { fill: #d8e8fa }
rect.network { fill: #eef4fb }
line { stroke: #888; stroke-width: 2 }
line.slow { stroke: #c0392b; stroke-width: 3 }
)";

struct Column {  // one NUMA node and what is plugged in there
  const NumaNode* node = nullptr;
  std::vector<const Plugged*> devices;
  Box box;
};

// The switch that a device shares with others; "" = it has its own way to the processor.
std::string shared_switch(const Plugged& device, const std::vector<const Plugged*>& others) {
  const auto& bridges = device.slot->bridges;
  for (std::size_t depth = bridges.size(); depth-- > 1;) {
    const bool is_shared = std::ranges::any_of(others, [&](const Plugged* other) {
      const auto& theirs = other->slot->bridges;
      return other != &device && theirs.size() > depth && theirs[depth] == bridges[depth];
    });
    if (is_shared) return bridges[depth];
  }
  return "";
}

// Those that share a switch side by side.
void sort_by_switch(Column& column) {
  std::ranges::stable_sort(column.devices, {},
                           [&](const Plugged* device) { return device->slot->bridges; });
}

std::vector<Column> columns_of(const Host& host, const std::vector<Plugged>& all) {
  std::map<int, Column> columns;  // by the node's number; -1: unknown
  for (const NumaNode& node : host.numa) columns[node.number].node = &node;
  for (const Plugged& device : all) {
    columns[device.slot->numa_node.value_or(-1)].devices.push_back(&device);
  }
  std::vector<Column> placed;
  double x = margin;
  for (auto& [number, column] : columns) {
    const double count = std::max<double>(1, static_cast<double>(column.devices.size()));
    column.box = {{x, processor_y - 14}, count * (device_width + gap) + gap, device_y + 92};
    x += column.box.width + gap;
    sort_by_switch(column);
    placed.push_back(std::move(column));
  }
  return placed;
}

class HostPicture {
 public:
  HostPicture(const Host& host, const std::vector<Link>& links) : host_(host), links_(links) {}

  std::string drawn() {
    const std::vector<Plugged> all = plugged_in(host_);
    const std::vector<Column> columns = columns_of(host_, all);
    const Box& last = columns.empty() ? Box{{margin, 0}, 300, 0} : columns.back().box;
    const double width = last.corner.x + last.width + margin;
    const bool has_network = std::ranges::any_of(all, [](const Plugged& p) { return !p.is_gpu; });
    if (has_network) {
      const Box network{{margin, network_y}, width - 2 * margin, network_height};
      picture_.box(network, "network");
      picture_.text({width / 2, network_y + 20}, "network", "name");
    }
    for (const Column& column : columns) draw(column);
    picture_.text({width / 2, title_y - 8}, host_.name + ": " + host_.cpu.model, "title");
    return picture_.document(width, network_y + network_height + margin, style);
  }

 private:
  void draw(const Column& column) {
    picture_.box(column.box, "node");
    const Box processor{
        {column.box.corner.x + gap, processor_y}, column.box.width - 2 * gap, processor_height};
    picture_.box(processor, "processor");
    draw_processor(column, processor);
    std::map<std::string, Box> switches;
    double x = column.box.corner.x + gap;
    for (const Plugged* device : column.devices) {
      const Box box{{x, device_y}, device_width, device_height};
      const std::string name = shared_switch(*device, column.devices);
      if (!name.empty()) {
        Box& shared =
            switches.try_emplace(name, Box{{x, switch_y}, 0, switch_height}).first->second;
        shared.width = x + device_width - shared.corner.x;
      }
      const Point above = name.empty() ? Point{box.top().x, processor.bottom().y}
                                       : Point{box.top().x, switch_y + switch_height};
      draw(*device, box, above);
      x += device_width + gap;
    }
    for (const auto& [name, box] : switches) {
      picture_.line(box.top(), {box.top().x, processor.bottom().y}, "link");
      picture_.box(box, "switch");
      picture_.text({box.top().x, switch_y + 17}, "switch " + name, "detail");
    }
  }

  void draw_processor(const Column& column, const Box& box) {
    const Point middle = box.top();
    if (column.node == nullptr) {
      picture_.text({middle.x, box.corner.y + 34}, "NUMA node unknown", "name");
      return;
    }
    picture_.text({middle.x, box.corner.y + 24}, fmt::format("NUMA node {}", column.node->number),
                  "name");
    const std::string cpus = column.node->cpus.empty() ? "no CPUs" : "CPUs " + column.node->cpus;
    picture_.text({middle.x, box.corner.y + 44},
                  fmt::format("{}, {:.0f} GiB", cpus, column.node->memory.value / (1U << 30U)),
                  "detail");
  }

  void draw(const Plugged& device, const Box& box, Point above) {
    const bool is_slow = is_degraded(*device.slot, device.is_gpu);
    const std::string_view kind = is_slow ? "slow" : "link";
    picture_.line(above, box.top(), kind);
    const std::string speed = slot_text(*device.slot, device.is_gpu);
    const double label_y = (above.y + box.corner.y) / 2;
    picture_.text({box.top().x, label_y}, speed, kind);
    picture_.text({box.top().x, label_y + 14}, promised(device.slot->address, Link::Kind::pcie),
                  "link");
    picture_.box(box, device.is_gpu ? "gpu" : "nic");
    picture_.text({box.top().x, box.corner.y + 22}, device.name, "name");
    picture_.text({box.top().x, box.corner.y + 40}, shortened(device.what), "detail");
    picture_.text({box.top().x, box.corner.y + 55}, device.slot->address, "detail");
    if (device.is_gpu) return;
    picture_.line(box.bottom(), {box.bottom().x, network_y}, "link");
    double y = box.bottom().y + 26;
    for (const Outside& port : device.outside) {
      picture_.text({box.top().x, y}, port.brief, "link");
      y += 14;
    }
  }

  std::string promised(const std::string& device, Link::Kind kind) const {
    for (const Link& link : links_) {
      const bool is_it = link.host == host_.name && link.kind == kind && link.from == device;
      if (is_it && link.raw) return scaled(link.raw->value, "B/s");
    }
    return "";
  }

  static std::string shortened(const std::string& text) {
    constexpr std::size_t most = 28;  // as wide as the box of a device
    return text.size() <= most ? text : text.substr(0, most - 3) + "...";
  }

  const Host& host_;
  const std::vector<Link>& links_;
  Picture picture_;
};

}  // namespace

std::string machine_svg(const Host& host, const std::vector<Link>& links) {
  return HostPicture(host, links).drawn();
}

}  // namespace shortfall
