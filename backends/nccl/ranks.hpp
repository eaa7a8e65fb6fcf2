// The ranks that NCCL has connected: a non-blocking ncclComm_t, whose every wait has an end.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "backends/nccl/choices.hpp"
#include "backends/nccl/library.hpp"
#include "backends/world.hpp"

namespace shortfall::nccl {

// What NCCL tells GPUs apart by: hosts go by their names, unless NCCL_HOSTID says otherwise. Error
// if this rank has none that works.
std::string gpu_of_rank(const World& world);

class NcclRanks {
 public:
  // Collective over `world`, which must outlive it. With `channels` > 0, at most so many are used.
  // `scratch`: where ranks only meet.
  // Throws on all ranks alike: FaultOf, with the rank, where versions differ, two share a GPU, or
  // one does not come; Error where NCCL refuses; Forsaken where another rank gave up.
  NcclRanks(std::shared_ptr<const Library> library, World& world, int channels, const void* scratch,
            const std::string& gpu);
  ~NcclRanks();
  NcclRanks(const NcclRanks&) = delete;
  NcclRanks& operator=(const NcclRanks&) = delete;

  ncclComm_t handle() const { return ranks_; }
  const Library& library() const { return *library_; }
  int rank() const { return world_.rank(); }
  int size() const { return world_.size(); }

  // What a call has answered: waits while it is in progress, throws Error if it failed. The timed
  // path.
  void finish(ncclResult_t status, const char* doing) {
    if (status != ncclSuccess) [[unlikely]]
      settle(status, doing);
  }
  // Throws what went wrong by itself since it was last asked, here or on another rank.
  void poll();
  FaultOf hung(const std::string& doing, Seconds waited) const;
  std::string abort() noexcept;
  const Choices& choices() const { return choices_; }
  bool is_aborted() const { return is_aborted_; }

 private:
  void check_alike(const std::string& gpu) const;
  void connect(int channels);
  void settle(ncclResult_t status, const char* doing);
  [[noreturn]] void fail(ncclResult_t status, const char* doing);

  std::shared_ptr<const Library> library_;
  World& world_;
  std::vector<int> processes_;  // by rank
  Choices choices_;
  std::string name_ = choices_.name_of_communicator();  // NCCL keeps a pointer to it
  ncclComm_t ranks_ = nullptr;
  std::atomic<bool> is_aborted_{false};
};

}  // namespace shortfall::nccl
