#include "model/system/promised.hpp"

namespace shortfall {
namespace {

// Nothing is cut into pieces that could be left over.
constexpr std::array<Tile, 1> no_tiles{{{1, 1, 1}}};
constexpr AttentionRate whole_peak{1, 1};

LinkModel as_promised(const LinkModel& link) { return {.promised = link.promised}; }

DeviceModel as_promised(DeviceModel device) {
  device.without_matrix_units = device.peak;
  device.odd_rows = device.clock = device.best_shape = device.best_shape_fp8 = 1;
  device.contention = 1;
  device.tiles = no_tiles;
  device.kernel_start = device.pass_start = {};
  device.memory = device.memory_promised;
  device.attention.fill(whole_peak);
  return device;
}

}  // namespace

SystemModel as_promised(SystemModel system) {
  system.name = system.device.name + ", as its datasheet promises";
  system.device = as_promised(std::move(system.device));
  system.scale_up = as_promised(system.scale_up);
  system.scale_out = as_promised(system.scale_out);
  system.dispatch = {};
  system.spread = 0;
  system.slowest.reset();
  return system;
}

}  // namespace shortfall
