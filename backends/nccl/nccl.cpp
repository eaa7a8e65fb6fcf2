// NCCL: collectives and transfers between the GPUs of the ranks.
#include <cuda_runtime_api.h>

#include <cstdlib>
#include <map>

#include "backends/all_or_none.hpp"
#include "backends/backend.hpp"
#include "backends/nccl/calls.hpp"
#include "backends/nccl/environment.hpp"

namespace shortfall {
namespace nccl {
namespace {

const char* variable(const char* name) { return std::getenv(name); }

// What ranks meet by: one number of each.
class Scratch {
 public:
  Scratch() {
    const cudaError_t status = cudaMalloc(&memory_, sizeof(int));
    if (status == cudaSuccess) cudaMemset(memory_, 0, sizeof(int));
    require(
        status == cudaSuccess, [] { return "allocate 4 bytes of GPU memory"; },
        cudaGetErrorString(status));
  }
  ~Scratch() { cudaFree(memory_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  void* address() const { return memory_; }

 private:
  void* memory_ = nullptr;
};

// What a rank needs of its own before it meets the others.
struct Own {
  std::shared_ptr<const Library> library;
  Scratch scratch;
  std::string gpu;
};

// Whoever has it not would leave the others waiting.
std::unique_ptr<const Own> own_of_each(World& world) {
  std::unique_ptr<const Own> own;
  const auto no = all_or_none(world, [&]() -> std::optional<Unsupported> {
    own.reset(new Own{.library = open_library(), .scratch = {}, .gpu = gpu_of_rank(world)});
    return std::nullopt;
  });
  if (no) throw Forsaken("connect ranks by NCCL", no->reason);
  return own;
}

class NcclCommunicator final : public Communicator {
 public:
  explicit NcclCommunicator(World& world) : world_(world), own_(own_of_each(world)) {
    ranks_with(0);
  }

  std::string name() const override { return "nccl"; }
  bool accepts(MemoryKind kind) const override { return kind == MemoryKind::cuda; }
  Details details() const override {
    return {{"nccl", version_text(own_->library->version)},
            {"nccl_header", version_text(header_version)}};
  }

  // NCCL connects ranks and makes windows on all of them together: whoever cannot says so before,
  // and whoever could not, before the others go on.
  Preparation prepare(const Operation& operation, Operands& on) override {
    if (auto no = all_or_none(world_, [&] { return refusal_of(operation); })) return std::move(*no);
    Preparation made;
    auto no = all_or_none(world_, [&]() -> std::optional<Unsupported> {
      made = prepared(operation, on);
      const auto* const refused = std::get_if<Unsupported>(&made);
      return refused ? std::optional(*refused) : std::nullopt;
    });
    if (no) return std::move(*no);
    return made;
  }
  std::unique_ptr<Buffer> allocate(const Operation& operation, Bytes bytes, MemoryKind) override {
    const auto* const collective = std::get_if<Collective>(&operation);
    const bool is_own = collective && collective->buffers == Collective::Buffers::symmetric &&
                        own_->library->allocate != nullptr;
    return is_own ? nccl::allocate(own_->library, bytes) : nullptr;
  }

  void synchronize() override { world_.barrier(); }
  void line_up(Stream& stream) override {
    auto* const on = static_cast<cudaStream_t>(stream.native_handle());
    const auto ranks = ranks_with(0);
    ranks->finish(enqueue_barrier(*ranks, own_->scratch.address(), on), "line up");
  }

  void poll() override {
    for (const auto& [channels, ranks] : all_) ranks->poll();
  }
  FaultOf hung(Seconds waited) const override {
    return all_.begin()->second->hung("wait for NCCL", waited);
  }
  std::string abort() noexcept override {
    std::string why;
    for (const auto& [channels, ranks] : all_) {
      if (std::string failure = ranks->abort(); !failure.empty()) why = std::move(failure);
    }
    return why;
  }
  bool survives_abort() const override { return true; }

 private:
  std::optional<Unsupported> refusal_of(const Operation& operation) const {
    if (std::holds_alternative<Transfer>(operation)) return std::nullopt;
    const auto* const collective = std::get_if<Collective>(&operation);
    if (!collective) return Unsupported{"NCCL does nothing on one rank alone"};
    std::string why = why_not(*collective, variable);
    if (why.empty()) why = why_not(*collective, *own_->library);
    return why.empty() ? std::nullopt : std::optional(Unsupported{std::move(why)});
  }
  Preparation prepared(const Operation& operation, Operands& on) {
    if (const auto* const transfer = std::get_if<Transfer>(&operation)) {
      return prepare_transfer(*transfer, on, ranks_with(0));
    }
    const auto& collective = std::get<Collective>(operation);
    if (collective.kind == Collective::Kind::barrier) return prepare_barrier();
    return prepare_collective(collective, on, ranks_with(collective.channels));
  }
  // How many channels there are is settled when ranks connect.
  std::shared_ptr<NcclRanks> ranks_with(int channels) {
    const auto found = all_.find(channels);
    if (found != all_.end()) return found->second;
    return all_[channels] = std::make_shared<NcclRanks>(own_->library, world_, channels,
                                                        own_->scratch.address(), own_->gpu);
  }
  Preparation prepare_barrier() {
    const auto ranks = ranks_with(0);
    return std::make_unique<NcclCall>(
        ranks, "barrier",
        [ranks, at = own_->scratch.address()](cudaStream_t on) {
          return enqueue_barrier(*ranks, at, on);
        },
        Details{{"via", "all_reduce of one number"}});
  }

  World& world_;
  std::unique_ptr<const Own> own_;
  std::map<int, std::shared_ptr<NcclRanks>> all_;  // by channels; 0: as many as NCCL likes
};

Probe probe() {
  int gpus = 0;
  if (const cudaError_t status = cudaGetDeviceCount(&gpus); status != cudaSuccess || gpus == 0) {
    cudaGetLastError();
    return Unusable{std::string("there is no GPU to use: ") + cudaGetErrorString(status)};
  }
  if (const auto why = why_not_at_all(variable, interfaces_of_host()); !why.empty()) {
    return Unusable{why};
  }
  try {
    open_library();
  } catch (const Error& e) {
    return Unusable{e.what()};
  }
  return Usable{};
}

Details versions() {
  try {
    return {{"NCCL", version_text(open_library()->version)}};
  } catch (const Error&) {
    return {};  // the probe says why
  }
}

}  // namespace
}  // namespace nccl

Backend nccl_backend() {
  return {.name = "nccl",
          .summary = "collectives and transfers between NVIDIA GPUs",
          .probe = nccl::probe,
          .open_communicator =
              [](World& world) { return std::make_unique<nccl::NcclCommunicator>(world); },
          .carries = {MemoryKind::cuda},
          .adds_up = [](DType type) { return nccl::type_of(type).has_value(); },
          .versions = nccl::versions};
}

}  // namespace shortfall
