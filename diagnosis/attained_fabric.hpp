// What network adapters deliver of what their lines and slots promise.
#pragma once

#include "report/report.hpp"

namespace shortfall {

// Of transfers by verbs, from what the result tells of its port: see docs/rdma.md.
void attain_fabric(Entry& entry, const Report& report);

}  // namespace shortfall
