#include "backends/cuda/peak.hpp"

#include "backends/call.hpp"
#include "backends/cuda/error.hpp"
#include "backends/cuda/peak_kernels.hpp"
#include "backends/cuda/stream.hpp"

namespace shortfall::cuda {

Preparation prepare_peak(const PeakRate& rate, Operands& on, const Card& card) {
  static_assert(peak_rate_operations % peak_chunk == 0);
  if (rate.type != DType::f64 && rate.type != DType::f32) {
    return Unsupported{"a GPU multiplies " + std::string(name_of(rate.type)) +
                       " on its tensor cores, whose rate is that of gemm"};
  }
  PeakTask task;
  task.chunks = rate.operations / peak_chunk;
  task.to = static_cast<double*>(on.output->address());
  const auto launch = rate.type == DType::f64 ? launch_peak_f64 : launch_peak_f32;
  const auto blocks = static_cast<unsigned>(card.units);
  return prepared_call(
      [=](Stream& stream) {
        launch(task, blocks, own(stream).handle());
        check(cudaGetLastError(), "start multiply-adds");
      },
      {{"implementation", "fused multiply-adds on registers, all multiprocessors"}});
}

}  // namespace shortfall::cuda
