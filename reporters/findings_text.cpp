#include "reporters/findings_text.hpp"

#include <fmt/ostream.h>

#include <array>

#include "core/text.hpp"
#include "report/words.hpp"
#include "reporters/lines.hpp"

namespace shortfall {
namespace {

constexpr std::size_t width = 100, indent = 10;

void write_finding(std::ostream& out, const Finding& finding, TableStyle style) {
  std::string who = finding.rank ? fmt::format("rank {}", *finding.rank) : "";
  if (!finding.host.empty()) who += (who.empty() ? "" : " on ") + finding.host;
  std::vector<std::string> where{who, finding.device, finding.link, finding.metric};
  std::erase(where, "");
  const bool is_fail = finding.severity == Finding::Severity::fail;
  const std::string severity = fmt::format("{:<8}", word(finding.severity));
  fmt::print(out, "  {}{}  {}\n", painted(severity, is_fail ? Paint::bad : Paint::doubtful, style),
             finding.kind, join(where, ", "));
  out << wrapped(finding.reason, width, indent);
  if (!finding.action.empty()) out << wrapped("-> " + finding.action, width, indent);
}

}  // namespace

std::string painted(std::string text, Paint paint, TableStyle style) {
  if (!style.is_coloured) return text;
  constexpr std::array<int, 3> codes{32, 31, 33};
  return fmt::format("\x1b[{}m{}\x1b[0m", codes.at(static_cast<std::size_t>(paint)), text);
}

void write_findings(std::ostream& out, const std::vector<Finding>& findings, TableStyle style) {
  if (findings.empty()) return;
  out << "\nfindings\n";
  for (const Finding& finding : findings) write_finding(out, finding, style);
}

}  // namespace shortfall
