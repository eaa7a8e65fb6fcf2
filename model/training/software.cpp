#include "model/training/software.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace shortfall {
namespace {

std::string lower(std::string_view text) {
  std::string all(text);
  std::transform(all.begin(), all.end(), all.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return all;
}

bool has(const std::string& text, std::string_view word) {
  return text.find(word) != std::string::npos;
}

}  // namespace

Software software_of(const SoftwareHints& hints) {
  const std::string remarks = lower(hints.remarks), words = remarks + lower(hints.source);
  const bool is_early = hints.is_fp16 || hints.year < 2023;  // Megatron-LM before FlashAttention
  const bool is_native = has(words, "torchtitan") || has(words, "foundry") ||
                         (has(words, "fsdp") && !has(words, "megatron"));
  const bool is_compiled = is_native && hints.year >= 2024 &&
                           (hints.is_fp8 || hints.year >= 2025 || has(remarks, "compile"));
  Software software;
  software.keeps_every_second_product = is_native;
  software.attention = is_early             ? AttentionKernel::separate
                       : hints.year <= 2023 ? AttentionKernel::flash_1
                       : is_native          ? AttentionKernel::flash_2
                                            : AttentionKernel::flash_3;
  software.fuses_passes = !is_native || is_compiled;
  software.fuses_loss = !is_early && software.fuses_passes;
  software.has_dropout = is_early;
  software.hides_data_exchange = !is_early;
  software.hides_tensor_exchange = is_native ? has(remarks, "asynctp") || has(remarks, "async tp")
                                             : !is_early && hints.year >= 2024;
  return software;
}

std::string text_of(const Software& software) {
  constexpr std::array<std::string_view, 4> kernels{"attention kernel by kernel", "FlashAttention",
                                                    "FlashAttention-2", "FlashAttention-3"};
  std::string text(kernels[static_cast<std::size_t>(software.attention)]);
  text += software.fuses_passes ? ", fused norms" : ", norms operation by operation";
  if (software.hides_tensor_exchange) text += ", tensor-parallel exchange beside products";
  if (!software.hides_data_exchange) text += ", gradients reduced after the backward pass";
  return text;
}

}  // namespace shortfall
