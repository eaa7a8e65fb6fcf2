#include "harness/startup.hpp"

#include "harness/per_rank.hpp"

namespace shortfall {
namespace {

Result once(const std::string& benchmark, const Params& params, std::optional<Seconds> mine,
            const Bench& bench) {
  Measured measured;
  measured.per_rank = per_rank(bench.job, mine);
  const Seconds slowest = measured.per_rank.max;
  measured.timing.primary = Timing::Primary::isolated;
  measured.timing.isolated = summarize(std::span(&slowest, 1));
  return {.key = key_of(benchmark, params),
          .benchmark = benchmark,
          .suite = Suite::latency,
          .device = bench.device.name(),
          .backend = bench.job.joined_by(),
          .memory = bench.device.kind() == MemoryKind::host ? "host" : "cuda",
          .params = params,
          .work = {},
          .outcome = std::move(measured)};
}

Result connected(const Connection& connection, const Bench& bench) {
  Result result = once("connect", Params({{"group", connection.group}}), connection.time, bench);
  if (const std::string& by = bench.groups.connected_by(Carrier::communicator); !by.empty()) result.backend = by;
  return result;
}

}  // namespace

std::vector<Result> startup_results(const Bench& bench) {
  std::vector<Result> results;
  if (bench.job.size() < 2) return results;
  const std::string joining = bench.job.joined_by() == "mpi" ? "mpi_init" : "join";
  results.push_back(once(joining, Params(), bench.job.joined_in(), bench));
  for (const Connection& connection : bench.groups.connections()) {
    results.push_back(connected(connection, bench));
  }
  return results;
}

}  // namespace shortfall
