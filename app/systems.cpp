#include "app/systems.hpp"

#include <filesystem>
#include <memory>

#include "diagnosis/measured_system.hpp"
#include "report/json.hpp"

namespace shortfall {
namespace {

Datasheets datasheets_in(const std::string& file) {
  if (file.empty()) return built_in();
  return before(parsed_datasheets(read_file(file), "--datasheet=" + file), built_in());
}

SystemFor by_report(std::filesystem::path file, Datasheets sheets) {
  if (std::filesystem::is_directory(file)) file /= "report.json";
  const std::string source = file.string();
  auto report = std::make_shared<const Report>(report_from(read_file(file), source));
  return [report = std::move(report), sheets = std::move(sheets), source](TrainingRun& run,
                                                                          const std::string&) {
    return system_of(*report, run, sheets, source).system;
  };
}

}  // namespace

SystemFor system_named(const std::string& system, const std::string& datasheet) {
  Datasheets sheets = datasheets_in(datasheet);
  return system == "literature" ? by_literature(std::move(sheets))
                                : by_report(system, std::move(sheets));
}

}  // namespace shortfall
