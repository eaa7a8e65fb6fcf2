// What results of UCX say of the transports that it chose.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace shortfall {

struct UcxLane {
  std::string transport, device;  // "rc_mlx5", "mlx5_0:1"; "tcp", "eth0"
  friend bool operator==(const UcxLane&, const UcxLane&) = default;
};

// Of "posix/memory (am, am_bw), cma/memory (rma_bw)": see docs/ucx.md.
std::vector<UcxLane> ucx_lanes(std::string_view transports);

// "mlx5_0" of "mlx5_0:1".
std::string adapter_of(const UcxLane& lane);

}  // namespace shortfall
