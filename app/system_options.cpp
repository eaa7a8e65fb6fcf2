#include "app/system_options.hpp"

#include <CLI/CLI.hpp>

namespace shortfall {

void add_system_options(CLI::App& command, std::string& system, std::string& datasheet) {
  command.add_option("--system", system,
                     "literature: datasheets and published efficiencies; datasheet: all that it "
                     "promises; REPORT.json: what was measured  [literature]");
  command.add_option("--datasheet", datasheet,
                     "FILE with datasheets that stand before the built-in ones");
}

}  // namespace shortfall
