// The host as a device. Always built: it is the reference that other backends are tested against.
#include "backends/backend.hpp"
#include "backends/host/blas.hpp"
#include "backends/host/buffer.hpp"
#include "backends/host/cache.hpp"
#include "backends/host/chase.hpp"
#include "backends/host/clock.hpp"
#include "backends/host/cpus.hpp"
#include "backends/host/gemm.hpp"
#include "backends/host/memory.hpp"
#include "backends/host/onednn.hpp"
#include "backends/host/peak.hpp"
#include "backends/host/probes.hpp"
#include "backends/host/stream.hpp"
#include "backends/host/threads.hpp"
#include "backends/host/vitals.hpp"
#include "backends/numa.hpp"
#include "core/overloaded.hpp"

namespace shortfall {
namespace {

std::span<std::byte> bytes_of(Buffer& buffer) {
  return {static_cast<std::byte*>(buffer.address()), whole(buffer.size())};
}

std::span<std::byte> bytes_of(Buffer& buffer, const Pattern& pattern) {
  return bytes_of(buffer).first(bytes_of(pattern.type, pattern.count));
}

class HostDevice final : public Device {
 public:
  HostDevice() : threads_(available_threads(threads_of_this_rank())) {
    limit_library_threads(threads_);
  }
  std::string name() const override { return "host"; }
  MemoryKind kind() const override { return MemoryKind::host; }
  Bytes cache() const override { return cache_; }
  std::unique_ptr<Stream> open_stream() override { return std::make_unique<HostStream>(); }
  std::optional<Unsupported> refuses(const Placement& placement, Bytes bytes) const override {
    auto reason = why_not_on_node(placement.node, bytes, "/");
    return reason ? std::optional(Unsupported{std::move(*reason)}) : std::nullopt;
  }
  std::unique_ptr<Buffer> allocate(Bytes bytes, const Placement& placement) override {
    return allocate_on_host(bytes, threads_, placement);
  }

  Preparation prepare(const Operation& operation, Operands& on) override {
    return std::visit(
        Overloaded{[&](const Gemm& gemm) { return prepare_gemm(gemm, on, threads_); },
                   [](const Attention&) -> Preparation {
                     return Unsupported{"the host has no fused attention"};
                   },
                   [&](const MemoryPass& pass) -> Preparation {
                     if (pass.by == Mover::kernel) return prepare_pass(pass, on, threads_);
                     return Unsupported{"the host has no copy engine"};
                   },
                   [&](const Chase& chase) -> Preparation {
                     if (chase.lines == Chase::Lines::own) return prepare_chase(chase, on);
                     return Unsupported{no_accelerator};
                   },
                   [&](const PeakRate& rate) { return prepare_peak(rate, on, threads_); },
                   [&](const ClockChain&) { return prepare_clock(on); },
                   [&](const ClockRead&) { return prepare_clock_read(on); },
                   [&](const ThreadWake&) { return prepare_thread_wake(on); },
                   [&](const NoiseProbe&) { return prepare_noise(on); },
                   [](const Launch&) -> Preparation {
                     return Unsupported{"the host has nothing to launch kernels on"};
                   },
                   [](const HostCopy&) -> Preparation { return Unsupported{no_accelerator}; },
                   [](const auto&) -> Preparation {
                     return Unsupported{"the host alone moves nothing between ranks"};
                   }},
        operation);
  }

  Preparation prepare_alike(const Operation& operation, Operands& on,
                            const Prepared& first) override {
    if (const auto* const gemm = std::get_if<Gemm>(&operation)) {
      return prepare_gemm(*gemm, on, threads_, &first);
    }
    if (const auto* const pass = std::get_if<MemoryPass>(&operation)) {
      return prepare_pass(*pass, on, threads_, &first);
    }
    return prepare(operation, on);
  }

  void fill(Buffer& buffer, const Pattern& pattern) override {
    write(bytes_of(buffer, pattern), pattern);
  }
  std::optional<Mismatch> compare(Buffer& buffer, const Pattern& pattern) override {
    return first_mismatch(bytes_of(buffer, pattern), pattern);
  }
  std::uint64_t fingerprint(Buffer& buffer, Bytes bytes) override {
    return shortfall::fingerprint(bytes_of(buffer).first(whole(bytes)));
  }
  Details details() const override {
    Details all{{"threads", std::to_string(threads_)}};
    for (const auto& library : onednn_details()) all.push_back(library);
    if (!blas_.empty()) all.emplace_back("blas", names_of(blas_));
    return all;
  }
  // Not before: what cripples a library is found out by products, which nobody may want here.
  std::vector<Handicap> handicaps() override {
    blas_ = all_blas();
    std::vector<Handicap> all;
    for (const Blas& blas : blas_) {
      all.insert(all.end(), blas.handicaps.begin(), blas.handicaps.end());
    }
    return all;
  }

 private:
  static constexpr const char* no_accelerator = "the host alone has no accelerator beside it";

  int threads_;
  Bytes cache_ = last_level_cache();
  std::vector<Blas> blas_;  // once somebody has asked for their handicaps
};

}  // namespace

Backend host_backend() {
  return {.name = "host",
          .summary = "this computer's processors and memory",
          .probe = [] { return Usable{}; },
          .open_device = [](int) { return std::make_unique<HostDevice>(); },
          .open_vitals = open_host_vitals,
          .versions = onednn_details};
}

}  // namespace shortfall
