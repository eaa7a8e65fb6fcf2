#include "diagnosis/transports.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace shortfall {
namespace {

// What results say of it: the same in all of them.
std::string detail(const Report& report, const std::string& name) {
  for (const Entry& entry : report.entries) {
    const auto* const measured = std::get_if<Measured>(&entry.result.outcome);
    if (!measured) continue;
    const auto found = std::ranges::find(measured->details, name, &Details::value_type::first);
    if (found != measured->details.end()) return found->second;
  }
  return {};
}

// "^ucx" and "^ucx,cm" exclude it; "ob1" does, too, by naming another.
bool excludes_ucx(const std::string& asked) {
  if (asked.empty()) return false;
  const bool is_negated = asked.starts_with('^');
  const auto names = split(asked.substr(is_negated ? 1 : 0), ',');
  return is_negated == (std::ranges::count(names, "ucx") > 0);
}

}  // namespace

std::vector<Finding> transports_kept_off(const Report& report) {
  std::vector<Finding> findings;
  const std::string asked = detail(report, "pml_asked");
  if (!excludes_ucx(asked)) return findings;
  for (const Host& host : report.machine.hosts) {
    const auto devices = std::ranges::count_if(host.nics, &Nic::is_rdma);
    if (devices == 0) continue;
    findings.push_back(
        {.severity = Finding::Severity::warn,
         .kind = "ucx_kept_off",
         .host = host.name,
         .metric = "pml",
         .reason = "the MPI library is configured with pml=" + asked +
                   " (in use: " + detail(report, "pml") + ") while " + std::to_string(devices) +
                   " RDMA devices are plugged in: messages between hosts go by TCP",
         .action = "start with 'mpirun --mca pml ucx', or set OMPI_MCA_pml=ucx; Debian's default "
                   "stands in /etc/openmpi/openmpi-mca-params.conf"});
  }
  return findings;
}

}  // namespace shortfall
