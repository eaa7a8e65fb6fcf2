// What is known of a case before it is tried.
#pragma once

#include "harness/groups.hpp"
#include "harness/plan.hpp"
#include "harness/result.hpp"

namespace shortfall {

// Without work and outcome; done by this device.
Result begun_result(const Case& which, Suite suite, const Device& device);

// Which backend does this operation: where ranks exchange something, their communicator's.
std::string backend_of(const Operation& operation, const Device& device, const Groups& groups);

}  // namespace shortfall
