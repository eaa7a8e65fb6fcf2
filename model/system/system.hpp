// What a machine delivers, as the model needs it: one device of the slowest class, its links, its
// host, and how much ranks differ. From a datasheet and published efficiencies, or measured.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/units.hpp"
#include "model/training/software.hpp"

namespace shortfall {

class MeasuredExchanges;
class MeasuredPasses;
class MeasuredProducts;

// What a multiprocessor computes of a product at a time (powers of two), and its share of the best
// tile's rate.
struct Tile {
  std::int64_t rows, columns;
  double efficiency;
};

// Shares of the peak.
struct AttentionRate {
  double forward, backward;
};

struct DeviceModel {
  std::string name;
  Throughput peak;      // of 16-bit products, dense, by the datasheet
  Throughput peak_fp8;  // zero = has no such units
  Throughput
      without_matrix_units;  // f32: what batched products of unaligned matrices are left with
  double odd_rows = 1;       // share of the peak, with rows of an odd number of elements
  double clock = 1;          // sustained under load, over that for which the peak is printed
  double best_shape = 1;     // share of peak x clock that the best product reaches
  double contention = 1;     // share of that which is left when all ranks of a host compute at once
  double best_shape_fp8 = 1;
  std::int64_t units = 1;  // multiprocessors
  std::span<const Tile> tiles;
  Seconds kernel_start;  // of a product: until all units are busy, and after the last result
  Seconds pass_start;    // of a pass over memory
  Bandwidth memory;      // attained
  Bandwidth memory_promised;
  Bytes memory_size;
  std::array<AttentionRate, 4> attention;            // by AttentionKernel
  std::shared_ptr<const MeasuredProducts> products;  // null = all of this is published
  std::shared_ptr<const MeasuredPasses> passes;      // the same
};

// A link of one device, one direction.
struct LinkModel {
  Bandwidth promised;
  double attained = 1;     // of large messages, by all the ranks of a large group
  double small_group = 0;  // share that a group of n ranks loses: small_group / n
  Seconds start;           // of a collective
  Seconds hop;             // between two ranks of a ring, or two levels of a tree
  double slows = 0;        // share of its time by which what is computed meanwhile takes longer
};

// A processor that hands kernels to its device, one operation of a framework after the other.
struct DispatchModel {
  Seconds forward, backward;  // of one operation
};

// What ranks that wait for one another take over ranks that are all as the typical one, less one:
// if they meet at the end of a step, where chance evens out what they differ by from operation to
// operation, and in every layer, where it does not.
struct RankWaits {
  double after_step = 0, in_layers = 0;
};

// What products would take if a host were as the others are.
struct HostLeftOut {
  std::string host;
  double speedup = 1;                     // of the typical rank
  double spread = 0;                      // of the other hosts' ranks
  std::optional<RankWaits> slowest = {};  // of them, as in SystemModel
};

struct SystemModel {
  std::string name;
  DeviceModel device;
  LinkModel scale_up, scale_out;
  std::shared_ptr<const MeasuredExchanges> exchanges;  // null = links are all that is known
  std::int64_t scale_up_ranks = 8;                     // joined by scale_up
  Bandwidth between_clusters;  // of all links of one cluster together; zero = there are none
  DispatchModel dispatch;
  double mean_peak = 1;  // of all devices, over that of this one: mixed clusters
  double spread = 0;     // standard deviation of ranks' times over their mean
  // Of ranks that were measured. Nothing: as `spread` makes expect of as many ranks as a run has.
  std::optional<RankWaits> slowest;
  std::int64_t measured_ranks = 0;   // side by side
  std::vector<std::string> sources;  // of each figure: "memory: ..."
  std::vector<HostLeftOut> hosts;    // of a measured machine; empty where there is one alone
};

}  // namespace shortfall
