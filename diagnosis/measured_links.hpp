// Links of a model, from what a report measured between ranks.
#pragma once

#include <string>
#include <vector>

#include "diagnosis/measured_cases.hpp"
#include "model/system/system.hpp"

namespace shortfall {

struct LinksOf {
  const HostOfRank& hosts;
  const std::string& source;
};

// Replaces what `system` says of its links by the largest all-reduces and the smallest messages
// within hosts and between them, and gives it curves of all that was measured; adds to
// `system.sources` where each comes from. Throws BadUsage, beginning with `source`, on sweeps that
// cannot be.
void set_links(SystemModel& system, const std::vector<MeasuredCase>& cases, const LinksOf& of);

}  // namespace shortfall
