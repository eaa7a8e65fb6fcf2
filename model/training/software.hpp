// How the programs of a run do what every run does: their kernels, and what they overlap. Sources
// seldom tell; what was usual at their time is assumed then.
#pragma once

#include <string>
#include <string_view>

namespace shortfall {

enum class AttentionKernel {
  separate,  // products, softmax and dropout one by one, all scores in memory: until 2022
  flash_1,   // FlashAttention and its like in Triton: 2022, 2023
  flash_2,   // FlashAttention-2: from mid 2023 on
  flash_3    // FlashAttention-3, cuDNN 9: from 2024 on, on Hopper and later
};

struct Software {
  AttentionKernel attention = AttentionKernel::flash_3;
  bool fuses_passes =
      true;                // norms, rotary and activations in one kernel each: by hand or compiled
  bool fuses_loss = true;  // logits in 32 bits are not kept
  bool has_dropout = false;
  bool hides_tensor_exchange = false;       // behind the products that need it, piece by piece
  bool keeps_every_second_product = false;  // where "selective" recomputation is told
  bool hides_data_exchange = true;          // behind backward and forward passes
  bool is_in_sequence = false;  // one Operation after the other, of whole elements: a Routine
};

// What a description says of itself.
struct SoftwareHints {
  int year = 2024;
  bool is_fp16 = false, is_fp8 = false;
  std::string_view source, remarks;
};
Software software_of(const SoftwareHints& hints);

// "attention and dropout each in memory, fused passes": as defaults are named.
std::string text_of(const Software& software);

}  // namespace shortfall
