// What the double of NCCL is asked to be, and to do wrong.
#include <cstdlib>
#include <sstream>

#include "tests/double/nccl_double.hpp"

namespace shortfall::nccl_double {
namespace {

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

// As launchers tell it.
std::string rank_of_process() {
  for (const char* const name : {"OMPI_COMM_WORLD_RANK", "RANK"}) {
    if (const std::string rank = variable(name); !rank.empty()) return rank;
  }
  return "0";
}

void take(Script& into, const std::string& name, const std::string& value) {
  const auto colon = value.find(':');
  if (name == "version") into.version = std::stoi(value);
  if (name == "ras") into.has_ras = value != "0";
  if (name != "fault") return;
  into.fault = value.substr(0, colon);
  if (colon != std::string::npos) into.after = std::stol(value.substr(colon + 1));
}

Script from_environment() {
  Script script;
  std::istringstream in(variable("SHORTFALL_NCCL_DOUBLE"));
  for (std::string entry; std::getline(in, entry, ';');) {
    const std::string prefix = "rank" + rank_of_process() + ".";
    if (entry.rfind("rank", 0) == 0) {
      if (entry.rfind(prefix, 0) != 0) continue;  // of another rank
      entry = entry.substr(prefix.size());
    }
    const auto equals = entry.find('=');
    if (equals != std::string::npos)
      take(script, entry.substr(0, equals), entry.substr(equals + 1));
  }
  return script;
}

}  // namespace

const Script& script() {
  static const Script read = from_environment();
  return read;
}

}  // namespace shortfall::nccl_double
