// Tries what a library may not survive.
#pragma once

#include <functional>

namespace shortfall {

// Whether `task` comes to an end, by returning or throwing, within `cpu_seconds`. It is done by a
// copy of this process, in silence: a crash there harms nobody. Where the system allows no copy,
// the answer is yes.
bool comes_to_an_end(const std::function<void()>& task, unsigned cpu_seconds);

}  // namespace shortfall
