#include "app/systems.hpp"

#include <filesystem>

#include "core/error.hpp"
#include "diagnosis/measured_system.hpp"
#include "report/json.hpp"

namespace shortfall {
namespace {

Datasheets datasheets_in(const std::string& file) {
  if (file.empty()) return built_in();
  return before(parsed_datasheets(read_file(file), "--datasheet=" + file), built_in());
}

SystemFor by_report_in(std::filesystem::path file, Datasheets sheets) {
  if (!std::filesystem::exists(file)) {
    throw BadUsage("--system=" + file.string() +
                   ": neither a report nor one of: literature, datasheet");
  }
  if (std::filesystem::is_directory(file)) file /= "report.json";
  const std::string source = file.string();
  return by_report(report_from(read_file(file), source), std::move(sheets), source);
}

}  // namespace

SystemFor system_named(const std::string& system, const std::string& datasheet) {
  Datasheets sheets = datasheets_in(datasheet);
  if (system == "literature") return by_literature(std::move(sheets));
  if (system == "datasheet") return by_promises(std::move(sheets));
  return by_report_in(system, std::move(sheets));
}

}  // namespace shortfall
