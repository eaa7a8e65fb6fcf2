#include "model/system/literature.hpp"

#include <array>
#include <cmath>

#include "core/error.hpp"
#include "model/system/published.hpp"
#include "topology/datasheets/link_promises.hpp"

namespace shortfall {
namespace {

std::optional<Throughput> peak_of(const DeviceSheet& sheet, std::string_view type) {
  for (const auto& [name, peak] : sheet.peak) {
    if (name == type) return peak;
  }
  return std::nullopt;
}

// Frameworks multiply 32 bits with the units for tf32 where there are some.
Throughput peak_in(const DeviceSheet& sheet, const DeviceConditions& environment) {
  if (environment.peak) return *environment.peak;
  using Types = std::array<std::string_view, 2>;
  for (const std::string_view type :
       environment.is_fp32 ? Types{"tf32", "fp32"} : Types{"bf16", "fp16"}) {
    if (const auto peak = peak_of(sheet, type)) return *peak;
  }
  throw BadUsage(sheet.name + ": its datasheet has no peak of " +
                 (environment.is_fp32 ? "32" : "16") + "-bit products");
}

// Power goes with the cube of the clock, as voltage falls with it, but for what an idle device
// takes.
double clock_at(double limit_w, double design_w) {
  if (limit_w >= design_w) return 1;
  const double idle = published::idle_power * design_w;
  return std::cbrt(std::max(0.0, limit_w - idle) / (design_w - idle));
}

// Makers call 2^30 bytes of HBM a GB, of which firmware and checks of the memory keep a little. Of
// other memory they take more.
Bytes memory_in(const DeviceSheet& sheet) {
  if (sheet.sizes.empty()) return {};
  const Bytes labelled = sheet.sizes.back();
  const bool is_hbm = sheet.memory && *sheet.memory >= published::least_of_hbm;
  const bool is_in_gb = std::fmod(labelled.value, 1e9) == 0;
  return is_hbm && is_in_gb ? labelled * published::bytes_over_label : labelled;
}

DeviceModel device_of(const DeviceSheet& sheet, const DeviceConditions& environment) {
  const PublishedEfficiency& known = published_efficiency(sheet.architecture);
  DeviceModel device;
  device.name = sheet.name;
  device.peak = peak_in(sheet, environment);
  device.peak_fp8 = peak_of(sheet, "fp8").value_or(Throughput{});
  device.without_matrix_units = peak_of(sheet, "fp32").value_or(device.peak / 16);
  device.odd_rows = published::odd_rows;
  device.clock = known.sustained / known.best_shape;
  if (environment.power_limit_w && sheet.tdp_w > 0) {
    device.clock *= clock_at(*environment.power_limit_w, sheet.tdp_w);
  }
  device.best_shape = known.best_shape;
  device.best_shape_fp8 = known.best_shape_fp8;
  device.units = std::max(sheet.units, 1);
  device.tiles = known.tiles;
  device.kernel_start = published::kernel_start;
  device.pass_start = published::pass_start;
  const std::optional<Bandwidth> memory = environment.memory ? environment.memory : sheet.memory;
  if (!memory) throw BadUsage(sheet.name + ": its datasheet has no bandwidth of its memory");
  device.memory_promised = *memory;
  device.memory = *memory * published::memory;
  device.memory_size = memory_in(sheet);
  device.attention = known.attention;
  return device;
}

// Devices of a host that have no links to each other meet over PCIe.
Bandwidth scale_up_of(const DeviceSheet& sheet, const DeviceConditions& environment) {
  if (environment.scale_up) return *environment.scale_up;
  if (sheet.scale_up && sheet.scale_up->links > 0) {
    return sheet.scale_up->of_one_link * sheet.scale_up->links;
  }
  if (const auto pcie = pcie_promise(sheet.pcie).payload) return *pcie;
  throw BadUsage(sheet.name + ": its datasheet has no links to other devices");
}

}  // namespace

SystemModel literature_system(const DeviceSheet& sheet, const DeviceConditions& environment) {
  SystemModel system;
  system.name = sheet.name + ", by literature";
  system.device = device_of(sheet, environment);
  system.scale_up = {.promised = scale_up_of(sheet, environment),
                     .attained = published::scale_up,
                     .small_group = published::lost_by_small_groups,
                     .start = published::collective_start,
                     .hop = published::scale_up_hop,
                     .slows = published::scale_up_slows};
  system.scale_out = {.promised = environment.scale_out.value_or(published::usual_nic),
                      .attained = published::scale_out,
                      .hop = published::scale_out_hop,
                      .slows = published::scale_out_slows};
  if (sheet.scale_up && sheet.scale_up->joins > 0) system.scale_up_ranks = sheet.scale_up->joins;
  if (environment.scale_up_ranks > 0) system.scale_up_ranks = environment.scale_up_ranks;
  system.dispatch = published::dispatch;
  system.spread = published::spread;
  return system;
}

}  // namespace shortfall
