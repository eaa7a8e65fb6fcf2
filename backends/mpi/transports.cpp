#include "backends/mpi/transports.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "core/text.hpp"

namespace shortfall::mpi {
namespace {

// The NAME of ".../mca_FRAMEWORK_NAME.so"; empty if the line is about something else.
std::string component_in(const std::string& line, const std::string& framework) {
  const std::string before = "/mca_" + framework + "_";
  const auto start = line.rfind(before);
  const auto end = line.rfind(".so");
  if (start == std::string::npos || end == std::string::npos || end < start) return {};
  return line.substr(start + before.size(), end - start - before.size());
}

// The value of "NAME = VALUE" in a file of Open MPI's settings; empty if it does not say.
std::string value_in(const std::filesystem::path& path, const std::string& wanted) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const auto equals = line.find('=');
    if (line.starts_with('#') || equals == std::string::npos) continue;
    if (trimmed(line.substr(0, equals)) == wanted) {
      return std::string(trimmed(line.substr(equals + 1)));
    }
  }
  return {};
}

// What Open MPI was told, where it looks first: the environment (which holds what was said to
// mpirun), the user's file, the system's. Asking the library by its tools interface would take a
// quarter of a second.
std::string setting(const std::string& name) {
  if (const char* const value = std::getenv(("OMPI_MCA_" + name).c_str())) return value;
  const char* const home = std::getenv("HOME");
  const char* const prefix = std::getenv("OPAL_PREFIX");
  for (const std::filesystem::path& path :
       {std::filesystem::path(home ? home : "") / ".openmpi/mca-params.conf",
        std::filesystem::path(prefix ? prefix : "") / "etc/openmpi-mca-params.conf",
        std::filesystem::path("/etc/openmpi/openmpi-mca-params.conf")}) {
    if (std::string value = value_in(path, name); !value.empty()) return value;
  }
  return {};
}

}  // namespace

Details transports_in(std::istream& maps) {
  std::set<std::string> managers, transports;
  for (std::string line; std::getline(maps, line);) {
    if (const auto name = component_in(line, "pml"); !name.empty()) managers.insert(name);
    if (const auto name = component_in(line, "btl"); !name.empty()) transports.insert(name);
    if (const auto name = component_in(line, "mtl"); !name.empty()) transports.insert(name);
  }
  Details found;
  if (!managers.empty()) found.emplace_back("pml", fmt::format("{}", fmt::join(managers, ", ")));
  if (!transports.empty())
    found.emplace_back("btl", fmt::format("{}", fmt::join(transports, ", ")));
  return found;
}

Details transports_in_use() {
  std::ifstream maps("/proc/self/maps");
  Details found = transports_in(maps);
  if (std::string asked = setting("pml"); !asked.empty()) {
    found.emplace_back("pml_asked", std::move(asked));
  }
  return found;
}

}  // namespace shortfall::mpi
