// Reports of two hosts whose ranks move data between GPUs and adapters.
#pragma once

#include <string>

#include "diagnosis/rdma/measured.hpp"
#include "diagnosis/verdict.hpp"
#include "tests/unit/made_up_cluster.hpp"

namespace shortfall {

// A rank for each of the first GPUs of two hosts, all on NUMA node 0. These GPUs and as many
// adapters are below one switch, whose links carry 57.6 GB/s.
inline Report made_up_report(std::size_t ranks_of_host = 2) {
  Report report;
  report.run.ranks = 0;
  report.machine.hosts = made_up_cluster(2);
  for (Host& host : report.machine.hosts) {
    for (std::size_t i = 0; i < ranks_of_host; ++i) {
      for (PciSlot* slot : {&host.gpus[i].slot, &host.nics[i].slot}) {
        slot->bridges = {"pci0000:15", "0000:15:01.0", "0000:16:00.0", "0000:17:" + slot->address};
        slot->acs = false;
      }
      report.machine.bindings.push_back({.rank = report.run.ranks++,
                                         .host = host.name,
                                         .set = "0-7",
                                         .by = "launcher",
                                         .gpu = host.gpus[i].slot.address});
    }
  }
  report.run.status = RunStatus::complete;
  return report;
}

inline Measured measured_in(Seconds time, int slowest) {
  Measured measured;
  measured.timing.throughput = summarize(std::span(&time, 1));
  measured.per_rank.worst = {{slowest, "", time}};
  return measured;
}

inline void add(Report& report, const Result& result) {
  report.entries.push_back({result, {}, {}});
}

inline constexpr double large = 64 << 20;

// Copies of 64 MiB, the slowest of them by `slowest`.
inline void add_copies(Report& report, const std::string& group, double bytes_per_s, int slowest) {
  add(report, {.key = "peer_copy/" + group,
               .benchmark = "peer_copy",
               .suite = Suite::device_link,
               .backend = "cuda",
               .memory = "cuda",
               .params = Params(
                   {{"bytes", std::int64_t{64} << 20}, {"direction", "one_way"}, {"group", group}}),
               .work = {.payload = {large}, .link = {large}},
               .outcome = measured_in({large / bytes_per_s}, slowest)});
}

inline void set_acs(Report& report, std::optional<bool> acs) {
  for (Host& host : report.machine.hosts) {
    for (Gpu& gpu : host.gpus) gpu.slot.acs = acs;
    for (Nic& nic : host.nics) nic.slot.acs = acs;
  }
}

inline void add_verbs(Report& report, const std::string& group, const std::string& nics,
                      const std::string& device, const std::string& memory) {
  Measured measured = measured_in({1e-3}, 0);
  measured.details = {{"device", device}};
  add(report,
      {.key = "rdma_bandwidth/" + group,
       .benchmark = "rdma_bandwidth",
       .suite = Suite::network,
       .backend = "verbs",
       .memory = memory,
       .params = Params({{"bytes", std::int64_t{16} << 20}, {"nics", nics}, {"group", group}}),
       .work = {.payload = {0.31 * 49e9 * 1e-3}},
       .outcome = measured});
}

}  // namespace shortfall
