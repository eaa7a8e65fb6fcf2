// Values that some hosts of a class have and the majority has not, and which of them say the same
// thing twice.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "diagnosis/drift/host_classes.hpp"
#include "topology/machine.hpp"

namespace shortfall {

struct Dissent {
  std::string list = {};     // "gpus"; "" = of the host itself
  std::string element = {};  // "0000:17:00.0"; "#2" where hosts name them differently; "*" = all
  std::string path = {};     // "slot.loaded", "os.kernel"
  std::string device = {};   // or those that are missing
  std::string value = {}, majority = {};
  Drift::Kind kind = Drift::Kind::differs;
  int sharing = 0, voters = 0;
  Positions hosts = {};  // of those that share it: whose fault it is
};

std::string attribute_of(const Dissent& dissent);

// "gpus[0000:17:00.0].slot.loaded" and "gpus[#2].slot.loaded" as "gpus[].slot.loaded".
std::string pattern_of(std::string_view attribute);

// "cpu.cores" and "cpu" are at or below "cpu"; "cpus" is not.
bool is_at_or_below(std::string_view pattern, std::string_view attribute);

// In how many elements of a list the same value of the same attribute has the majority.
class Agreement {
 public:
  void note(const Dissent& of) { ++elements_[key(of)]; }
  int elements(const Dissent& of) const {
    const auto found = elements_.find(key(of));
    return found == elements_.end() ? 0 : found->second;
  }

 private:
  static std::string key(const Dissent& of) {
    return of.list + '\n' + of.path + '\n' + of.majority;
  }
  std::unordered_map<std::string, int> elements_;
};

// Without what follows from another difference of the same hosts: one fault, one finding. A port
// that is down has another rate, too; without hyperthreads there are fewer CPUs in every list.
std::vector<Dissent> causes_only(std::vector<Dissent> dissents);

// One for all elements of a list (element "*") where a host differs in each of them in the same
// way: the firmware of eight equal adapters is one fault.
std::vector<Dissent> elements_folded(std::vector<Dissent> dissents, const Agreement& agreement);

}  // namespace shortfall
