#include "backends/cuda/patterns.hpp"

#include <algorithm>
#include <tuple>

#include "backends/cuda/download.hpp"
#include "backends/cuda/freivalds.hpp"
#include "backends/cuda/pattern_kernels.hpp"
#include "core/draw.hpp"

namespace shortfall::cuda {
namespace {

Stretch stretch_of(Buffer& buffer) {
  return {static_cast<Pack*>(buffer.address()), static_cast<unsigned char*>(buffer.address())};
}

// Waves of blocks enough that the last one, which is not full, hardly counts.
LaunchSize size_for(std::size_t bytes, const Card& card) {
  constexpr unsigned threads = 256, blocks_of_unit = 64;
  const std::size_t packs = bytes / sizeof(Pack) + 1;
  const std::size_t most = static_cast<std::size_t>(card.units) * blocks_of_unit;
  return {static_cast<unsigned>(std::min((packs + threads - 1) / threads, most)), threads};
}

// A number of the device that kernels change, from what it was before.
template <class Launch>
std::uint64_t number_after(std::uint64_t before, CudaBuffer& on_device, CudaStream& on,
                           const char* doing, Launch launch) {
  auto* const number = static_cast<std::uint64_t*>(on_device.address());
  upload(number, std::span<const std::uint64_t>(&before, 1), on);
  launch(number);
  check(cudaGetLastError(), doing);
  std::uint64_t after = 0;
  download(std::span(&after, 1), number, on, doing);
  return after;
}

bool is_same(const SumTask& a, const SumTask& b) {
  const auto facts = [](const SumTask& t) {
    return std::tuple(t.a.before, t.a.after, t.b.before, t.b.after, t.bits, t.is_of_products,
                      t.count);
  };
  return facts(a) == facts(b);
}

Mismatch mismatch_at(std::size_t index, Buffer& buffer, const Pattern& pattern, double sum,
                     CudaStream& on) {
  const std::size_t bits = traits_of(pattern.type).bits;
  std::array<unsigned char, sizeof(double)> bytes{};
  download(std::span(bytes).first((bits + 7) / 8), stretch_of(buffer).bytes + index * bits / 8, on,
           "read an element");
  const PatternTask task = task_of(pattern, draw::normal_quantiles().data(), sum);
  return {index, number_of(pattern.type, bytes.data(), index), number_of(task, index)};
}

}  // namespace

Patterns::Patterns(const Card& card) : card_(card), result_({sizeof(std::uint64_t)}) {}
Patterns::~Patterns() = default;

void Patterns::fill(Buffer& buffer, const Pattern& pattern, CudaStream& on) {
  const PatternTask task = task_on_device(pattern, on);
  const LaunchSize size = size_for(bytes_of(pattern.type, pattern.count), card_);
  launch_fill(task, stretch_of(buffer), size, on.handle());
  check(cudaGetLastError(), "fill a buffer");
  check(cudaStreamSynchronize(on.handle()), "fill a buffer");
}

std::optional<Mismatch> Patterns::compare(Buffer& buffer, const Pattern& pattern, CudaStream& on) {
  if (std::holds_alternative<Poison>(pattern.shape)) return Mismatch{};
  if (const auto* const product = std::get_if<Product>(&pattern.shape)) {
    return check_product(buffer, product->gemm, pattern.draw, {card_.units, quantiles(on)}, on);
  }
  const PatternTask task = task_on_device(pattern, on);
  const LaunchSize size = size_for(bytes_of(pattern.type, pattern.count), card_);
  constexpr std::uint64_t none = ~std::uint64_t{0};
  const std::uint64_t first =
      number_after(none, result_, on, "compare a buffer", [&](std::uint64_t* wrong) {
        launch_compare(task, stretch_of(buffer), wrong, size, on.handle());
      });
  if (first == none) return std::nullopt;
  return mismatch_at(first, buffer, pattern, sum_for(pattern, on), on);
}

std::uint64_t Patterns::fingerprint(Buffer& buffer, Bytes bytes, CudaStream& on) {
  const std::size_t count = whole(bytes);
  const std::uint64_t sum = number_after(0, result_, on, "hash a buffer", [&](std::uint64_t* hash) {
    launch_hash(stretch_of(buffer), count, hash, size_for(count, card_), on.handle());
  });
  return mix64(sum ^ mix64(count));
}

PatternTask Patterns::task_on_device(const Pattern& pattern, CudaStream& on) {
  const bool is_drawn = std::holds_alternative<Drawn>(pattern.shape);
  return task_of(pattern, is_drawn ? quantiles(on) : nullptr, sum_for(pattern, on));
}

double Patterns::sum_for(const Pattern& pattern, CudaStream& on) {
  const std::optional<SumTask> task = sum_of(pattern);
  if (!task) return 0;
  if (last_sum_ && is_same(last_sum_->first, *task)) return last_sum_->second;
  const LaunchSize size = size_for(task->count * sizeof(double), card_);
  const std::uint64_t sum =
      number_after(0, result_, on, "sum what a pass must leave",
                   [&](std::uint64_t* to) { launch_sum(*task, to, size, on.handle()); });
  last_sum_ = {*task, static_cast<double>(static_cast<std::int64_t>(sum))};
  return last_sum_->second;
}

const float* Patterns::quantiles(CudaStream& on) {
  if (!quantiles_) {
    const auto table = draw::normal_quantiles();
    auto buffer = std::make_unique<CudaBuffer>(Bytes{static_cast<double>(table.size_bytes())});
    upload(static_cast<float*>(buffer->address()), std::span<const float>(table), on);
    quantiles_ = std::move(buffer);
  }
  return static_cast<const float*>(quantiles_->address());
}

}  // namespace shortfall::cuda
