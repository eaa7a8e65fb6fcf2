#include "backends/host/vitals.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "backends/first_line.hpp"
#include "backends/host/clock.hpp"
#include "core/text.hpp"

namespace shortfall {
namespace {

namespace fs = std::filesystem;

std::optional<double> number_in(const fs::path& file) {
  const auto number = parse_integer(first_line(file));
  return number ? std::optional(static_cast<double>(*number)) : std::nullopt;
}

// Files and folders in `parent` whose name begins so.
std::vector<fs::path> entries_of(const fs::path& parent, const std::string& prefix) {
  std::vector<fs::path> found;
  std::error_code no;
  for (fs::directory_iterator entry(parent, no), end; !no && entry != end; entry.increment(no)) {
    if (entry->path().filename().string().starts_with(prefix)) found.push_back(entry->path());
  }
  return found;
}

// Counts in microjoules up to `range`, then from 0 again.
class EnergyCounter {
 public:
  EnergyCounter(fs::path file, double range)
      : file_(std::move(file)), range_(range), last_(number_in(file_)) {}

  bool is_readable() const { return last_.has_value(); }
  // Since it was opened. It must be asked more often than it wraps around: once in minutes.
  std::optional<Joules> energy() {
    const auto now = number_in(file_);
    if (!now || !last_) return std::nullopt;
    sum_ += *now >= *last_ ? *now - *last_ : *now + range_ - *last_;
    last_ = now;
    return Joules{sum_ * 1e-6};
  }

 private:
  fs::path file_;
  double range_;
  std::optional<double> last_;
  double sum_ = 0;
};

// Packages, and memory where it is counted apart; cores and graphics are parts of a package. The
// same counters may be shown twice, by intel-rapl and intel-rapl-mmio: the first is taken.
std::vector<EnergyCounter> energy_counters(const fs::path& root) {
  std::vector<EnergyCounter> counters;
  std::set<std::string> known;
  auto zones = entries_of(root / "sys/class/powercap", "intel-rapl:");
  std::ranges::sort(zones);
  for (const fs::path& zone : zones) {
    const std::string name = first_line(zone / "name"), folder = zone.filename().string();
    const bool is_package = name.starts_with("package");
    if (!is_package && name != "dram") continue;
    // "intel-rapl:1:0" is a part of "intel-rapl:1".
    const std::string whose = is_package ? name : folder.substr(0, folder.rfind(':')) + name;
    EnergyCounter counter(zone / "energy_uj", number_in(zone / "max_energy_range_uj").value_or(0));
    if (counter.is_readable() && known.insert(whose).second) counters.push_back(std::move(counter));
  }
  return counters;
}

bool is_of_processor(const std::string& sensor) {
  constexpr std::array<std::string_view, 6> names{"coretemp",    "k10temp",      "zenpower",
                                                  "cpu_thermal", "x86_pkg_temp", "cpu-thermal"};
  return std::ranges::find(names, sensor) != names.end();
}

// Files that hold thousandths of a degree Celsius.
std::vector<fs::path> processor_thermometers(const fs::path& root) {
  std::vector<fs::path> files;
  for (const fs::path& chip : entries_of(root / "sys/class/hwmon", "hwmon")) {
    if (!is_of_processor(first_line(chip / "name"))) continue;
    for (const fs::path& file : entries_of(chip, "temp")) {
      if (file.filename().string().ends_with("_input")) files.push_back(file);
    }
  }
  if (!files.empty()) return files;
  for (const fs::path& zone : entries_of(root / "sys/class/thermal", "thermal_zone")) {
    if (is_of_processor(first_line(zone / "type"))) files.push_back(zone / "temp");
  }
  return files;
}

class HostVitals final : public VitalSigns {
 public:
  explicit HostVitals(const fs::path& root) : proc_(root / "proc"), root_(root) {}

  // The best of some tries: one that was interrupted would look like a slow clock. After wide
  // instructions a core stays slow for most of a millisecond, which says nothing of heat or power:
  // that long it may take until the clock is what it was.
  Frequency clock() override {
    constexpr int fewest = 4;
    constexpr double as_before = 0.98;
    constexpr std::chrono::milliseconds patience{1};
    const auto start = Clock::now();
    Frequency best{0};
    for (int tries = 0;
         tries < fewest || (best < highest_ * as_before && Clock::now() - start < patience);
         ++tries) {
      best = std::max(best, clock_of_a_chain());
    }
    highest_ = std::max(highest_, best);
    return best;
  }

  RankCounters of_rank() override {
    rusage all{};
    getrusage(RUSAGE_SELF, &all);
    const auto seconds = [](const timeval& t) {
      return Seconds{static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec)};
    };
    return {seconds(all.ru_utime) + seconds(all.ru_stime), waited()};
  }

  HostCounters of_host() override {
    if (!is_open_) open();
    return {processors(), energy(), temperature()};
  }

 private:
  using Clock = std::chrono::steady_clock;

  static Frequency clock_of_a_chain() {
    const auto start = Clock::now();
    add_in_a_chain(steps_of_quantum, 1);
    const std::chrono::duration<double> time = Clock::now() - start;
    return Cycles{static_cast<double>(steps_of_quantum)} / Seconds{time.count()};
  }

  // Once, and only by the rank that asks for the host.
  void open() {
    energy_ = energy_counters(root_);
    thermometers_ = processor_thermometers(root_);
    is_open_ = true;
  }

  // Nanoseconds on a CPU, nanoseconds of waiting for one, turns.
  std::optional<Seconds> waited() const {
    std::ifstream stat(proc_ / "thread-self/schedstat");
    double on_cpu = 0, waiting = 0;
    if (!(stat >> on_cpu >> waiting)) return std::nullopt;
    return Seconds{waiting * 1e-9};
  }

  // "cpu  user nice system idle iowait irq softirq steal ...", in ticks, then a line for each CPU.
  std::optional<HostCounters::Processors> processors() const {
    std::ifstream stat(proc_ / "stat");
    std::string word;
    double user = 0, nice = 0, system = 0, idle = 0, io = 0, irq = 0, softirq = 0, steal = 0;
    stat >> word >> user >> nice >> system >> idle >> io >> irq >> softirq >> steal;
    if (!stat || word != "cpu") return std::nullopt;
    const double tick = 1 / static_cast<double>(sysconf(_SC_CLK_TCK));
    HostCounters::Processors all{
        0, {(user + nice + system + irq + softirq) * tick}, {steal * tick}};
    std::string line;
    std::getline(stat, line);
    while (std::getline(stat, line) && line.starts_with("cpu")) ++all.count;
    return all.count > 0 ? std::optional(all) : std::nullopt;
  }

  std::optional<Joules> energy() {
    std::optional<Joules> sum;
    for (EnergyCounter& counter : energy_) {
      if (const auto more = counter.energy()) sum = sum.value_or(Joules{0}) + *more;
    }
    return sum;
  }

  std::optional<double> temperature() const {
    std::optional<double> hottest;
    for (const fs::path& file : thermometers_) {
      const auto found = number_in(file);
      if (found) hottest = std::max(hottest.value_or(-273.15), *found / 1000);
    }
    return hottest;
  }

  fs::path proc_, root_;
  bool is_open_ = false;
  Frequency highest_{0};  // so far
  std::vector<EnergyCounter> energy_;
  std::vector<fs::path> thermometers_;
};

}  // namespace

std::unique_ptr<VitalSigns> open_host_vitals(const fs::path& root) {
  return std::make_unique<HostVitals>(root);
}

}  // namespace shortfall
