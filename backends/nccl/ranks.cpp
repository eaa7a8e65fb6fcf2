#include "backends/nccl/ranks.hpp"

#include <cuda_runtime_api.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "backends/nccl/ras.hpp"

namespace shortfall::nccl {
namespace {

using Clock = std::chrono::steady_clock;

std::string in_words(const World& world, int rank) {
  return fmt::format("rank {} on {}", world.rank_in_job(rank), world.host(rank));
}

// The rank that RAS blames, in the job; -1: none.
int culprit_in(const RasAnswer& answer, const Asking& asking, const World& world) {
  const std::vector<int> behind = stragglers_in(answer.text, asking);
  return behind.empty() ? -1 : world.rank_in_job(behind[0]);
}

// Runs `function` on a thread of its own, because it may never return; nothing after `patience`.
std::optional<ncclResult_t> within(Seconds patience, std::function<ncclResult_t()> function) {
  struct Answer {
    std::mutex mutex;
    std::condition_variable has_come;
    std::optional<ncclResult_t> status;
  };
  const auto answer = std::make_shared<Answer>();
  int device = 0;
  cudaGetDevice(&device);
  std::thread([answer, device, function = std::move(function)] {
    cudaSetDevice(device);
    const ncclResult_t status = function();
    const std::scoped_lock lock(answer->mutex);
    answer->status = status;
    answer->has_come.notify_all();
  }).detach();
  std::unique_lock lock(answer->mutex);
  answer->has_come.wait_for(lock, std::chrono::duration<double>(patience.value),
                            [&] { return answer->status.has_value(); });
  return answer->status;
}

}  // namespace

std::string gpu_of_rank(const World& world) {
  int device = 0;
  std::array<char, 32> address{};
  cudaError_t status = cudaGetDevice(&device);
  if (status == cudaSuccess) {
    status = cudaDeviceGetPCIBusId(address.data(), static_cast<int>(address.size()), device);
  }
  require(
      status == cudaSuccess, [] { return "look for the GPU of this rank"; },
      cudaGetErrorString(status));
  const char* const host = std::getenv("NCCL_HOSTID");
  return (host != nullptr ? std::string(host) : world.host(world.rank())) + ' ' + address.data();
}

NcclRanks::NcclRanks(std::shared_ptr<const Library> library, World& world, int channels,
                     const void* scratch, const std::string& gpu)
    : library_(std::move(library)),
      world_(world),
      processes_(gather(world, static_cast<int>(getpid()))),
      choices_(scratch) {
  check_alike(gpu);
  try {
    connect(channels);
  } catch (...) {
    abort();
    throw;
  }
}

// After an abort there is nothing left to destroy. What is left behind by a failure may not end.
NcclRanks::~NcclRanks() {
  if (std::uncaught_exceptions() > 0) abort();
  if (ranks_ == nullptr || is_aborted_) return;
  library_->destroy(ranks_);
}

// NCCL would hang, or refuse in words that name nobody.
void NcclRanks::check_alike(const std::string& gpu) const {
  constexpr const char* doing = "connect ranks by NCCL";
  const std::vector<int> versions = gather(world_, library_->version);
  const std::vector<std::string> gpus = gather(world_, gpu);
  for (int rank = 1; rank < world_.size(); ++rank) {
    const auto at = static_cast<std::size_t>(rank);
    if (versions[at] != versions[0]) {
      throw FaultOf(world_.rank_in_job(rank), doing,
                    fmt::format("{} has NCCL {}, {} has NCCL {}: all must have the same",
                                in_words(world_, rank), version_text(versions[at]),
                                in_words(world_, 0), version_text(versions[0])));
    }
    const auto same = std::ranges::find(gpus, gpus[at]) - gpus.begin();
    if (same < rank) {
      throw FaultOf(world_.rank_in_job(rank), doing,
                    fmt::format("{} and {} share the GPU at {}, which NCCL refuses; with another "
                                "NCCL_HOSTID for each rank it may work, over sockets",
                                in_words(world_, static_cast<int>(same)), in_words(world_, rank),
                                gpus[at].substr(gpus[at].rfind(' ') + 1)));
    }
  }
}

void NcclRanks::connect(int channels) {
  ask_for_choices();
  ncclUniqueId id{};
  Vote mine;
  if (rank() == 0) {
    const ncclResult_t status = library_->get_unique_id(&id);
    if (status != ncclSuccess) mine = {Vote::Kind::fail, library_->answer(status, nullptr)};
  }
  if (const Ballot ballot = world_.vote(mine); ballot.vote.kind != Vote::Kind::ready) {
    throw FaultOf(world_.rank_in_job(0), "begin a job of NCCL", ballot.vote.reason);
  }
  id = broadcast(world_, id);
  ncclConfig_t config = NCCL_CONFIG_INITIALIZER;
  config.blocking = 0;
  config.commName = name_.c_str();
  if (channels > 0) config.maxCTAs = channels;
  finish(library_->init(&ranks_, size(), id, rank(), &config), "connect ranks by NCCL");
}

void NcclRanks::settle(ncclResult_t status, const char* doing) {
  // So that there is time left to vote about it.
  const Seconds patience = world_.deadline().patience / 3;
  const auto end = Clock::now() + std::chrono::duration<double>(patience.value);
  while (status == ncclInProgress) {
    const ncclResult_t asked = library_->async_error(ranks_, &status);
    if (asked != ncclSuccess) status = asked;
    if (status != ncclInProgress) break;
    if (world_.hears_alarm()) throw Forsaken(doing, "another rank has failed");
    if (Clock::now() > end) throw hung(doing, patience);
    std::this_thread::yield();
  }
  if (status != ncclSuccess) fail(status, doing);
}

// The others are told at once: giving up may take a while.
void NcclRanks::fail(ncclResult_t status, const char* doing) {
  world_.raise_alarm();
  throw Error(doing, library_->answer(status, ranks_));
}

void NcclRanks::poll() {
  ncclResult_t status = ncclSuccess;
  const ncclResult_t asked = library_->async_error(ranks_, &status);
  if (asked != ncclSuccess) status = asked;
  if (status != ncclSuccess && status != ncclInProgress) fail(status, "wait for NCCL");
  if (world_.hears_alarm()) throw Forsaken("wait for NCCL", "another rank has failed");
}

FaultOf NcclRanks::hung(const std::string& doing, Seconds waited) const {
  constexpr Seconds patience{8};
  const RasAnswer answer = ask_ras(ras_address(), patience);
  const int culprit = culprit_in(answer, {choices_.mark(), processes_}, world_);
  std::string why = fmt::format("nothing after {:g} s", waited.value);
  why += culprit >= 0 ? fmt::format("; by NCCL's RAS, rank {} is behind", culprit)
                      : "; which rank is behind is not known";
  why += (answer.is_answered ? "; RAS answers: " : "; RAS could not be asked: ") + answer.text;
  return {culprit, doing, why};
}

// An abort has been seen to hang.
std::string NcclRanks::abort() noexcept {
  if (ranks_ == nullptr || is_aborted_.exchange(true)) return {};
  constexpr Seconds patience{10};
  try {
    const auto status =
        within(patience, [library = library_, ranks = ranks_] { return library->abort(ranks); });
    if (!status) return fmt::format("ncclCommAbort has not returned in {:g} s", patience.value);
    if (*status == ncclSuccess) return {};
    return fmt::format("ncclCommAbort: {}", library_->error_string(*status));
  } catch (const std::exception& e) {
    return e.what();
  }
}

}  // namespace shortfall::nccl
