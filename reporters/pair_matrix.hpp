// What was measured between every two accelerators of a host, as squares: rows are where data come
// from, columns where they go.
#pragma once

#include <ostream>
#include <vector>

#include "report/report.hpp"

namespace shortfall {

// Whether write_pair_matrices() tells all that a reader must know of this case.
bool is_in_a_matrix(const Entry& entry);

// One for each benchmark and its other parameters. "-" is what was not measured; why is told
// beneath.
void write_pair_matrices(std::ostream& out, const std::vector<Entry>& entries);

}  // namespace shortfall
