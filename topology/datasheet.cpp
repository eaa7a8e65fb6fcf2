#include "topology/datasheet.hpp"

#include "core/text.hpp"

namespace shortfall {

Datasheet datasheet_of(const Host& host, int cores) {
  const std::string count = std::to_string(cores) + (cores == 1 ? " core" : " cores");
  const Frequency clock = host.cpu.nominal_clock;
  Datasheet sheet;
  sheet.name = host.cpu.model + ", " + count;
  if (clock.value <= 0 || host.ops_per_cycle.empty()) {
    sheet.source =
        std::string("unknown: ") + (clock.value <= 0 ? "no source tells the nominal clock"
                                                     : "the units of this processor are not known");
    return sheet;
  }
  for (const OpsPerCycle& ops : host.ops_per_cycle) {
    sheet.peak.emplace_back(ops.type, Throughput{cores * ops.value * clock.value});
  }
  sheet.source = "derived: " + count + " x operations per cycle (" +
                 host.ops_per_cycle.front().source + ") x " + scaled(clock.value, "Hz") + " (" +
                 host.cpu.nominal_clock_source + ")";
  return sheet;
}

}  // namespace shortfall
