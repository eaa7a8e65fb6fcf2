// The record of one run: what was measured, on what, and what is to be said of it. A value;
// report.json is its image (report/schema.json), so that reading one back gives the same Report, but
// for lists that would have an entry for each of more than most_listed_ranks.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/result.hpp"
#include "report/fabric.hpp"
#include "report/shortfall.hpp"
#include "topology/machine.hpp"

namespace shortfall {

inline constexpr std::size_t most_listed_ranks = 1024;

struct Program {
  std::string name = "shortfall";
  std::string version, commit;
};

enum class RunStatus { complete, partial };

struct Run {
  std::string id;                       // sortable and unique: UTC time and random digits
  std::string started_at, finished_at;  // RFC 3339, UTC
  Seconds duration;
  RunStatus status = RunStatus::partial;
  std::string reason;  // why partial; empty otherwise
  std::string command;
  int ranks = 1, hosts = 1;
  std::uint64_t seed = 1;
  std::string profile;
  std::vector<std::pair<std::string, std::string>> labels;
  std::string topology_class;  // equal on comparable jobs: "2 ranks on 1 host of <CPU model>"
  Seconds before_first_case;   // from the start of the process
  Seconds in_cases;            // preparing, measuring and checking, all cases together
  Seconds in_calls;            // of that, what was timed
};

struct Prediction {
  Seconds time;
  std::string source;
};

struct Attainment {  // delivered over promised; nothing = not known
  std::optional<double> of_datasheet;
  std::string datasheet_limit;  // "flop_per_s 1.28e+11 (avx512f, 2 units x 2.5 GHz)"; empty = none
  // Of what the datasheet would promise at the clock that was measured: what is left is not its
  // loss.
  std::optional<double> of_datasheet_at_clock = {};
  std::optional<double> of_measured_peak;  // of the PeakRate case of this run and type
  std::optional<double> of_model;
  struct Limit {
    std::string name;  // "line_rate", "wire", "pcie"
    Bandwidth rate;    // of payload
    double share = 0;  // of it, delivered
  };
  std::vector<Limit> limits = {};  // of one link; the lowest is what of_datasheet is of
};

struct Entry {
  Result result;
  std::optional<Prediction> prediction;
  Attainment attainment;
};

struct Finding {
  enum class Severity { warn, fail, unknown };
  Severity severity = Severity::warn;
  std::string kind = {};  // "wrong_data", "not_measured", "unusable_device", ...
  std::string host = {};  // empty = of the whole job
  std::optional<int> rank = {};
  std::string device = {}, link = {};  // empty = does not apply
  std::string metric = {};             // the key of the result, or the attribute
  std::optional<double> value = {}, expected = {};
  std::string unit = {};
  std::string reason = {};  // a sentence
  std::string action = {};  // what to do next
};

enum class Status { pass, warn, fail, unknown };

struct Note {  // of something that was left out or could not be told
  std::string key;
  std::string reason;
};

struct Verdict {
  Status status = Status::unknown;
  int expected = 0, tested = 0;  // cases planned; cases measured
  std::vector<Note> excluded;    // by the profile or the options
  std::vector<Note> unknown;     // asked for and not measured
};

struct Event {
  std::string at;  // RFC 3339, UTC
  int rank = 0;
  std::string host, kind, message;
};

struct Report {
  Program program;
  Run run;
  Machine machine;
  std::vector<Entry> entries;
  std::optional<Shortfall> shortfall;  // of runs that were asked for a workload
  std::vector<FabricMap> fabric;
  std::vector<Finding> findings;
  Verdict verdict;
  std::vector<Event> events;
};

// Rates of one rank from the primary median; nothing where the work has none of it.
struct Rates {
  std::optional<Throughput> flop;
  std::optional<Bandwidth> memory, algorithm, bus;
  std::optional<MessageRate> messages;
  std::optional<Frequency> cycles;
};
Rates rates(const Work& work, Seconds time);
Rates operator*(const Rates& rates, double ranks);

// What the devices' energy bought; nothing where it is not known or the work has none of it.
struct Yields {
  std::optional<Yield<FlopUnit>> flop;
  std::optional<Yield<ByteUnit>> memory;
};
Yields yields(const Work& work, const Measured& measured);

// The ranks whose rates add up to the aggregate.
std::size_t active_ranks(const Measured& measured);

}  // namespace shortfall
