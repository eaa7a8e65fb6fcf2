// What NCCL has chosen for its collectives, as it tells a profiler.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "backends/device.hpp"

namespace shortfall::nccl {

// Of one communicator. NCCL notes from the thread that enqueues.
class Choices {
 public:
  // By it NCCL tells its profiler which communicator it speaks of.
  std::string name_of_communicator() const;
  // nullptr if `name` is of a communicator that is not ours.
  static Choices* of_communicator(const char* name);

  void note(const std::string& function, const char* algorithm, const char* protocol, int channels);
  // What it has taken for the last call of a function: {"algorithm", "RING"}, {"protocol", "LL"},
  // {"channels_used", "2"}; nothing if it has not told.
  Details of_last(const std::string& function) const;

 private:
  struct Choice {
    std::string algorithm, protocol;
    int channels = 0;
  };

  mutable std::mutex mutex_;
  std::map<std::string, Choice> last_;  // by function
};

// Makes NCCL tell this process, unless its user has another profiler. Before the first
// communicator.
void ask_for_choices();

}  // namespace shortfall::nccl
