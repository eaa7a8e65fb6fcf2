#include "backends/host/peak.hpp"

#include "backends/call.hpp"
#include "backends/host/peak_kernels.hpp"
#include "backends/host/threads.hpp"

namespace shortfall {
namespace {

struct alignas(64) Result {  // each in a cache line of its own
  double value = 0;
};

}  // namespace

Preparation prepare_peak(const PeakRate& rate, Operands& on, int threads) {
  const std::vector<PeakKernel> kernels = peak_kernels(rate.type);
  if (kernels.empty()) {
    return Unsupported{"no instruction of this processor that multiplies and adds " +
                       std::string(name_of(rate.type)) + " is known"};
  }
  const PeakKernel kernel = kernels.front();
  const auto rounds = static_cast<std::size_t>(rate.operations / kernel.operations_of_round);
  auto* const out = static_cast<double*>(on.output->address());
  std::vector<Result> results(static_cast<std::size_t>(threads));
  auto call = [kernel, rounds, out, threads, results](Stream&) mutable {
    on_threads(threads, [&](int thread) {
      const auto mine = static_cast<std::int64_t>(part_of(rounds, 1, thread, threads).count);
      results[static_cast<std::size_t>(thread)].value = kernel.run(mine);
    });
    double sum = 0;
    for (const Result& result : results) sum += result.value;
    *out = sum;
  };
  return prepared_call(std::move(call), {{"implementation", std::string(kernel.instruction)},
                                         {"threads", std::to_string(threads)}});
}

}  // namespace shortfall
