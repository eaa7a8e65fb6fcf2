// `shortfall plan`: the best way to split a training run over GPUs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace shortfall {

struct PlanOptions {
  std::string model;  // a workload by name, or a file with one training run
  std::int64_t gpus = 1;
  std::string gpu;                             // empty = the one that the run names
  std::optional<std::int64_t> batch, seq_len;  // nothing = the run's own
  std::string system = "literature";
  std::string datasheet;  // FILE of datasheets that stand before the built-in ones; empty = none
  bool json = false, is_quiet = false;
};

// The exit status.
int plan(const PlanOptions& options);

}  // namespace shortfall
