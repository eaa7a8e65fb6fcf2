// What the kernel and libibverbs tell of the rate of an RDMA port.
#pragma once

#include <string>

namespace shortfall {

// As a file ".../ports/1/rate" says: "800 Gb/sec (4X XDR)". Zero, "" = it does not.
struct PortRate {
  double bit_per_s = 0;  // of all lanes; up to QDR with the line code
  int lanes = 0;
  std::string lane_speed;  // "XDR"
};
PortRate port_rate_in(const std::string& line);

// Codes of ibv_port_attr.
struct PortCodes {
  int speed = 0, width = 0;
  bool is_ethernet = false;
};

// Of all lanes, without their line code: 400e9 of NDR; 0 = neither tells it.
double bits_per_second(const PortCodes& codes, const PortRate& told);

}  // namespace shortfall
