// How far a fabric carries training, for people at a terminal.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "model/limits/reference.hpp"
#include "model/limits/study.hpp"

namespace shortfall {

// One line per section, then the first of what is off.
void write_reference_check(std::ostream& out, const ReferenceCheck& check);

// `sources` say where the figures of the GPU and its network come from, a sentence each.
void write_limits(std::ostream& out, const LimitsStudy& study,
                  const std::vector<std::string>& sources);

// "2.05e+28 FLOP", "no limit", or what stands for nothing.
std::string flop_text(const std::optional<Flops>& flop, const std::string& nothing);

}  // namespace shortfall
