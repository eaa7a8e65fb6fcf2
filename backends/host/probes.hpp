// What the system adds to everybody's times: see core/operation/probes.hpp.
#pragma once

#include "backends/device.hpp"

namespace shortfall {

Preparation prepare_clock_read(Operands& on);
Preparation prepare_thread_wake(Operands& on);
Preparation prepare_noise(Operands& on);

}  // namespace shortfall
