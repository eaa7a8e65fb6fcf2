#include "app/systems.hpp"

#include <filesystem>

#include "app/read_report.hpp"
#include "core/error.hpp"
#include "diagnosis/measured_system.hpp"
#include "report/json.hpp"

namespace shortfall {
namespace {

SystemFor by_report_in(const std::filesystem::path& file, Datasheets sheets) {
  if (!std::filesystem::exists(file)) {
    throw BadUsage("--system=" + file.string() +
                   ": neither a report nor one of: literature, datasheet");
  }
  return by_report(report_in(file), std::move(sheets), report_file(file).string());
}

}  // namespace

Datasheets datasheets_named(const std::string& file) {
  if (file.empty()) return built_in();
  return before(parsed_datasheets(read_file(file), "--datasheet=" + file), built_in());
}

SystemFor system_named(const std::string& system, const std::string& datasheet) {
  Datasheets sheets = datasheets_named(datasheet);
  if (system == "literature") return by_literature(std::move(sheets));
  if (system == "datasheet") return by_promises(std::move(sheets));
  return by_report_in(system, std::move(sheets));
}

}  // namespace shortfall
