#include "backends/mpi/transports.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fstream>
#include <set>

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
  return transports_in(maps);
}

}  // namespace shortfall::mpi
