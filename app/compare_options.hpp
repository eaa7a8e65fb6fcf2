// The command line of `shortfall compare`.
#pragma once

#include "app/compare.hpp"

namespace CLI {
class App;
}

namespace shortfall {

struct CompareTexts {
  std::string floor = "5";
};

// A command that fills both when it is parsed.
CLI::App& add_compare(CLI::App& app, CompareOptions& options, CompareTexts& texts);

// Throws BadUsage.
CompareOptions checked(CompareOptions options, const CompareTexts& texts);

}  // namespace shortfall
