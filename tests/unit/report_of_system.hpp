// Reports as a machine would write them that is exactly as a model says.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "model/prices/exchange_price.hpp"
#include "model/prices/gemm_price.hpp"
#include "tests/unit/made_up_cluster.hpp"
#include "tests/unit/sample_report.hpp"

namespace shortfall {

struct MadeUpJob {
  int hosts = 2, per_host = 8;
  std::string device = "cuda:0";
  std::vector<double> slower = {};  // than the model, by host: 1.2 = all its ranks take 20 % longer
};

class ReportOfSystem {
 public:
  ReportOfSystem(const SystemModel& truth, MadeUpJob job) : truth_(truth), job_(std::move(job)) {
    report_.run.ranks = job_.hosts * job_.per_host;
    report_.run.hosts = job_.hosts;
    report_.run.status = RunStatus::complete;
    report_.run.topology_class = "made-up ranks";
    for (int host = 0; host < job_.hosts; ++host) {
      report_.machine.hosts.push_back(made_up_host(host));
      for (int i = 0; i < job_.per_host; ++i) add_binding(host, i);
    }
    report_.machine.datasheet.name = truth.device.name;
    report_.machine.datasheet.peak = {{DType::bf16, truth.device.peak}};
  }

  ReportOfSystem& with_products(DType type = DType::bf16) {
    for (const std::int64_t n : {256, 512, 1024, 2048, 4096, 8192}) {
      add_product("gemm", {{"n", n}, {"dtype", std::string(name_of(type))}}, {n, n, n, type});
    }
    const Gemm shapes[]{{16, 4096, 4096, type},
                        {2048, 1024, 4096, type},
                        {4096, 3584, 4096, type},
                        {4096, 14336, 4096, type},
                        {8192, 4096, 14336, type}};
    for (const Gemm& shape : shapes) {
      add_product("gemm_shape",
                  {{"shape", fmt::format("{}x{}x{}", shape.m, shape.n, shape.k)},
                   {"dtype", std::string(name_of(type))}},
                  shape);
    }
    return *this;
  }

  ReportOfSystem& with_memory() {
    for (std::int64_t bytes = 1 << 14; bytes <= 1 << 30; bytes *= 4) {
      const Seconds time =
          Bytes{static_cast<double>(bytes)} / truth_.device.memory + truth_.device.pass_start;
      add("memory_copy", Suite::memory, {{"bytes", bytes}, {"group", "all"}}, time);
    }
    return *this;
  }

  ReportOfSystem& with_collectives(const std::string& group, Spread spread) {
    for (const auto kind : {Collective::Kind::all_reduce, Collective::Kind::all_gather,
                            Collective::Kind::reduce_scatter, Collective::Kind::all_to_all}) {
      for (std::int64_t bytes = 8; bytes <= std::int64_t{1} << 30; bytes *= 8) {
        const Collective collective{kind, {static_cast<double>(bytes)}};
        add(std::string(name_of(kind)), Suite::collectives, {{"bytes", bytes}, {"group", group}},
            price_of(collective, spread, truth_));
      }
    }
    return *this;
  }

  ReportOfSystem& with_messages(const std::string& group, Spread spread) {
    for (std::int64_t bytes = 8; bytes <= 1 << 26; bytes *= 8) {
      const Transfer message{Transfer::Kind::ping_pong, {static_cast<double>(bytes)}};
      add("send_recv", Suite::network, {{"bytes", bytes}, {"group", group}},
          price_of(message, spread, truth_));
    }
    return *this;
  }

  ReportOfSystem& with_all() {
    const int all = report_.run.ranks;
    with_products().with_memory().with_collectives("world", {all, job_.per_host});
    with_collectives("within_host", {job_.per_host, job_.per_host});
    with_collectives("across_hosts", {job_.hosts, 1});
    return with_messages("next_pairs", {2, 2}).with_messages("pairs", {2, 1});
  }

  Report& report() { return report_; }

 private:
  void add_binding(int host, int number) {
    const Host& on = report_.machine.hosts.back();
    report_.machine.bindings.push_back(
        {.rank = host * job_.per_host + number,
         .host = on.name,
         .gpu = on.gpus[static_cast<std::size_t>(number) % on.gpus.size()].slot.address});
  }

  void add_product(const std::string& benchmark, std::vector<Params::Entry> params,
                   const Gemm& shape) {
    Gemm priced = shape;
    priced.type = DType::bf16;
    params.emplace_back("group", "all");
    add(benchmark, Suite::gemm, std::move(params),
        price_of(priced, Precision::bf16, truth_.device));
  }

  void add(const std::string& benchmark, Suite suite, std::vector<Params::Entry> params,
           Seconds time) {
    Measured measured = sample::measured(time.value, report_.run.ranks);
    for (int rank = 0; rank < report_.run.ranks; ++rank) {
      const auto host = static_cast<std::size_t>(rank / job_.per_host);
      const double slower = host < job_.slower.size() ? job_.slower[host] : 1;
      measured.per_rank.all[static_cast<std::size_t>(rank)] = time * slower;
    }
    Entry entry = sample::entry(benchmark, suite, Params(std::move(params)), {}, measured);
    entry.result.device = job_.device;
    report_.entries.push_back(std::move(entry));
  }

  const SystemModel& truth_;
  MadeUpJob job_;
  Report report_;
};

}  // namespace shortfall
