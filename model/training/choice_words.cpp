#include "model/training/choice_words.hpp"

namespace shortfall {

std::string_view word_for(Sharding sharding) {
  switch (sharding) {
    case Sharding::none:
      return "none";
    case Sharding::optimizer:
      return "ZeRO-1";
    case Sharding::gradients:
      return "ZeRO-2";
    case Sharding::parameters:
      return "FSDP";
    case Sharding::hybrid:
      break;
  }
  return "HSDP";
}

std::string_view word_for(Schedule schedule) {
  switch (schedule) {
    case Schedule::one_f_one_b:
      return "1F1B";
    case Schedule::interleaved:
      return "interleaved";
    case Schedule::zero_bubble:
      return "zero bubble";
    case Schedule::dual_pipe:
      break;
  }
  return "DualPipe";
}

// Of every second product, too: the key `software` tells which.
std::string_view word_for(Recompute recompute) {
  if (recompute == Recompute::none) return "none";
  return recompute == Recompute::full ? "full" : "selective";
}

std::string_view word_for(Precision precision) {
  switch (precision) {
    case Precision::fp16:
      return "fp16";
    case Precision::bf16:
      return "bf16";
    case Precision::fp8:
      return "fp8";
    case Precision::fp32:
      break;
  }
  return "fp32";
}

std::string_view word_for(ContextExchange exchange) {
  if (exchange == ContextExchange::ring) return "ring";
  return exchange == ContextExchange::all_gather ? "all_gather" : "all_to_all";
}

}  // namespace shortfall
