// Published efficiencies of architectures, each with its source.
#pragma once

#include <array>
#include <string_view>

#include "model/system/system.hpp"

namespace shortfall {

struct PublishedEfficiency {
  std::string_view architecture;      // of a datasheet: "sm_90"; "" = any other
  double best_shape, best_shape_fp8;  // best product of a sweep over shapes, in bursts, over peak
  double sustained;                   // a long sequence of large products over peak
  std::span<const Tile> tiles;
  std::array<AttentionRate, 4> attention;
};

// The architecture's, or those of the nearest one that is known.
const PublishedEfficiency& published_efficiency(std::string_view architecture);

namespace published {

// Copy and triad over the promised bandwidth of HBM: BabelStream on A100 and H100 (McIntosh-Smith
// et al.), STREAM of NVIDIA's HPC benchmarks.
inline constexpr double memory = 0.88;
// Bus bandwidth of an all-reduce by 8 ranks over one direction of NVLink: 228 of 300 GB/s (A100,
// table of vTrain's repository), 360 of 450 (H100, ring, nccl-tests in NVIDIA's tuning guides).
// The table has 193, 210, 219, 223, 225, 227 and 228 GB/s for 2 to 8 ranks: 240 (1 - 0.39 / n).
inline constexpr double scale_up = 0.80;
inline constexpr double lost_by_small_groups = 0.39;
// nvidia-smi's total over the label: A100 of 40 and 80 GB 42.5 and 85.9e9 B, H100 85.5e9 of 80,
// H200 150.8e9 of 141, B200 192.3e9 of 180; MI300X 205.8e9 of 192 by rocm-smi.
inline constexpr double bytes_over_label = 1.065;
inline constexpr Bandwidth least_of_hbm{1e12};
// Payload of large all-reduces over the line rate of the NICs: ib_write_bw reaches 0.97 to 0.98;
// rings over several rails 0.80 to 0.90 (nccl-tests on HDR and NDR clusters).
inline constexpr double scale_out = 0.85;
// Of servers with H100: one NIC of 400 Gbit/s for each GPU.
inline constexpr Bandwidth usual_nic{50e9};
// The same table's straight lines begin at 50, 57, 63, 67, 77, 81 and 87 us for 2 to 8 ranks.
inline constexpr Seconds collective_start{44e-6};
inline constexpr Seconds scale_up_hop{3e-6};
// NCCL's own model of a ring: one step between hosts by the Simple protocol (tuning.cc, NET).
inline constexpr Seconds scale_out_hop{14e-6};
// Launch to first result of a large product, and its tail: E. Erdil's model of data movement takes
// 4.5 us with the launch, of which a queue hides the half that the host takes.
inline constexpr Seconds kernel_start{2e-6};
inline constexpr Seconds pass_start{3e-6};
// One layer of a GPT with its modules as Megatron has them, in PyTorch 1.13 on one core of a
// 2.5 GHz Cascade Lake, tensors of 64 elements: bench/framework_dispatch.py.
inline constexpr DispatchModel dispatch{{0.90e-3 / 15}, {1.02e-3 / 21}};
// nanoGPT on an A100: a step of GPT-2 124M with 12 x 1,024 tokens took 135 ms and 25 % less rate
// with 50,257 words than with 50,304: 27 ms more for 2.85 TFLOP that take 12 ms at the usual rate.
inline constexpr double odd_rows = 0.23;
// Share of multiprocessors and memory that moving data takes from products beside it: Calculon's
// descriptions of an A100 system.
inline constexpr double scale_up_slows = 0.15, scale_out_slows = 0.02;
// GPUs of one host differ by 5 % in the best product (ml-engineering), which is the expected range
// of eight: 2.85 standard deviations.
inline constexpr double spread = 0.05 / 2.85;
// Idle share of a device's power limit: it does not fall with the clock.
inline constexpr double idle_power = 0.1;

}  // namespace published
}  // namespace shortfall
