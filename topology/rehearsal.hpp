// Tries what a library may not survive.
#pragma once

#include <functional>

namespace shortfall {

enum class End { returned, threw, crashed };

// How `task` ends; one that takes more than `cpu_seconds` has crashed. It is done by a copy of this
// process, in silence: neither a crash nor what is left behind there harms anybody. Where the
// system allows no copy, the answer is that it returns.
End rehearse(const std::function<void()>& task, unsigned cpu_seconds);

}  // namespace shortfall
