#include "tests/double/settings_of_rank.hpp"

#include <cstdlib>
#include <sstream>

namespace shortfall::double_ {
namespace {

std::string variable_named(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

// As launchers tell it.
std::string rank_of_process() {
  for (const char* const name : {"OMPI_COMM_WORLD_RANK", "RANK"}) {
    if (const std::string rank = variable_named(name); !rank.empty()) return rank;
  }
  return "0";
}

}  // namespace

void read_settings(const char* variable, const TakeSetting& take) {
  const std::string mine = "rank" + rank_of_process() + ".";
  std::istringstream in(variable_named(variable));
  for (std::string entry; std::getline(in, entry, ';');) {
    if (entry.rfind("rank", 0) == 0) {
      if (entry.rfind(mine, 0) != 0) continue;  // of another rank
      entry = entry.substr(mine.size());
    }
    const auto equals = entry.find('=');
    if (equals != std::string::npos) take(entry.substr(0, equals), entry.substr(equals + 1));
  }
}

}  // namespace shortfall::double_
