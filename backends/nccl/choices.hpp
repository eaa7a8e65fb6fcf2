// What NCCL has chosen for its collectives, as it tells a profiler.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "backends/device.hpp"
#include "backends/nccl/profiler_plugin.hpp"

namespace shortfall::nccl {

// Of one communicator. NCCL notes from threads of its own.
class Choices {
 public:
  // Does not note what is only done so that ranks meet: calls whose result goes to `scratch`.
  explicit Choices(const void* scratch) : scratch_(scratch) {}
  // By it NCCL tells its profiler which communicator it speaks of.
  std::string name_of_communicator() const;
  // nullptr if `name` is of a communicator that is not ours.
  static Choices* of_communicator(const char* name);

  void note(const CollectiveEvent& event);
  // NCCL's own mark of the communicator, by which it also names it elsewhere.
  void note_mark(std::uint64_t mark);
  std::optional<std::uint64_t> mark() const;
  // What it has taken for the last call of a function: {"algorithm", "RING"}, {"protocol", "LL"},
  // {"channels_used", "2"}; nothing if it has not told.
  Details of_last(const std::string& function) const;

 private:
  struct Choice {
    std::string algorithm, protocol;
    int channels = 0;
  };

  const void* scratch_;
  mutable std::mutex mutex_;
  std::optional<std::uint64_t> mark_;
  std::map<std::string, Choice> last_;  // by function
};

// Makes NCCL tell this process, unless its user has another profiler. Before the first
// communicator.
void ask_for_choices();

}  // namespace shortfall::nccl
