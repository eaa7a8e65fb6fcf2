#include "app/limits.hpp"

#include <iostream>

#include "app/job.hpp"
#include "app/write_file.hpp"
#include "core/error.hpp"
#include "diagnosis/measured_fabric.hpp"
#include "report/json.hpp"
#include "reporters/limits_json.hpp"
#include "reporters/limits_svg.hpp"
#include "reporters/limits_text.hpp"

namespace shortfall {
namespace {

constexpr int pass = 0, fail = 2;
constexpr const char* usual_gpu = "H100 SXM";

void refuse_contradictions(const LimitsOptions& options) {
  if (options.reference.empty()) return;
  if (!options.system.empty() || !options.gpu.empty() || !options.svg.empty()) {
    throw BadUsage("--reference=" + options.reference +
                   ": recomputes values and cannot go with --gpu, --system or --svg");
  }
}

int check_file(const LimitsOptions& options) {
  const ReferenceCheck check = check_reference(read_file(options.reference), options.reference);
  if (options.json) {
    std::cout << json_of(check);
  } else {
    write_reference_check(std::cout, check);
  }
  return check.holds() ? pass : fail;
}

MeasuredFabric fabric_of(const LimitsOptions& options) {
  const std::string datasheet = options.gpu.empty() ? usual_gpu : options.gpu;
  const Accelerator gpu = accelerator_named(datasheet);
  if (options.system.empty()) return {gpu, {"All figures are those of its datasheet."}};
  const Report report = report_from(read_file(options.system), options.system);
  return measured_fabric(report, gpu);
}

int show_study(const LimitsOptions& options) {
  const MeasuredFabric fabric = fabric_of(options);
  const LimitsStudy study = study_of(fabric.gpu, Assumptions{});
  if (!options.svg.empty()) write_file("--svg", options.svg, limits_svg(study));
  if (options.json) {
    std::cout << json_of(study, fabric.sources);
  } else {
    write_limits(std::cout, study, fabric.sources);
  }
  return pass;
}

}  // namespace

int show_limits(const LimitsOptions& options) {
  if (!speaks()) return pass;
  refuse_contradictions(options);
  return options.reference.empty() ? show_study(options) : check_file(options);
}

}  // namespace shortfall
