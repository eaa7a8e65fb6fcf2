// Chooses the backend that plays each role.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "backends/backend.hpp"
#include "harness/benchmark.hpp"

namespace shortfall {

// Why a backend cannot be used here; empty if it can. Touches the hardware.
std::string why_unusable(const Backend& backend);

// The named one, or the first usable if `name` is empty. `option` is for messages. Throws BadUsage
// for a name that is unknown, not usable (with its reason) or has no such role, Error if there is
// nobody.
const Backend& choose_device(const std::vector<Backend>& all, const std::string& name);
// Of the usable ones, the first that carries such memory goes before others.
const Backend& choose_collectives(const std::vector<Backend>& all, const std::string& name,
                                  MemoryKind memory);

// Why no usable backend carries such memory between ranks: of each that would, its reason; "" = one
// does.
std::string why_nobody_carries(const std::vector<Backend>& all, MemoryKind memory);

// Collectives need no second rank any more: to see whether a library starts and works at all.
void let_one_rank_exchange(std::vector<Benchmark>& all);

// The benchmarks as they are with these: see benchmarks_on().
std::vector<Benchmark> benchmarks_with(const Device& device, const Backend& communicates,
                                       const std::function<std::string(Carrier)>& no_link);

}  // namespace shortfall
