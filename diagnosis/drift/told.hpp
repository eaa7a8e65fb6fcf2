// What drift between hosts already says, so that no other finding says it again.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "topology/machine.hpp"

namespace shortfall {

class ToldByDrift {
 public:
  explicit ToldByDrift(const std::vector<Drift>& drift);

  // Whether anything that begins so, "nics[].ports[].rate", is told of this device of the host, or
  // of all devices in its list.
  bool has(const std::string& host, const std::string& device, std::string_view beginning) const;

 private:
  bool has_under(const std::string& host, const std::string& device,
                 std::string_view beginning) const;

  std::map<std::pair<std::string, std::string>, std::vector<std::string>> patterns_;
};

}  // namespace shortfall
