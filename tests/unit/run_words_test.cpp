// What the free text of published tables means.
#include "model/training/run_words.hpp"

#include <gtest/gtest.h>

namespace shortfall {
namespace {

TEST(ShardingWords, OfFrameworksAreKnown) {
  const auto meaning = [](std::string_view text) {
    const auto found = sharding_in(text);
    return found ? std::optional(found->sharding) : std::nullopt;
  };
  for (const auto* text : {"none", "DDP", "no", "ZeRO-0", "NO_SHARD", "no FSDP", "DP"}) {
    EXPECT_EQ(meaning(text), Sharding::none) << text;
  }
  for (const auto* text : {"ZeRO-1", "zero1", "DDP+dist-optimizer", "distributed optimizer",
                           "DeepSpeed ZeRO stage 1", "ZeRO", "--use-distributed-optimizer"}) {
    EXPECT_EQ(meaning(text), Sharding::optimizer) << text;
  }
  for (const auto* text :
       {"ZeRO-2", "SHARD_GRAD_OP", "FSDP (ZeRO-2)", "FSDP, no reshard after forward"}) {
    EXPECT_EQ(meaning(text), Sharding::gradients) << text;
  }
  for (const auto* text :
       {"ZeRO-3", "FULL_SHARD", "FSDP", "FSDP2", "FSDP8", "Megatron-FSDP", "zero_stage_3"}) {
    EXPECT_EQ(meaning(text), Sharding::parameters) << text;
  }
  for (const auto* text : {"HSDP", "HYBRID_SHARD", "2D FSDP 256-way, 2-way pod DP"}) {
    EXPECT_EQ(meaning(text), Sharding::hybrid) << text;
  }
  EXPECT_EQ(meaning("shared"), std::nullopt);
}

TEST(ShardingWords, TellTheRanksOfAGroupButNotOfAVersion) {
  EXPECT_EQ(sharding_in("FSDP8")->ranks, 8);
  EXPECT_EQ(sharding_in("FSDP2")->ranks, 0);
  EXPECT_EQ(sharding_in("2D FSDP 256-way, 2-way pod DP")->ranks, 256);
  EXPECT_TRUE(sharding_in("ZeRO")->is_stage_unknown);
  EXPECT_FALSE(sharding_in("ZeRO-1")->is_stage_unknown);
}

TEST(RecomputeWords, OfPublishedRunsAreKnown) {
  for (const auto* text : {"none", "None", "off", "no recompute", "none (full does not fit)",
                           "no activation checkpointing"}) {
    EXPECT_EQ(recompute_in(text), Recompute::none) << text;
  }
  for (const auto* text : {"selective", "selective(attn core)+SP", "per-op selective", "op-SAC",
                           "no full recompute, selective", "core_attn"}) {
    EXPECT_EQ(recompute_in(text), Recompute::selective) << text;
  }
  for (const auto* text :
       {"full", "full-ish", "FULL (block)", "activation checkpointing", "every layer"}) {
    EXPECT_EQ(recompute_in(text), Recompute::full) << text;
  }
  EXPECT_EQ(recompute_in("some"), std::nullopt);
}

TEST(ScheduleWords, OfPublishedRunsAreKnown) {
  for (const auto* text : {"1F1B", "GPipe", "non-interleaved 1F1B", "AFAB", "none"}) {
    EXPECT_EQ(schedule_in(text), Schedule::one_f_one_b) << text;
  }
  for (const auto* text : {"1F1B (interleaved where PP>1)", "interleaved 1F1B", "Interleaved1F1B",
                           "VPP", "LoopedBFS"}) {
    EXPECT_EQ(schedule_in(text), Schedule::interleaved) << text;
  }
  for (const auto* text : {"ZB-H1", "zero bubble", "InterleavedZeroBubble", "ZBV"}) {
    EXPECT_EQ(schedule_in(text), Schedule::zero_bubble) << text;
  }
  EXPECT_EQ(schedule_in("DualPipe"), Schedule::dual_pipe);
  EXPECT_EQ(schedule_in("DualPipeV"), Schedule::dual_pipe);
  EXPECT_EQ(schedule_in("whenever"), std::nullopt);
}

TEST(PrecisionWords, TellTheTypeOfProducts) {
  for (const auto* text : {"bf16", "bfloat16", "amp_bf16", "bf16, no fp8", "BF16-mixed"}) {
    EXPECT_EQ(precision_in(text), Precision::bf16) << text;
  }
  for (const auto* text : {"fp8", "bf16+Float8", "MXFP8", "fp8 (current scaling)", "F8"}) {
    EXPECT_EQ(precision_in(text), Precision::fp8) << text;
  }
  for (const auto* text : {"fp16", "float16", "half"}) {
    EXPECT_EQ(precision_in(text), Precision::fp16) << text;
  }
  for (const auto* text : {"fp32", "f32", "float32", "single precision"}) {
    EXPECT_EQ(precision_in(text), Precision::fp32) << text;
  }
  for (const auto* text : {"mixed", "nvfp4", "fp64"}) {
    EXPECT_EQ(precision_in(text), std::nullopt) << text;
  }
}

TEST(OtherWords, TellHowSequencesAreSplit) {
  EXPECT_EQ(sequence_parallel_in("selective(attn core)+SP"), true);
  EXPECT_EQ(sequence_parallel_in("full, no SP"), false);
  EXPECT_EQ(sequence_parallel_in("full"), std::nullopt);
  EXPECT_EQ(context_exchange_in("all_gather"), ContextExchange::all_gather);
  EXPECT_EQ(context_exchange_in("Ulysses"), ContextExchange::all_to_all);
  EXPECT_EQ(context_exchange_in("ring attention"), ContextExchange::ring);
  EXPECT_EQ(context_exchange_in("pigeon"), std::nullopt);
}

}  // namespace
}  // namespace shortfall
