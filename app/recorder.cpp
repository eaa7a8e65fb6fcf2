#include "app/recorder.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <fstream>

#include "core/error.hpp"
#include "diagnosis/attainment.hpp"
#include "diagnosis/verdict.hpp"
#include "report/json.hpp"

namespace shortfall {
namespace {

std::string utc(const char* format) {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format(fmt::runtime(format), fmt::gmtime(now));
}

std::string sentence(const std::vector<Sighting>& seen) {
  std::string all;
  constexpr std::size_t most = 16;  // of many ranks, the silent ones matter
  std::size_t told = 0;
  for (const Sighting& sighting : seen) {
    if (seen.size() > most && !sighting.is_silent) continue;
    if (++told > most) break;
    all += (all.empty() ? "" : "; ") + describe(sighting);
  }
  return all;
}

}  // namespace

std::string utc_now() { return utc("{:%Y-%m-%dT%H:%M:%SZ}"); }
std::string utc_for_names() { return utc("{:%Y%m%dT%H%M%SZ}"); }

void check_output(const std::filesystem::path& folder, bool is_resumed) {
  const auto refuse = [&](const std::string& why) {
    return BadUsage(fmt::format("--out={}: {}", folder.string(), why));
  };
  std::error_code no;
  if (!is_resumed && std::filesystem::exists(folder / "report.json", no)) {
    throw refuse("holds a report already. Name another folder, or go on with it by --resume");
  }
  if (std::filesystem::exists(folder, no) && !std::filesystem::is_directory(folder, no)) {
    throw refuse("is a file. It must be a folder that can be made or written");
  }
  const bool was_there = std::filesystem::exists(folder, no);
  std::filesystem::create_directories(folder, no);
  if (no) throw refuse("cannot be made: " + no.message());
  const auto probe = folder / ".shortfall-probe";
  const bool is_writable = std::ofstream(probe).put('x').flush().good();
  std::filesystem::remove(probe, no);
  if (!was_there) std::filesystem::remove(folder, no);
  if (!is_writable) throw refuse("cannot be written");
}

Recorder::Recorder(std::filesystem::path folder, Report begun)
    : folder_(std::move(folder)), report_(std::move(begun)) {
  std::filesystem::create_directories(folder_);
  journal_.open(folder_ / "journal.jsonl", std::ios::app);
  if (!journal_) throw Error("open " + (folder_ / "journal.jsonl").string(), "cannot be written");
  report_.run.status = RunStatus::partial;
  report_.run.reason = "the run has not ended, or was killed: journal.jsonl has what was finished";
  write(diagnosed(report_));
}

void Recorder::write(const Report& report) const {
  write_atomically(folder_ / "report.json", json_of(report));
}

void Recorder::started_cases(Seconds after) {
  const std::scoped_lock lock(mutex_);
  report_.run.before_first_case = after;
}

void Recorder::add(const Result& result, bool is_new) {
  const std::scoped_lock lock(mutex_);
  report_.entries.push_back({result, std::nullopt, {}});
  const auto* const measured = std::get_if<Measured>(&result.outcome);
  if (measured && is_new) report_.run.in_calls = report_.run.in_calls + measured->cost.calls;
  if (!is_new) return;
  journal_ << journal_line(result) << '\n' << std::flush;
  if (!journal_)
    throw Error("write " + (folder_ / "journal.jsonl").string(), "the disk may be full");
}

void Recorder::update(const Machine& machine) {
  const std::scoped_lock lock(mutex_);
  report_.machine = machine;
}

void Recorder::account_for(Shortfall shortfall) {
  const std::scoped_lock lock(mutex_);
  report_.shortfall = std::move(shortfall);
}

void Recorder::note(Finding finding) {
  const std::scoped_lock lock(mutex_);
  report_.findings.push_back(std::move(finding));
}

Report Recorder::so_far() {
  const std::scoped_lock lock(mutex_);
  return report_;
}

Report Recorder::finish(Seconds duration, Seconds in_cases) {
  const std::scoped_lock lock(mutex_);
  is_over_ = true;
  report_.run.status = RunStatus::complete;
  report_.run.reason.clear();
  report_.run.finished_at = utc_now();
  report_.run.duration = duration;
  report_.run.in_cases = in_cases;
  report_ = diagnosed(attained(std::move(report_)));
  write(report_);
  return report_;
}

// The main thread may be stopped while it holds the lock; then what it was adding is in the
// journal.
bool Recorder::lock_for_a_moment() { return mutex_.try_lock_for(std::chrono::milliseconds(100)); }

Report Recorder::give_up(const std::string& reason, const std::vector<Sighting>& seen) {
  const bool is_locked = lock_for_a_moment();
  Report last = report_;
  const bool was_over = is_over_;
  is_over_ = true;
  if (is_locked) mutex_.unlock();
  if (was_over) return last;
  last.run.status = RunStatus::partial;
  last.run.finished_at = utc_now();
  last.run.reason = reason;
  for (const Sighting& s : seen) {
    last.events.push_back(
        {utc_now(), s.rank, s.host, s.is_silent ? "silent" : "phase", describe(s)});
  }
  Finding why{.severity = Finding::Severity::unknown, .kind = "not_finished", .reason = reason};
  if (!seen.empty()) why.reason += ". " + sentence(seen);
  why.action = "look at the ranks that are silent or behind; 'shortfall run --resume " +
               folder_.string() + "' goes on";
  for (const Sighting& s : seen) {
    if (!s.is_silent) continue;
    why.rank = s.rank;
    why.host = s.host;
    break;
  }
  last.findings.push_back(std::move(why));
  last = diagnosed(attained(std::move(last)));
  write(last);
  return last;
}

}  // namespace shortfall
