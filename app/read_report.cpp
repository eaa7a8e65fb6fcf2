#include "app/read_report.hpp"

#include "report/json.hpp"

namespace shortfall {

std::filesystem::path report_file(std::filesystem::path named) {
  std::error_code no;
  if (std::filesystem::is_directory(named, no)) named /= "report.json";
  return named;
}

Report report_in(const std::filesystem::path& named) {
  const std::filesystem::path file = report_file(named);
  return report_from(read_file(file), file.string());
}

}  // namespace shortfall
