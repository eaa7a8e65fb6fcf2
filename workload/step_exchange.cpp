// What ranks exchange in a step: with buffers that no cache holds, and without waiting for one
// another in between.
#include "workload/axes.hpp"

namespace shortfall {
namespace {

// By the names of their benchmarks; "send" is one message from the first rank of a group to the
// second.
std::vector<std::string> kinds() {
  std::vector<std::string> names;
  for (int i = 0; i < static_cast<int>(Collective::Kind::barrier); ++i) {
    names.emplace_back(name_of(static_cast<Collective::Kind>(i)));
  }
  names.emplace_back("send");
  return names;
}

}  // namespace

Benchmark step_exchange() {
  Benchmark exchange =
      step_of("step_exchange", "a collective of a training step, its buffers in no cache",
              {asked_for("kind", kinds()), sizes_asked_for(), step_types(), joint_groups()});
  exchange.needs = {.ranks = 2};
  return exchange;
}

}  // namespace shortfall
