// A matrix product while ranks exchange data on another stream, as a training step hides what it
// exchanges: how much either is slowed, by size and by the channels that the library may take.
#include "core/text.hpp"
#include "gemm_bench/beside.hpp"

namespace shortfall {
namespace {

std::vector<Axis> axes() {
  std::vector<Axis> all = beside_axes();
  all.push_back(of_few_in_quick(choice("exchange", {"all_reduce", "all_gather", "all_to_all"}),
                                std::string("all_reduce")));
  all.push_back(usually(choice("channels", {"auto", "1", "2", "4", "8", "16", "32"}), {"auto"}));
  all.push_back(
      usually(choice("group", {"world", "within_host", "across_hosts", "rails"}), {"world"}));
  return all;
}

Collective exchange_of(const Params& params) {
  Collective exchange{*collective_kind_named(params.text("exchange")), params.bytes("bytes"),
                      DType::bf16};
  exchange.channels = static_cast<int>(parse_integer(params.text("channels")).value_or(0));
  return exchange;
}

}  // namespace

Benchmark gemm_beside_exchange() {
  return {
      .name = "gemm_beside_exchange",
      .suite = Suite::gemm,
      .summary = "product of two square matrices while ranks exchange data on another stream",
      .axes = axes(),
      .needs = {.ranks = 2},
      .runs = Runs::on_accelerator,
      .operation = product_beside,
      .pairing =
          [](const Params& params) {
            return Pairing{product_beside(params), exchange_of(params), "exchange"};
          },
  };
}

}  // namespace shortfall
