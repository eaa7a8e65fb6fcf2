// Launching on a GPU: what every kernel costs its host, and how long an answer takes.
#include "harness/benchmark.hpp"

namespace shortfall {
namespace {

Launch::Kind kind_of(const std::string& how) {
  if (how == "graph") return Launch::Kind::graph;
  if (how == "round_trip") return Launch::Kind::round_trip;
  if (how == "synchronize") return Launch::Kind::synchronize;
  return Launch::Kind::stream;
}

}  // namespace

Benchmark gpu_launch() {
  return {
      .name = "gpu_launch",
      .suite = Suite::latency,
      .summary = "one kernel on a stream or in a graph, there and back, or asking an idle stream",
      .axes = {choice("how", {"stream", "graph", "round_trip", "synchronize"}),
               choice("group", {"all"})},
      .runs = Runs::on_accelerator,
      .operation = [](const Params& p) { return Launch{kind_of(p.text("how"))}; },
  };
}

}  // namespace shortfall
