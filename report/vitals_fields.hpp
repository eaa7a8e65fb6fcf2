// The keys of results[].vitals, for fields.hpp.
#pragma once

#include "core/marks.hpp"
#include "harness/vitals.hpp"

namespace shortfall {

void fields(auto& each, Is<AtRank> auto& at) {
  each("value", at.value);
  each("rank", at.rank);
  each("host", at.host);
}

void fields(auto& each, Is<ClockOfCase> auto& clock) {
  each("before", clock.before);
  each("after", clock.after);
  each("slowest", clock.slowest);
  each("fall_share", clock.fall);
}

void fields(auto& each, Is<Vitals> auto& vitals) {
  each("clock_hz", vitals.clock);
  each("cpu_wait_share", vitals.cpu_wait_share);
  each("other_load_share", vitals.other_load_share);
  each("steal_share", vitals.steal_share);
  each("temperature_c", vitals.temperature_c);
  each("power_w", vitals.power_w);
  each("disturbed", vitals.is_disturbed);
  each("reason", vitals.reason);
  each("disturbed_hosts", vitals.disturbed_hosts);
}

}  // namespace shortfall
