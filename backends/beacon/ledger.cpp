// Judges who is silent.
#include "backends/beacon/ledger.hpp"

#include <fmt/format.h>

namespace shortfall {
namespace beacon {
namespace {

constexpr Seconds patience{2};

}  // namespace

Ledger::Ledger(int size, Seconds start) : entries_(static_cast<std::size_t>(size)) {
  for (std::size_t rank = 0; rank < entries_.size(); ++rank) {
    entries_[rank].word.rank = static_cast<int>(rank);
    entries_[rank].last = start;
  }
}

void Ledger::hear(const Word& word, Seconds now) {
  const std::lock_guard lock(mutex_);
  const auto rank = static_cast<std::size_t>(word.rank);
  if (rank < entries_.size()) entries_[rank] = {word, now, true, false};
}

void Ledger::lose(int rank, Seconds now) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_.at(static_cast<std::size_t>(rank));
  entry.last = now;
  entry.is_closed = true;
}

Sighting Ledger::sighting_of(const Entry& entry, Seconds now) {
  Sighting sighting{.rank = entry.word.rank,
                    .host = entry.word.host,
                    .phase = entry.word.phase,
                    .what = entry.word.what,
                    .in_phase = entry.word.in_phase,
                    .silent = now - entry.last};
  const bool has_left = entry.is_closed && entry.word.phase == Phase::end;  // as it should
  sighting.is_silent = !has_left && (entry.is_closed || sighting.silent >= patience);
  if (entry.is_closed && !has_left) {
    sighting.what += sighting.what.empty() ? "(connection closed)" : " (connection closed)";
  }
  return sighting;
}

std::vector<Sighting> Ledger::sightings(Seconds now) const {
  const std::lock_guard lock(mutex_);
  std::vector<Sighting> all;
  for (const Entry& entry : entries_) all.push_back(sighting_of(entry, now));
  return all;
}

}  // namespace beacon

std::string describe(const Sighting& sighting) {
  const auto text_of = [](Seconds time) {
    return fmt::format("{:.{}f} s", time.value, time.value < 9.95 ? 1 : 0);
  };
  const bool is_heard = !sighting.host.empty();
  const std::string who = is_heard ? fmt::format("rank {} on {}", sighting.rank, sighting.host)
                                   : fmt::format("rank {}", sighting.rank);
  std::string where(name_of(sighting.phase));
  if (!sighting.what.empty()) where += " " + sighting.what;
  if (!sighting.is_silent) {
    return is_heard ? fmt::format("{}: {} for {}", who, where, text_of(sighting.in_phase))
                    : fmt::format("{}: not heard yet", who);
  }
  return fmt::format("{}: silent for {}, {}", who, text_of(sighting.silent),
                     is_heard ? "last seen in " + where : "never heard");
}

}  // namespace shortfall
