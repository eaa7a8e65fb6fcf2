// What will be measured: made on rank 0 from what the user asked for, and sent to all ranks as
// text.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/benchmark.hpp"
#include "harness/groups.hpp"

namespace shortfall {

struct Case {
  std::string benchmark;
  Params params;
  std::string key() const { return key_of(benchmark, params); }
};

struct LeftOut {    // what exists and will not be measured
  std::string key;  // of a case, or of all cases with a value: "all_reduce/dtype=f64"
  std::string reason;
};

struct Plan {
  std::vector<Case> cases;
  std::vector<LeftOut> excluded;
};

struct SizeSweep {
  std::int64_t first, last;
  int factor;
};

struct Request {                        // as typed; checked by make_plan
  std::vector<std::string> benchmarks;  // empty = all
  std::vector<std::string> suites;      // empty = all
  Profile profile = Profile::standard;
  std::optional<SizeSweep> sizes;
  std::vector<std::string> dtypes;
  std::vector<std::pair<std::string, std::vector<std::string>>> sets;  // --set AXIS=VALUE[,VALUE]
};

// Throws BadUsage, naming the option, the value and what is allowed.
Plan make_plan(const Request& request, const std::vector<Benchmark>& benchmarks);

// "1KiB:1GiB:2" (the factor may be left out: 2). Throws BadUsage.
SizeSweep size_sweep_from(const std::string& text);

const Benchmark& benchmark_named(const std::string& name, const std::vector<Benchmark>& all);

// The buffers of one rank that this case will allocate, on a job of ranks on these hosts.
Bytes memory_of(const Case& which, const Benchmark& benchmark, const HostOfRank& hosts);

std::string encode(const Plan& plan);
Plan decode_plan(const std::string& text, const std::vector<Benchmark>& benchmarks);

}  // namespace shortfall
