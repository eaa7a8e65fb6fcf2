// Which devices the ranks of a result had.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/report.hpp"

namespace shortfall {

// The rank whose details a result has: the lowest that took part. Nothing where groups do not tell.
std::optional<int> rank_of_details(const Result& result, const Report& report);

// The other rank of its group; nothing where that has not exactly two.
std::optional<int> partner_of(int rank, const Result& result, const Report& report);

// How many ranks of its host take part, itself among them; 0 where that is not known.
int ranks_beside(int rank, const Result& result, const Report& report);

// nullptr: not known.
const Binding* binding_of(int rank, const Machine& machine);
const Host* host_of(const Binding& binding, const Machine& machine);
const Gpu* gpu_of(const Binding& binding, const Machine& machine);
const Nic* nic_named(const std::string& name, const Host& host);

}  // namespace shortfall
