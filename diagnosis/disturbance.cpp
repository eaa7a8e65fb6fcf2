#include "diagnosis/disturbance.hpp"

#include <fmt/format.h>

#include <map>

namespace shortfall {
namespace {

struct Disturbed {
  int cases = 0;
  std::string first_reason;
};

Finding finding_of(const std::string& host, const Disturbed& disturbed, int measured) {
  return {.severity = Finding::Severity::warn,
          .kind = "disturbed",
          .host = host,
          .value = static_cast<double>(disturbed.cases) / measured,
          .expected = many_disturbed,
          .unit = "share of cases",
          .reason = fmt::format("{} of {} cases were disturbed, the first of them because {}",
                                disturbed.cases, measured, disturbed.first_reason),
          .action = fmt::format("Measure again when nobody else uses {}, with a CPU for each rank "
                                "and thread; results[].vitals says what was seen in each case",
                                host)};
}

}  // namespace

std::vector<Finding> disturbed_hosts(const Report& report) {
  std::map<std::string, Disturbed> hosts;
  int measured = 0;
  for (const Entry& entry : report.entries) {
    const auto* const m = std::get_if<Measured>(&entry.result.outcome);
    if (!m) continue;
    ++measured;
    for (const std::string& host : m->vitals.disturbed_hosts) {
      Disturbed& disturbed = hosts[host];
      if (++disturbed.cases == 1) disturbed.first_reason = m->vitals.reason.value_or("");
    }
  }
  std::vector<Finding> findings;
  for (const auto& [host, disturbed] : hosts) {
    const bool is_often = disturbed.cases > many_disturbed * measured;
    if (is_often && measured >= least_cases)
      findings.push_back(finding_of(host, disturbed, measured));
  }
  return findings;
}

}  // namespace shortfall
