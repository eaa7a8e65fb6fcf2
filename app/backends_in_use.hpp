// Chooses the backend that plays each role.
#pragma once

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
const Backend& choose_collectives(const std::vector<Backend>& all, const std::string& name);

// The same of copies between the devices of ranks; nullptr if nobody can and none was named.
const Backend* choose_links(const std::vector<Backend>& all, const std::string& name);

// The benchmarks as they are with these: see benchmarks_on().
std::vector<Benchmark> benchmarks_with(const Device& device, const Backend& communicates);

}  // namespace shortfall
