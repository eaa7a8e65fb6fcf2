// A pass over memory as a step finds it: over arrays that no cache holds.
#include "workload/axes.hpp"

namespace shortfall {
namespace {

std::vector<std::string> kinds() {
  std::vector<std::string> names;
  for (int i = 0; i <= static_cast<int>(MemoryPass::Kind::gather); ++i) {
    names.emplace_back(name_of(static_cast<MemoryPass::Kind>(i)));
  }
  return names;
}

}  // namespace

Benchmark step_pass() {
  return step_of("step_pass", "a pass over memory of a training step, its arrays in no cache",
                 {asked_for("kind", kinds()), integers("reads", {1}, {1}, {1}), sizes_asked_for(),
                  usually(choice("group", {"all", "one"}), {"all"})});
}

}  // namespace shortfall
