// The command line of `shortfall plan`.
#pragma once

#include "app/plan.hpp"

namespace CLI {
class App;
}

namespace shortfall {

// Numbers as typed: each message names its option.
struct PlanTexts {
  std::string gpus, batch, seq_len;
};

// A command that fills both when it is parsed.
CLI::App& add_plan(CLI::App& app, PlanOptions& options, PlanTexts& texts);

// Throws BadUsage.
PlanOptions checked(PlanOptions options, const PlanTexts& texts);

}  // namespace shortfall
