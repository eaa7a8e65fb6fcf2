// The sections of a reference file that hold one value of the model per entry.
#pragma once

#include "core/json.hpp"
#include "model/limits/reference.hpp"
#include "model/limits/reference_inputs_json.hpp"

namespace shortfall {

void check_matmul(const Node& entries, ReferenceInputs& inputs, SectionCheck& check);
void check_matmul_io(const Node& entries, ReferenceInputs& inputs, SectionCheck& check);
void check_scaling(const Node& entries, ReferenceInputs& inputs, SectionCheck& check);
void check_comm(const Node& entries, ReferenceInputs& inputs, SectionCheck& check);
void check_passing(const Node& entries, ReferenceInputs& inputs, SectionCheck& check);
void check_training(const Node& entries, ReferenceInputs& inputs, SectionCheck& check);
void check_closed_form(const Node& entries, ReferenceInputs& inputs, SectionCheck& check);

// Whole sweeps, and what is read off them.
void check_frontier(const Node& entries, ReferenceInputs& inputs, SectionCheck& check);
void check_summary(const Node& entries, ReferenceInputs& inputs, SectionCheck& check);

}  // namespace shortfall
