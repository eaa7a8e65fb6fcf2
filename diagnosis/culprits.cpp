#include "diagnosis/culprits.hpp"

#include <algorithm>

namespace shortfall {
namespace {

bool is_exchange(const std::string& row) {
  return row == "tensor" || row == "data" || row == "experts" || row == "context";
}

std::optional<Culprit> culprit_of(const ShortfallRow& row, Seconds before,
                                  const StepOnReport& step) {
  if (row.id == "clock") return slow_clock(step, before + row.delta);
  if (!(row.delta > Seconds{0})) return std::nullopt;
  if (row.id == "stragglers") return slow_rank(step, row.delta);
  if (row.id == "memory") return slow_memory(step, row.delta);
  if (is_exchange(row.id)) return slow_link(step, row);
  return std::nullopt;
}

}  // namespace

double mfu_without(const StepOnReport& step, Seconds saved) {
  constexpr double most = 0.99;  // of a step: something is left
  const Seconds less = std::clamp(saved, Seconds{0}, step.step * most);
  return mfu_at(step.run, step.system, step.step - less).causal;
}

void name_culprits(std::vector<ShortfallRow>& rows, const StepOnReport& step) {
  Seconds before;
  for (ShortfallRow& row : rows) {
    row.culprit = culprit_of(row, before, step);
    before = before + row.delta;
  }
}

}  // namespace shortfall
