#include "model/prices/pass_price.hpp"

#include "model/system/measured_passes.hpp"

namespace shortfall {
namespace {

// Bytes over those of one fused kernel, and kernels. Counted from what the operations of a
// framework read and write, 2 B an element in 16 bits and 4 B in 32.
struct Passes {
  double bytes = 1, kernels = 1;
  double starts = kernels;  // of kernels: those whose start the device does not hide
};

// RMS norm in 32 bits: to f32 (6 B), square (8), mean (4), scale (8), to 16 bits (6), weight (4).
constexpr Passes rms_norm{36.0 / 4, 6};
// Layer norm is one kernel; mixed precision widens its input and narrows its output.
constexpr Passes layer_norm{8.0 / 4, 2};
// To f32 (6 B), complex product (12), to 16 bits (6).
constexpr Passes rotary{24.0 / 4, 4};
// SiLU (4 B), product (6).
constexpr Passes gated{10.0 / 6, 2};
// Both ways: to f32 (6 B), largest (4), difference (8), exponential (8), sum (4); gradient (8), to
// 16 bits (6); one kernel that keeps f32 logits reads and writes 12 B in two passes.
constexpr Passes loss{44.0 / 12, 4};
// Largest element, then scaled copies.
constexpr Passes quantization{1, 2};
// One byte of mask for each element of the three arrays of 2 B that a sum has.
constexpr Passes dropout{7.0 / 6, 1};
// Between the products of attention: operands into the order of heads, softmax, and results back.
constexpr Passes attention{1, 4, 5}, attention_with_dropout{1, 4, 6};

Passes passes_of(StepPart part, const TrainingRun& run) {
  const Software& software = run.software;
  if (software.is_in_sequence) return {};  // each is executed as one
  const bool is_llama = run.architecture.gated_mlp;
  if (part == StepPart::attention_core) {
    return software.has_dropout ? attention_with_dropout : attention;
  }
  if (part == StepPart::residual && software.has_dropout) return dropout;
  if (part == StepPart::quantization) return quantization;
  if (part == StepPart::rotary && !is_llama) return {0, 0};  // learnt positions
  if (part == StepPart::loss && !software.fuses_loss) return loss;
  if (software.fuses_passes) return {};
  switch (part) {
    case StepPart::norm:
      return is_llama ? rms_norm : layer_norm;
    case StepPart::rotary:
      return rotary;
    case StepPart::activation:
      return is_llama ? gated : Passes{};
    default:
      return {};
  }
}

}  // namespace

PassPrice price_of(const MemoryPass& pass, StepPart part, const TrainingRun& run,
                   const SystemModel& system) {
  const Passes passes = passes_of(part, run);
  const DeviceModel& device = system.device;
  const Seconds time =
      pass.bytes * passes.bytes / device.memory + device.pass_start * passes.starts;
  return {time * (device.passes ? device.passes->over_model(pass) : 1), passes.kernels};
}

}  // namespace shortfall
