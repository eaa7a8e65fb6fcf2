#include "diagnosis/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "core/overloaded.hpp"
#include "diagnosis/datasheet.hpp"
#include "diagnosis/disturbance.hpp"
#include "diagnosis/fabric_map.hpp"
#include "diagnosis/gpu_findings.hpp"
#include "diagnosis/machine.hpp"
#include "diagnosis/rdma/measured.hpp"
#include "diagnosis/slow_links.hpp"
#include "diagnosis/transports.hpp"

namespace shortfall {
namespace {

using Severity = Finding::Severity;

Finding finding_of(Severity severity, std::string kind, std::string reason, std::string action) {
  Finding finding;
  finding.severity = severity;
  finding.kind = std::move(kind);
  finding.reason = std::move(reason);
  finding.action = std::move(action);
  return finding;
}

Finding not_measured(const Result& result, const Failed& failed) {
  Finding finding = finding_of(Severity::unknown, "not_measured", failed.reason,
                               fmt::format("Run it alone: shortfall run {}", result.benchmark));
  finding.host = failed.host;
  finding.rank = failed.rank;
  finding.metric = result.key;
  return finding;
}

// What drops copies between devices though every call reports success.
constexpr const char* on_lost_copies =
    ". Then look at what is between the devices: an IOMMU that is not in pass-through (iommu=pt), "
    "ACS on PCIe switches, Xids in dmesg (docs/gpu.md)";

Finding wrong_data(const Result& result, const Verification& verification, std::uint64_t seed) {
  const auto& wrong = verification.wrong;
  Finding finding = finding_of(
      Severity::fail, "wrong_data", "the result is wrong",
      fmt::format(
          "Trust no result of {} before this is understood. Repeat: shortfall run {} --seed {}",
          wrong ? wrong->host : "this job", result.benchmark, seed));
  finding.metric = result.key;
  if (result.suite == Suite::device_link) finding.action += on_lost_copies;
  if (!wrong) return finding;
  const Mismatch& m = wrong->mismatch;
  finding.host = wrong->host;
  finding.rank = wrong->rank;
  finding.value = m.got;
  finding.expected = m.want;
  finding.reason = fmt::format("element {} is {}, should be {}", m.index, m.got, m.want);
  return finding;
}

bool is_made_here(const Finding& finding) {
  constexpr std::array<std::string_view, 9> kinds{
      "wrong_data",     "not_measured", "nothing_measured",   "ucx_kept_off",      "slow_link",
      "sockets_in_use", "disturbed",    "datasheet_exceeded", "detoured_transfers"};
  return is_of_machine(finding.kind) || is_of_gpus(finding.kind) ||
         std::ranges::find(kinds, finding.kind) != kinds.end();
}

// Forgets what an earlier diagnosis of the same entries said.
void forget(Report& report) {
  std::erase_if(report.findings, is_made_here);
  std::set<std::string> tried;
  for (const Entry& entry : report.entries) tried.insert(entry.result.key);
  const auto was_tried = [&](const Note& note) { return tried.contains(note.key); };
  std::erase_if(report.verdict.excluded, was_tried);
  std::erase_if(report.verdict.unknown, was_tried);
  report.verdict.tested = 0;
}

void judge(Report& report, const Result& result) {
  Verdict& verdict = report.verdict;
  std::visit(Overloaded{[&](const Measured& measured) {
                          ++verdict.tested;
                          const Verification& data = measured.verification;
                          if (data.wrong || data.status == Verification::Status::failed) {
                            report.findings.push_back(wrong_data(result, data, report.run.seed));
                          }
                        },
                        [&](const Skipped& skipped) {
                          verdict.excluded.push_back({result.key, skipped.reason});
                        },
                        [&](const Failed& failed) {
                          verdict.unknown.push_back({result.key, failed.reason});
                          report.findings.push_back(not_measured(result, failed));
                        }},
             result.outcome);
}

// What joining a job took is told beside what was asked for.
bool is_asked_for(const Entry& entry) {
  const std::string& benchmark = entry.result.benchmark;
  return benchmark != "mpi_init" && benchmark != "join" && benchmark != "connect";
}

// Nobody may take a run that measured nothing for a good one.
void notice_emptiness(Report& report) {
  const bool is_any = std::ranges::any_of(report.entries, [](const Entry& entry) {
    return is_asked_for(entry) && std::holds_alternative<Measured>(entry.result.outcome);
  });
  if (is_any || report.run.status == RunStatus::partial) return;
  report.findings.push_back(
      finding_of(Severity::unknown, "nothing_measured", "no case was measured",
                 "See why each was skipped, and what 'shortfall list' offers"));
}

// Fail before unknown before warn.
int weight(Severity severity) {
  switch (severity) {
    case Severity::fail:
      return 0;
    case Severity::unknown:
      return 1;
    case Severity::warn:
      break;
  }
  return 2;
}

Status status_of(const Report& report) {
  const bool is_complete =
      report.run.status == RunStatus::complete && report.verdict.unknown.empty();
  const Status otherwise = is_complete ? Status::pass : Status::unknown;
  if (report.findings.empty()) return otherwise;
  switch (report.findings.front().severity) {  // the worst
    case Severity::fail:
      return Status::fail;
    case Severity::unknown:
      return Status::unknown;
    case Severity::warn:
      break;
  }
  return is_complete ? Status::warn : Status::unknown;
}

}  // namespace

Report diagnosed(Report report) {
  forget(report);
  const std::size_t never_tried = report.verdict.unknown.size();
  for (const Entry& entry : report.entries) judge(report, entry.result);
  notice_emptiness(report);
  const std::vector<PairSamples> pairs = pairs_measured(report);
  for (auto more :
       {transports_kept_off(report), disturbed_hosts(report), above_datasheet(report),
        slow_links(pairs), machine_findings(report.machine), used_from_afar(report),
        detoured_transfers(report), gpu_clock_findings(report), gpu_fault_findings(report)}) {
    std::ranges::move(more, std::back_inserter(report.findings));
  }
  std::ranges::stable_sort(report.findings, {},
                           [](const Finding& f) { return weight(f.severity); });
  report.fabric = fabric_maps(pairs);
  Verdict& verdict = report.verdict;
  verdict.expected =
      std::max(verdict.expected, static_cast<int>(report.entries.size() + never_tried));
  verdict.status = status_of(report);
  return report;
}

int exit_status(const std::vector<Finding>& findings) {
  const auto has = [&](Severity severity) {
    return std::ranges::find(findings, severity, &Finding::severity) != findings.end();
  };
  if (has(Severity::fail)) return 2;
  return has(Severity::unknown) ? 3 : 0;
}

int exit_status(const Verdict& verdict, bool fail_on_warn) {
  switch (verdict.status) {
    case Status::pass:
      return 0;
    case Status::fail:
      return 2;
    case Status::unknown:
      return 3;
    case Status::warn:
      break;
  }
  return fail_on_warn ? 4 : 0;
}

}  // namespace shortfall
