#include "backends/cuda/device.hpp"

#include <fmt/format.h>

#include "backends/cuda/beside.hpp"
#include "backends/cuda/buffer.hpp"
#include "backends/cuda/card.hpp"
#include "backends/cuda/chase.hpp"
#include "backends/cuda/copies.hpp"
#include "backends/cuda/host_copy.hpp"
#include "backends/cuda/launches.hpp"
#include "backends/cuda/nvml_monitor.hpp"
#include "backends/cuda/passes.hpp"
#include "backends/cuda/patterns.hpp"
#include "backends/cuda/peak.hpp"
#include "backends/cuda/products.hpp"
#include "backends/cuda/stream.hpp"
#include "core/overloaded.hpp"
#include "core/text.hpp"

namespace shortfall::cuda {
namespace {

// Where the driver's library does not tell, what the GPU counts itself is told all the same.
class NothingElseTold final : public DeviceMonitor {
 public:
  explicit NothingElseTold(const std::string& address)
      : identity_(std::hash<std::string>{}(address) | 1U) {}
  void begin() override {}
  void resume() override {}
  void pause() override {}
  DeviceSigns end() override { return {.identity = identity_}; }
  std::string last_fault() override { return {}; }

 private:
  std::uint64_t identity_;
};

class CudaDevice final : public Device {
 public:
  explicit CudaDevice(const Card& card)
      : card_(card), stream_(card.units), patterns_(card), products_(card) {}

  std::string name() const override { return "cuda"; }
  MemoryKind kind() const override { return MemoryKind::cuda; }
  DeviceFacts facts() const override { return facts_of_card(card_.index); }
  Bytes cache() const override { return card_.l2; }
  std::unique_ptr<Stream> open_stream() override {
    return std::make_unique<CudaStream>(card_.units);
  }

  std::optional<Unsupported> refuses(const Placement& placement, Bytes bytes) const override {
    if (auto no = Device::refuses(placement, bytes)) return no;
    if (placement.is_on_host) return std::nullopt;
    std::size_t free = 0, all = 0;
    check(cudaMemGetInfo(&free, &all), "ask how much GPU memory is free");
    if (bytes.value <= static_cast<double>(free)) return std::nullopt;
    return Unsupported{fmt::format("needs {} of GPU memory, of which {} of {} are free",
                                   scaled(bytes.value, "B"), scaled(static_cast<double>(free), "B"),
                                   scaled(static_cast<double>(all), "B"))};
  }
  std::unique_ptr<Buffer> allocate(Bytes bytes, const Placement& placement) override {
    if (placement.is_on_host) return allocate_beside(bytes, placement);
    using Block = CudaBuffer::Block;
    return std::make_unique<CudaBuffer>(bytes, placement.is_lent ? Block::own : Block::shared);
  }

  Preparation prepare(const Operation& operation, Operands& on) override {
    return std::visit(
        Overloaded{[&](const Gemm& gemm) { return products_.prepare(gemm, on); },
                   [&](const MemoryPass& pass) { return prepare(pass, on, nullptr); },
                   [&](const Chase& chase) { return prepare_chase(chase, on, card_); },
                   [&](const HostCopy& copy) { return prepare_host_copy(copy, on, card_); },
                   [&](const PeakRate& rate) { return prepare_peak(rate, on, card_); },
                   [&](const Launch& launch) { return prepare_launch(launch, on); },
                   [](const Attention&) -> Preparation {
                     return Unsupported{"fused attention on GPUs is not measured yet"};
                   },
                   [](const Collective&) -> Preparation { return Unsupported{between_ranks}; },
                   [](const Transfer&) -> Preparation { return Unsupported{between_ranks}; },
                   [](const PeerCopy&) -> Preparation { return Unsupported{between_ranks}; },
                   [](const auto&) -> Preparation {
                     return Unsupported{"is measured on the host: --device host"};
                   }},
        operation);
  }

  // Products know their algorithms by shape.
  Preparation prepare_alike(const Operation& operation, Operands& on,
                            const Prepared& first) override {
    if (const auto* const pass = std::get_if<MemoryPass>(&operation)) {
      return prepare(*pass, on, &first);
    }
    return prepare(operation, on);
  }

  void fill(Buffer& buffer, const Pattern& pattern) override {
    if (is_beside(buffer)) return write(bytes_beside(buffer, pattern), pattern);
    patterns_.fill(buffer, pattern, stream_);
  }
  std::optional<Mismatch> compare(Buffer& buffer, const Pattern& pattern) override {
    if (is_beside(buffer)) return first_mismatch(bytes_beside(buffer, pattern), pattern);
    return patterns_.compare(buffer, pattern, stream_);
  }
  std::uint64_t fingerprint(Buffer& buffer, Bytes bytes) override {
    return patterns_.fingerprint(buffer, bytes, stream_);
  }
  std::unique_ptr<DeviceMonitor> open_monitor() override {
    auto told = open_nvml_monitor(driver_, card_.address);
    return told ? std::move(told) : std::make_unique<NothingElseTold>(card_.address);
  }
  Details details() const override {
    Details all{{"gpu", card_.name}, {"architecture", card_.architecture()}};
    if (const std::string& why = driver_->why_unusable(); !why.empty()) {
      all.emplace_back("without_nvml", why);
    }
    return all;
  }

 private:
  static constexpr const char* between_ranks = "a GPU alone moves nothing between ranks";

  static bool is_beside(const Buffer& buffer) { return buffer.kind() == MemoryKind::host; }

  Preparation prepare(const MemoryPass& pass, Operands& on, const Prepared* like) {
    if (pass.by == Mover::copy_engine) return prepare_engine_copy(pass, on, card_);
    return prepare_pass(pass, on, card_, like);
  }

  Card card_;
  std::shared_ptr<const Nvml> driver_ = Nvml::open();
  CudaStream stream_;  // for what is not measured
  Patterns patterns_;
  Products products_;
};

}  // namespace

std::unique_ptr<Device> open_card(int local_rank) {
  if (const std::string why = why_no_card(); !why.empty()) throw Error("use a GPU", why);
  int count = 0;
  check(cudaGetDeviceCount(&count), "count the GPUs");
  const int index = local_rank % count;
  // A GPU in exclusive mode that somebody else holds refuses here.
  check(cudaSetDevice(index), [&] { return fmt::format("take GPU {}", index); });
  check(cudaFree(nullptr), [&] {
    return fmt::format("take GPU {} (another process may hold it: 'nvidia-smi' shows whose)",
                       index);
  });
  return std::make_unique<CudaDevice>(card_at(index));
}

}  // namespace shortfall::cuda
