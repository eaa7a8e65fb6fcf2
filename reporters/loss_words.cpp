#include "reporters/loss_words.hpp"

#include <algorithm>
#include <array>

namespace shortfall {
namespace {

struct Loss {
  std::string_view id;
  LossWords words;
};

constexpr std::array<Loss, 20> known{{
    {"delivered", {"the model's own arithmetic", "delivered", ""}},
    {"slowest_class",
     {"waiting for the slowest kind of device", "slowest",
      "Give the slower devices less to do (fewer layers, a smaller micro-batch), or leave them "
      "out."}},
    {"clock",
     {"clocks", "clock",
      "See what kept clocks down during each case: results[].vitals. On processors: governor "
      "performance, no other load, no CPU quota. On GPUs: power limit and cooling."}},
    {"best_shape",
     {"what even the best product leaves", "best",
      "Search for a better shape (shortfall run gemm_best_shape); try another version of the "
      "library, and one thread for each core."}},
    {"shapes",
     {"shapes", "shapes",
      "Make products larger: a larger micro-batch or less tensor parallelism; on GPUs multiples "
      "of 128 fill tiles. Compare with shortfall run gemm_shape --set shape=MxNxK."}},
    {"memory",
     {"memory", "memory",
      "Fuse norms, activation functions and attention into fewer passes; keep activations and "
      "optimizer states in fewer bytes; shard the optimizer. Where ranks share a memory, see which "
      "passes take longer together than alone, and look for other programs that use it."}},
    {"recompute",
     {"recomputation", "again",
      "Recompute less: parts of a layer instead of all of it. Sharding the optimizer or a smaller "
      "micro-batch makes room for that."}},
    {"tensor",
     {"tensor-parallel traffic", "tensor",
      "Keep tensor-parallel ranks on one host or make their group smaller (shortfall plan finds "
      "the best split), and exchange while products run."}},
    {"context",
     {"context-parallel traffic", "context",
      "Make the context-parallel group smaller, or put it on faster links, so that attention hides "
      "what it sends."}},
    {"experts",
     {"expert-parallel traffic", "experts",
      "Keep the groups of experts on one host, and send tokens in 8 bits."}},
    {"interference",
     {"computing slowed by moving data", "interfer.",
      "Give transfers fewer of the device's units (NCCL_MAX_CTAS for NCCL), or leave a core to "
      "them."}},
    {"dispatch",
     {"devices that wait for their hosts", "dispatch",
      "Start fewer and larger operations: capture the step in a CUDA graph, or fuse operations by "
      "a compiler. Bind each rank to cores near its device."}},
    {"pipeline",
     {"sending between stages", "pipeline",
      "Put neighbouring stages on one host, and send while others compute."}},
    {"bubble",
     {"the pipeline bubble", "bubble",
      "More micro-batches for each step, more chunks for each stage, or fewer stages."}},
    {"imbalance",
     {"stages with less to do", "imbalance",
      "Give the first and the last stage, which have embedding and output, fewer layers."}},
    {"data",
     {"parameters and gradients", "data",
      "Use more tokens for each step and rank, reduce gradients in 16 bits and while the backward "
      "pass still runs, or look at the links of the group."}},
    {"outer", {"averages between clusters", "outer", "Average less often, and in fewer bits."}},
    {"stragglers",
     {"waiting for the slowest rank", "slow rank",
      "Look at the rank that is named, or at the findings: other load, clocks, a CPU quota, memory "
      "of another NUMA node. shortfall machine tells how hosts differ."}},
    {"stack",
     {"the software around the model", "stack",
      "Profile a step: what runs besides products, passes and exchanges?"}},
    {"residual",
     {"what the model does not explain", "residual",
      "Run again with --profile full, so that less is extrapolated; see which parts of the step "
      "were farthest off, and whether cases were disturbed."}},
}};

}  // namespace

LossWords words_of_loss(std::string_view id) {
  const auto* const found = std::ranges::find(known, id, &Loss::id);
  return found == known.end() ? LossWords{} : found->words;
}

}  // namespace shortfall
