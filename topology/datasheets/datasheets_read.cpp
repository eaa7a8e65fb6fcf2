// Reads datasheets and refuses figures that the part cannot reach: sparse peaks above all.
#include <algorithm>
#include <map>

#include "core/error.hpp"
#include "core/text.hpp"
#include "topology/datasheets/datasheets.hpp"
#include "topology/datasheets/datasheets_json.hpp"
#include "topology/datasheets/match_name.hpp"

namespace shortfall {

// Embedded from topology/datasheets/.
std::string_view nvidia_datasheets();
std::string_view amd_datasheets();
std::string_view intel_datasheets();
std::string_view google_datasheets();
std::string_view ops_per_clock_table();

namespace {

// Printed dense peaks are within 1.3 % of the formula, or some 10 % below it where tensor units run
// at another clock that is not told; a sparse peak is then 1.7 to 2 times as much.
constexpr double too_much = 1.6;
constexpr double least_twice = 1.9,
                 most_twice = 2.1;  // of a peak that is printed for the same part

std::string place(const std::string& list, std::size_t row) {
  return list + "[" + std::to_string(row) + "]";
}

[[noreturn]] void refuse(const std::string& source, const std::string& place,
                         const std::string& why) {
  throw BadUsage(source + ": " + place + ": " + why);
}

std::string too_high(Throughput peak, Throughput possible, const std::string& by) {
  return scaled(peak.value, "FLOP/s") + " are " + scaled(peak / possible, "times") + " the " +
         scaled(possible.value, "FLOP/s") + " " + by +
         ": a sparse peak (twice the dense one), one with sums in 16 bits, or that of two devices. "
         "Give "
         "the dense peak";
}

const Throughput* find(const Peaks& peaks, const std::string& type) {
  const auto found = std::ranges::find(peaks, type, &Peaks::value_type::first);
  return found == peaks.end() ? nullptr : &found->second;
}

// The built-in row of the same device.
const DeviceSheet* counterpart(const DeviceSheet& sheet, const Datasheets& known) {
  const auto any = [](const DeviceSheet&) { return true; };
  std::vector<std::string> all = sheet.match;
  all.push_back(sheet.name);
  for (const std::string& name : all) {
    const auto found = best_matches(known.accelerators, name, any);
    if (!found.empty()) return found.front();
  }
  return nullptr;
}

void check_peaks(const DeviceSheet& sheet, const Datasheets& known, const std::string& source,
                 const std::string& row) {
  const Peaks formula = formula_peaks(sheet, known.ops);
  const DeviceSheet* const printed = counterpart(sheet, known);
  for (const auto& [type, peak] : sheet.peak) {
    const std::string here = row + ".dense_peak_flop_per_s." + type;
    const Throughput* const possible = find(formula, type);
    if (possible != nullptr && peak / *possible >= too_much) {
      refuse(source, here,
             too_high(peak, *possible,
                      "that " + std::to_string(sheet.units) + " units of " + sheet.architecture +
                          " reach at " + scaled(sheet.clock.value, "Hz")));
    }
    const Throughput* const usual = printed == nullptr ? nullptr : find(printed->peak, type);
    if (usual == nullptr) continue;
    const bool is_twice = peak / *usual >= least_twice && peak / *usual <= most_twice;
    if (is_twice) refuse(source, here, too_high(peak, *usual, "that " + printed->name + " has"));
  }
}

bool is_told_apart(const DeviceSheet& a, const DeviceSheet& b) {
  const bool has_both = !a.sizes.empty() && !b.sizes.empty();
  return has_both && std::ranges::find_first_of(a.sizes, b.sizes) == a.sizes.end();
}
bool is_told_apart(const CpuSheet&, const CpuSheet&) { return false; }

// Of every row that has been seen, by what may stand for one alone.
struct Seen {
  std::map<std::string, std::size_t> by_name;
  std::map<std::vector<std::string>, std::vector<std::size_t>> by_words;
};

void refuse_double(const auto& sheets, std::size_t row, Seen& seen, const std::string& source,
                   const std::string& here) {
  const auto& sheet = sheets[row];
  if (!seen.by_name.emplace(sheet.name, row).second) {
    refuse(source, here + ".name", "\"" + sheet.name + "\" stands here twice");
  }
  for (const std::string& name : sheet.match) {
    auto& rows = seen.by_words[words_in(name)];
    for (const std::size_t other : rows) {
      if (other == row || is_told_apart(sheets[other], sheet)) continue;
      refuse(source, here + ".match",
             "\"" + name + "\" means \"" + sheets[other].name +
                 "\", too, and no memory_bytes tells which");
    }
    rows.push_back(row);
  }
}

void refuse_doubles(const auto& sheets, const std::string& source, const std::string& list) {
  Seen seen;
  for (std::size_t row = 0; row < sheets.size(); ++row) {
    refuse_double(sheets, row, seen, source, place(list, row));
  }
}

}  // namespace

Datasheets built_in() {
  Datasheets all;
  for (const std::string_view text : {ops_per_clock_table(), nvidia_datasheets(), amd_datasheets(),
                                      intel_datasheets(), google_datasheets()}) {
    all = before(std::move(all), datasheets_from(text, "built-in datasheets", false));
  }
  return all;
}

Datasheets parsed_datasheets(std::string_view text, const std::string& source) {
  Datasheets own = datasheets_from(text, source, true);
  if (own.accelerators.empty() && own.cpus.empty()) {
    refuse(source, "the document", "has neither accelerators nor cpus");
  }
  refuse_doubles(own.accelerators, source, "accelerators");
  refuse_doubles(own.cpus, source, "cpus");
  Datasheets known = built_in();
  known.ops.insert(known.ops.begin(), own.ops.begin(), own.ops.end());
  for (std::size_t row = 0; row < own.accelerators.size(); ++row) {
    check_peaks(own.accelerators[row], known, source, place("accelerators", row));
  }
  return own;
}

}  // namespace shortfall
