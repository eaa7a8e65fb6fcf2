#include <array>

#include "model/training/step.hpp"

namespace shortfall {
namespace {

constexpr std::array<std::string_view, 4> phases{"forward", "recompute", "backward", "finish"};

constexpr std::array<std::string_view, 23> parts{"embedding",
                                                 "norm",
                                                 "attention_projection",
                                                 "attention_core",
                                                 "rotary",
                                                 "residual",
                                                 "mlp",
                                                 "activation",
                                                 "router",
                                                 "permutation",
                                                 "experts",
                                                 "output",
                                                 "loss",
                                                 "gradient_accumulation",
                                                 "optimizer",
                                                 "quantization",
                                                 "tensor_exchange",
                                                 "context_exchange",
                                                 "expert_exchange",
                                                 "pipeline_exchange",
                                                 "parameter_gather",
                                                 "gradient_reduction",
                                                 "outer_reduction"};

}  // namespace

Words words_of(StepPhase) { return phases; }
Words words_of(StepPart) { return parts; }

}  // namespace shortfall
