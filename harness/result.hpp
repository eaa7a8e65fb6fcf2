// What is known about one case after it was tried: a value that nobody changes.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "backends/device.hpp"
#include "core/operation.hpp"
#include "core/params.hpp"
#include "core/pattern.hpp"
#include "core/statistics.hpp"
#include "harness/benchmark.hpp"
#include "harness/vitals.hpp"

namespace shortfall {

struct WrongData {
  int rank = 0;  // of the job
  std::string host;
  Mismatch mismatch;
};

struct Verification {
  enum class Status { passed, failed, none };  // none: there is nothing to compare
  Status status = Status::none;
  double coverage = 0;             // share of the iterations whose result was compared
  std::optional<WrongData> wrong;  // the first that was seen, of the lowest rank
};

// Times of one iteration. Throughput: back to back. Isolated: all ranks synchronised, then one
// operation. Both are the slowest rank's. Skew: between the first and the last rank's arrival.
struct Timing {
  enum class Primary { throughput, isolated };
  Primary primary = Primary::throughput;
  std::optional<Summary> throughput, isolated, skew;

  const Summary& of_primary() const {
    return primary == Primary::throughput ? *throughput : *isolated;
  }
};

struct RankTime {
  int rank = 0;
  std::string host;
  Seconds median;
};

struct PerRank {  // each rank's own median, of the primary timing
  std::size_t n = 0;
  Seconds min, median, max;
  std::vector<RankTime> worst;  // slowest first, at most 5
  // By rank of the job; both may be empty in a report that was read (report/report.hpp).
  std::vector<Seconds> all;  // 0 where it took no part
  std::vector<std::string>
      adapters;  // RDMA port that it used, "mlx5_0:1"; "" = none; none used any
};

struct FigureOfRanks {  // a Figure of all ranks that took part, and who has the largest
  std::string name;
  double min = 0, median = 0, max = 0;
  int rank = 0;
  std::string host;
};

struct Cost {     // of a case, on rank 0's clock
  Seconds calls;  // what was timed, its warm-up included
  Seconds total;  // and preparing, filling, checking, agreeing
};

struct Measured {  // in time, not necessarily right: see verification
  Timing timing;
  Verification verification;
  PerRank per_rank;
  Cost cost;
  Details details;  // of the lowest rank whose time counts
  std::vector<FigureOfRanks> figures;
  Vitals vitals;
  std::optional<Joules> energy;  // of all hosts; nothing if one does not tell
};
struct Skipped {
  std::string reason;
};
struct Failed {
  int rank = 0;
  std::string host;
  std::string reason;
};
using Outcome = std::variant<Measured, Skipped, Failed>;

struct Result {
  std::string key;  // key_of(benchmark, params)
  std::string benchmark;
  Suite suite = Suite::gemm;
  std::string device, backend, memory;
  Params params;
  Work work;  // of one rank and one iteration
  Outcome outcome;
};

}  // namespace shortfall
