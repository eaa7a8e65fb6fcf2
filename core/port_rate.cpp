#include "core/port_rate.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "core/text.hpp"

namespace shortfall {
namespace {

constexpr int quad_speed = 4, highest_speed = 128;  // QDR, NDR

double lane_rate(const PortCodes& codes) {
  // Without the line code; SDR, DDR, QDR, FDR10, FDR, EDR, HDR, NDR.
  constexpr std::array<std::pair<int, double>, 8> speeds{{{1, 2e9},
                                                          {2, 4e9},
                                                          {quad_speed, 8e9},
                                                          {8, 10e9},
                                                          {16, 13.6364e9},
                                                          {32, 25e9},
                                                          {64, 50e9},
                                                          {highest_speed, 100e9}}};
  // What adapters on Ethernet say of lanes of 10 Gbit/s.
  if (codes.is_ethernet && codes.speed == quad_speed) return 10e9;
  const auto found = std::ranges::find(speeds, codes.speed, &std::pair<int, double>::first);
  return found != speeds.end() ? found->second : 0;
}

int lanes_of(int width) {
  constexpr std::array<std::pair<int, int>, 5> widths{{{1, 1}, {2, 4}, {4, 8}, {8, 12}, {16, 2}}};
  const auto found = std::ranges::find(widths, width, &std::pair<int, int>::first);
  return found != widths.end() ? found->second : 0;
}

}  // namespace

PortRate port_rate_in(const std::string& line) {
  constexpr double most = 1e5;  // keeps a damaged file from promising the impossible
  constexpr std::int64_t most_lanes = 16;
  PortRate told;
  const std::size_t end = line.find(" Gb/sec");
  if (end != std::string::npos) {
    const double rate = parse_number(std::string_view(line).substr(0, end)).value_or(0);
    if (rate > 0 && rate < most) told.bit_per_s = rate * 1e9;
  }
  const std::size_t open = line.find('('), times = line.find("X ", open), close = line.find(')');
  if (open >= times || times >= close || close == std::string::npos) return told;
  const auto lanes = parse_integer(std::string_view(line).substr(open + 1, times - open - 1));
  if (!lanes || *lanes < 1 || *lanes > most_lanes) return told;
  told.lanes = static_cast<int>(*lanes);
  told.lane_speed = line.substr(times + 2, close - times - 2);
  return told;
}

double bits_per_second(const PortCodes& codes, const PortRate& told) {
  const double by_codes = lane_rate(codes) * lanes_of(codes.width);
  // The kernel shortens faster speeds to NDR for verbs, whose field has 8 bits; its own file calls
  // a speed that it does not know SDR.
  const bool may_be_faster = codes.speed >= highest_speed || by_codes == 0;
  const bool is_told = told.bit_per_s > 0 && told.lane_speed != "SDR";
  return may_be_faster && is_told ? told.bit_per_s : by_codes;
}

}  // namespace shortfall
