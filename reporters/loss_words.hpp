// What each kind of loss is called in a sentence, and what can be done about it.
#pragma once

#include <string_view>

namespace shortfall {

struct LossWords {
  std::string_view name;    // "tensor-parallel traffic"; "" of a kind that is not known
  std::string_view mark;    // in a bar: "tensor"
  std::string_view advice;  // sentences
};

// By the id of a row of a waterfall, docs/predict.md.
LossWords words_of_loss(std::string_view id);

}  // namespace shortfall
