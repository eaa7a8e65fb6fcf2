// What rank 0 knows of every rank: words go in, sightings come out; the time is always given.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "backends/beacon/messages.hpp"

namespace shortfall::beacon {

// May be used by several threads at once.
class Ledger {
 public:
  Ledger(int size, Seconds start);
  void hear(const Word& word, Seconds now);  // of a rank beyond the job: ignored
  void lose(int rank, Seconds now);          // its connection has ended
  std::vector<Sighting> sightings(Seconds now) const;

 private:
  struct Entry {
    Word word;
    Seconds last;  // word, or end of the connection
    bool is_heard = false;
    bool is_closed = false;
  };
  static Sighting sighting_of(const Entry& entry, Seconds now);

  mutable std::mutex mutex_;
  std::vector<Entry> entries_;  // by rank
};

}  // namespace shortfall::beacon
