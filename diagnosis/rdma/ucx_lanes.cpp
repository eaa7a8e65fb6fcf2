#include "diagnosis/rdma/ucx_lanes.hpp"

#include "core/text.hpp"

namespace shortfall {
namespace {

// Uses stand in brackets, with commas between them.
std::string without_uses(std::string_view transports) {
  std::string text;
  bool is_inside = false;
  for (const char letter : transports) {
    if (letter == '(') is_inside = true;
    if (!is_inside) text += letter;
    if (letter == ')') is_inside = false;
  }
  return text;
}

}  // namespace

std::vector<UcxLane> ucx_lanes(std::string_view transports) {
  std::vector<UcxLane> lanes;
  for (const std::string& part : split(without_uses(transports), ',')) {
    const std::string_view lane = trimmed(part);
    const std::size_t slash = lane.find('/');
    if (slash == std::string_view::npos) continue;
    lanes.push_back({std::string(lane.substr(0, slash)), std::string(lane.substr(slash + 1))});
  }
  return lanes;
}

std::string adapter_of(const UcxLane& lane) { return lane.device.substr(0, lane.device.find(':')); }

}  // namespace shortfall
