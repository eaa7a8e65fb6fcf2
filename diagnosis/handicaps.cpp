#include "diagnosis/handicaps.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace shortfall {
namespace {

std::string reason_of(const Handicap& h) {
  const std::string kernels = h.before == h.after
                                  ? fmt::format("its kernels for {}", h.before)
                                  : fmt::format("kernels for {} instead of {}", h.before, h.after);
  return fmt::format(
      "{} was held to {} by {}. Without that, products of f64 are {:.2f} times as "
      "fast ({}). In this run {}",
      h.library, kernels, h.cause, h.gain, h.gain_source,
      h.is_mended ? "it was mended, so that its results do not show it" : "it could not be mended");
}

Finding finding_of(const HandicapOnHost& of) {
  return {.severity = Finding::Severity::warn,
          .kind = "crippled_library",
          .host = of.host,
          .device = of.handicap.library,
          .metric = "flop_per_s gain",
          .value = of.handicap.gain,
          .expected = 1,
          .unit = "x",
          .reason = reason_of(of.handicap),
          .action = of.handicap.remedy + " wherever other programs use this library"};
}

}  // namespace

std::vector<Finding> crippled_libraries(const std::vector<HandicapOnHost>& handicaps) {
  std::vector<Finding> findings;
  for (const HandicapOnHost& of : handicaps) {
    const bool is_told = std::ranges::any_of(findings, [&](const Finding& finding) {
      return finding.host == of.host && finding.device == of.handicap.library;
    });
    if (!is_told) findings.push_back(finding_of(of));
  }
  return findings;
}

}  // namespace shortfall
