#include "diagnosis/counters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "diagnosis/counter_meanings.hpp"

namespace shortfall {
namespace {

using Kind = CounterChange::Kind;
using Changes = std::vector<CounterChange>;  // of one device of one host

double change_of(const Changes& changes, std::string_view counter) {
  const auto found = std::ranges::find(changes, counter, &CounterChange::name);
  return found == changes.end() ? 0 : static_cast<double>(found->change);
}

Finding finding_of(const CounterChange& change, const Meaning& meaning, std::string metric) {
  return {.severity = meaning.fails ? Finding::Severity::fail : Finding::Severity::warn,
          .kind = std::string(meaning.kind),
          .host = change.host,
          .device = change.device,
          .metric = std::move(metric),
          .value = static_cast<double>(change.change),
          .expected = 0,
          .unit = "events",
          .reason = fmt::format("{} of {} grew by {}{} during the run: {}", change.name,
                                change.device, change.kind == Kind::restarted ? "at least " : "",
                                change.change, meaning.means),
          .action = std::string(meaning.action)};
}

struct Drops {
  std::string_view counter, packets;
  bool has_background = false;  // grows on healthy interfaces, too
};

constexpr std::array<Drops, 6> drops{{{"rx_dropped", "rx_packets", true},
                                      {"rx_missed_errors", "rx_packets"},
                                      {"rx_fifo_errors", "rx_packets"},
                                      {"rx_over_errors", "rx_packets"},
                                      {"tx_fifo_errors", "tx_packets"},
                                      {"tx_dropped", "tx_packets"}}};

// Nothing if they are too few to matter.
std::optional<Finding> finding_of_drops(const CounterChange& change, const Drops& kind,
                                        const Changes& all) {
  const double count = static_cast<double>(change.change);
  const double share = count / (count + change_of(all, kind.packets));
  if (share < many_drops || (kind.has_background && count < least_drops)) return std::nullopt;
  Finding finding = finding_of(change, meaning_of(change.name), change.name);
  finding.value = share;
  finding.expected = many_drops;
  finding.unit = "share of packets";
  finding.reason += fmt::format(" ({:.2g} % of all)", 100 * share);
  return finding;
}

std::optional<Finding> finding_of_counter(const CounterChange& change, const Changes& all) {
  const auto* const kind = std::ranges::find(drops, change.name, &Drops::counter);
  if (kind != drops.end()) return finding_of_drops(change, *kind, all);
  return finding_of(change, meaning_of(change.name), change.name);
}

// The lines of one file of PCIe errors: "aer_dev_correctable BadTLP". One message may tell of
// several errors, so that the total can be less than the sum of them; it counts where it is there.
Finding finding_of_pcie(const Changes& lines) {
  const std::string file = lines.front().name.substr(0, lines.front().name.find(' '));
  std::vector<std::string> errors;
  CounterChange sum = lines.front();
  std::uint64_t total = 0;
  sum.change = 0;
  sum.name = file;
  for (const CounterChange& line : lines) {
    const std::string error = line.name.substr(std::min(line.name.size(), file.size() + 1));
    if (line.kind == Kind::restarted) sum.kind = Kind::restarted;
    if (error.starts_with("TOTAL_")) {
      total = line.change;
    } else {
      sum.change += line.change;
      errors.push_back(fmt::format("{} {}", error, line.change));
    }
  }
  if (total > 0) sum.change = total;
  Finding finding = finding_of(sum, meaning_of(file), file);
  if (!errors.empty()) finding.reason += fmt::format(" ({})", fmt::join(errors, ", "));
  return finding;
}

Finding finding_of_device(const CounterChange& first, std::size_t counters, bool are_gone) {
  return {.severity = Finding::Severity::warn,
          .kind = "error_counter",
          .host = first.host,
          .device = first.device,
          .metric = first.name,
          .reason = are_gone
                        ? fmt::format("{} counters of {} can no longer be read: the device or its "
                                      "driver went away during the run",
                                      counters, first.device)
                        : fmt::format("{} counters of {} started anew: the device or its driver "
                                      "was reset during the run, or somebody cleared them",
                                      counters, first.device),
          .action = "Look at dmesg on that host, and measure again"};
}

// A counter that ran over starts anew alone, while others of its device grow.
void notice_resets(std::vector<Finding>& findings, const Changes& changes) {
  for (const Kind kind : {Kind::restarted, Kind::vanished}) {
    const auto first = std::ranges::find(changes, kind, &CounterChange::kind);
    const bool has_others =
        std::ranges::find(changes, Kind::grew, &CounterChange::kind) != changes.end();
    if (first == changes.end() || has_others) continue;
    const auto count = std::ranges::count(changes, kind, &CounterChange::kind);
    findings.push_back(
        finding_of_device(*first, static_cast<std::size_t>(count), kind == Kind::vanished));
  }
}

void judge_device(std::vector<Finding>& findings, const Changes& changes) {
  std::map<std::string, Changes> pcie;  // by file
  for (const CounterChange& change : changes) {
    if (!change.is_error || change.change == 0) continue;
    if (change.name.starts_with("aer_dev_")) {
      pcie[change.name.substr(0, change.name.find(' '))].push_back(change);
    } else if (auto finding = finding_of_counter(change, changes)) {
      findings.push_back(std::move(*finding));
    }
  }
  for (const auto& [file, lines] : pcie) findings.push_back(finding_of_pcie(lines));
  notice_resets(findings, changes);
}

}  // namespace

std::vector<Finding> grown_errors(const std::vector<CounterChange>& changes) {
  std::map<std::pair<std::string, std::string>, Changes> devices;
  for (const CounterChange& change : changes) {
    devices[{change.host, change.device}].push_back(change);
  }
  std::vector<Finding> findings;
  for (const auto& [device, of_device] : devices) judge_device(findings, of_device);
  return findings;
}

}  // namespace shortfall
