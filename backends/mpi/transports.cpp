#include "backends/mpi/transports.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <mpi.h>

#include <array>
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

// A control variable of the MPI library, through its tools interface; empty if there is none.
std::string setting(const char* name) {
  int provided = 0, index = 0, length = 0;
  if (PMPI_T_init_thread(MPI_THREAD_SINGLE, &provided) != MPI_SUCCESS) return {};
  std::array<char, 4096> text{};
  MPI_T_cvar_handle handle{};
  if (PMPI_T_cvar_get_index(name, &index) == MPI_SUCCESS &&
      PMPI_T_cvar_handle_alloc(index, nullptr, &handle, &length) == MPI_SUCCESS) {
    const bool fits = static_cast<std::size_t>(length) < text.size();
    if (fits) PMPI_T_cvar_read(handle, text.data());
    PMPI_T_cvar_handle_free(&handle);
  }
  PMPI_T_finalize();
  return text.data();
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
