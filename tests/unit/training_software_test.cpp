// What descriptions of runs tell by the way: of the programs that trained them, for which what was
// usual at their time is assumed, and of devices that are not as their datasheets say.
#include "model/training/software.hpp"

#include <gtest/gtest.h>

#include "tests/unit/sample_documents.hpp"

namespace shortfall {
namespace {

using Kernel = AttentionKernel;

Software megatron_in(int year) { return software_of({.year = year, .source = "Megatron-LM"}); }

Software titan(std::string_view remarks, bool is_fp8 = false) {
  return software_of(
      {.year = 2024, .is_fp8 = is_fp8, .source = "torchtitan README", .remarks = remarks});
}

TEST(Software, HadNoFusedAttentionUntil2022) {
  const Software software = megatron_in(2022);

  EXPECT_EQ(software.attention, Kernel::separate);
  EXPECT_TRUE(software.has_dropout);
  EXPECT_FALSE(software.fuses_loss);
  EXPECT_FALSE(software.hides_data_exchange);
  EXPECT_FALSE(software.hides_tensor_exchange);
}

TEST(Software, OfRunsInFp16IsThatOfTheirTime) {
  EXPECT_EQ(software_of({.year = 2024, .is_fp16 = true}).attention, Kernel::separate);
}

TEST(Software, GotAttentionInOneKernelAndThenFasterOnes) {
  EXPECT_EQ(megatron_in(2023).attention, Kernel::flash_1);
  EXPECT_EQ(megatron_in(2024).attention, Kernel::flash_3);
  EXPECT_EQ(titan("").attention, Kernel::flash_2);
}

TEST(Software, HidesTensorExchangeSinceTransformerEngineDoes) {
  EXPECT_FALSE(megatron_in(2023).hides_tensor_exchange);
  EXPECT_TRUE(megatron_in(2024).hides_tensor_exchange);
  EXPECT_TRUE(megatron_in(2023).hides_data_exchange);
}

TEST(Software, OfPyTorchAloneFusesWhatItCompiles) {
  EXPECT_FALSE(titan("").fuses_passes);
  EXPECT_TRUE(titan("bf16 + compile").fuses_passes);
  EXPECT_TRUE(titan("", true).fuses_passes);
  EXPECT_TRUE(titan("").keeps_every_second_product);
  EXPECT_FALSE(titan("").hides_tensor_exchange);
  EXPECT_TRUE(titan("8B AsyncTP").hides_tensor_exchange);
}

TEST(Software, OfMegatronIsNotPyTorchsFsdpThoughItIsCalledSo) {
  const Software software = software_of({.year = 2024, .source = "Megatron-FSDP"});

  EXPECT_TRUE(software.fuses_passes);
  EXPECT_FALSE(software.keeps_every_second_product);
}

TEST(Software, IsNamedByWhatADoubterWouldAskFirst) {
  EXPECT_EQ(text_of(megatron_in(2022)),
            "attention kernel by kernel, fused norms, gradients reduced after the backward pass");
  EXPECT_EQ(text_of(titan("")), "FlashAttention-2, norms operation by operation");
}

// "H100 96GB HBM2e 2.4TB/s, 500 W limit" is no longer what the datasheet describes.
TEST(Remarks, TellPowerLimitAndMemoryRate) {
  const auto fabric = [](const std::string& name, const std::string& notes) {
    const RunRow row = sample::row_after([&](auto& run) {
      run["network"]["name"] = name;
      run["notes"] = notes;
    });
    return row.run->fabric;
  };
  const Fabric limited = fabric("8x400G", "H100 96GB HBM2e 2.4TB/s, 500 W limit");
  EXPECT_EQ(limited.power_limit_w, 500);
  EXPECT_DOUBLE_EQ(limited.memory->value, 2.4e12);
  EXPECT_EQ(fabric("DGX, 700 W", "nothing").power_limit_w, 700);
  const Fabric plain = fabric("500 Watson hosts", "1.5 kW a host; 3 W; 900 TB/s of all hosts");
  EXPECT_FALSE(plain.power_limit_w) << *plain.power_limit_w;
  EXPECT_FALSE(plain.memory) << plain.memory->value;
}

}  // namespace
}  // namespace shortfall
