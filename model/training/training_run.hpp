// A training run as it is described: what is trained, on what, and how it is split. Input of the
// model; what was not told takes a default, and the default is named.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/units.hpp"
#include "model/training/architecture.hpp"
#include "model/training/flops.hpp"
#include "model/training/software.hpp"

namespace shortfall {

// Of parameters, gradients and optimizer state over the data-parallel ranks.
enum class Sharding {
  none,        // all-reduce of gradients
  optimizer,   // ZeRO-1, distributed optimizer: reduce-scatter, then all-gather of parameters
  gradients,   // ZeRO-2: as ZeRO-1, reduced after each micro-batch
  parameters,  // ZeRO-3, FSDP: parameters gathered anew for each forward and backward pass
  hybrid       // FSDP within groups of `shards` ranks, all-reduce of gradients between them
};

enum class Schedule { one_f_one_b, interleaved, zero_bubble, dual_pipe };
enum class Precision { fp16, bf16, fp8, fp32 };

// How attention to other ranks' keys is done where the sequence is split.
enum class ContextExchange { ring, all_gather, all_to_all };

// How many ways. Their product, experts aside, is the number of GPUs of all clusters.
struct Split {
  std::int64_t tensor = 1, pipeline = 1, data = 1, context = 1;
  std::int64_t experts = 1;       // over all ranks of a stage, those of `tensor` among them
  std::int64_t chunks = 1;        // of layers that a pipeline stage holds: interleaving
  bool sequence_parallel = true;  // norms and residuals along the sequence, over `tensor`
  std::int64_t shards = 0;        // of hybrid sharding; 0 = the ranks of one host

  // Of one expert; 0 = `tensor`, or what `experts` leaves of it.
  std::int64_t expert_tensor = 0;
};

// One direction of one GPU; nothing = as the datasheet of the GPU says.
struct Fabric {
  std::string name;
  std::optional<Bandwidth> scale_up, scale_out;
  std::optional<Bandwidth> memory;  // of one GPU, where it is another than the datasheet's
  std::optional<double> power_limit_w;
  std::int64_t scale_up_gpus = 0;  // that share a scale-up domain; 0 = those of a host
};

// Clusters joined by slow links: each trains on its own for `local_steps`, then all of them average
// what they changed (DiLoCo). GPUs, batch and `data` are those of all clusters.
struct OuterLoop {
  std::int64_t clusters = 1, local_steps = 1;
  Bandwidth link = {};  // between two clusters, one direction, of all GPUs of a cluster together
};

struct DeviceClass {
  std::string gpu;
  std::int64_t gpus = 0;
};

// What interrupts long runs, and what that costs.
struct Reliability {
  Seconds between_failures_of_gpu;  // mean, of one GPU with its share of host and network
  Seconds checkpoint;               // that all ranks wait for
  Seconds restart;                  // from the failure to the first step, with a host at hand
  Seconds repair;                   // until a host is at hand
  bool has_spares = true;
};

struct TrainingRun {
  std::string id;
  std::string model;
  Architecture architecture;
  std::string gpu;
  std::int64_t gpus = 0;
  std::vector<DeviceClass> others;  // of mixed clusters: besides `gpu`, and contained in `gpus`
  std::optional<Throughput> peak;   // dense, of one GPU, by which the source counts
  Fabric fabric;
  std::int64_t seq_len = 0;
  std::int64_t batch = 0;        // sequences of one step, all ranks
  std::int64_t micro_batch = 1;  // sequences
  Split split;
  Sharding sharding = Sharding::none;
  Recompute recompute = Recompute::none;
  Precision precision = Precision::bf16;
  Schedule schedule = Schedule::one_f_one_b;
  ContextExchange context_exchange = ContextExchange::ring;
  std::optional<OuterLoop> outer;
  std::optional<Reliability> reliability;
  Software software;
  std::optional<Seconds> measured;   // time of one step
  std::vector<std::string> assumed;  // "micro_batch = 1": what was not told
};

// Sequences / (data x micro_batch): how many micro-batches each pipeline works through in a step.
std::int64_t micro_batches(const TrainingRun& run);

}  // namespace shortfall
