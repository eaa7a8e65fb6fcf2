// The report while it grows: on disk from the start, so that nothing is lost however the job ends.
#pragma once

#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <vector>

#include "backends/beacon.hpp"
#include "report/report.hpp"

namespace shortfall {

// RFC 3339 in UTC, and the same as it stands in names of folders: 20261121T013500Z.
std::string utc_now();
std::string utc_for_names();

// Throws BadUsage if `folder` holds a report already (unless it is resumed) or cannot be written.
void check_output(const std::filesystem::path& folder, bool is_resumed);

// On rank 0 alone. Its calls may come from the main thread and from the sentinel's.
class Recorder {
 public:
  // Makes the folder and writes the report of a run that has not ended.
  Recorder(std::filesystem::path folder, Report begun);

  void add(const Result& result, bool is_new);  // and, if new, a line of journal.jsonl
  void update(const Machine& machine);          // with what was seen of it while it was measured
  void account_for(Shortfall shortfall);
  void note(Finding finding);
  Report so_far();  // as it has grown until now; nothing is concluded from it yet
  // The end of a run that measured all that was planned. Returns the report as it was written.
  Report finish(Seconds duration, Seconds in_cases);
  // The end of any other: from the sentinel, or after the others were lost. Does nothing after
  // finish(). `seen` becomes events, one for each rank.
  Report give_up(const std::string& reason, const std::vector<Sighting>& seen);

  const std::filesystem::path& folder() const { return folder_; }
  void started_cases(Seconds after);

 private:
  void write(const Report& report) const;
  bool lock_for_a_moment();

  std::filesystem::path folder_;
  std::ofstream journal_;
  std::timed_mutex mutex_;
  Report report_;
  bool is_over_ = false;
};

}  // namespace shortfall
