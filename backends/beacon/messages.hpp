// What beacons say to each other: lines of text, fields separated by tabs.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/beacon.hpp"

namespace shortfall::beacon {

struct Word {  // of one rank about itself
  int rank = 0;
  std::string host;
  Phase phase = Phase::start;
  std::string what;
  Seconds in_phase;
};

// Printable ASCII, one line, of at most 400 characters: it can stand in any message and report.
std::string cleaned(std::string_view text);

// Each ends with a newline; the readers get lines without it, and give nothing for what is no such
// line, whoever sent it.
std::string hello(const std::string& job, int rank);  // a client begins with it
std::optional<int> rank_of_hello(std::string_view line, const std::string& job, int size);
std::string welcome(const std::string& job);  // and is answered
bool is_welcome(std::string_view line, const std::string& job);
std::string line_of(const Word& word);
std::optional<Word> word_from(std::string_view line);

// Where the beacon of a job is looked for: others may already have the first ports.
std::vector<int> ports_of(const std::string& job);

// Cuts what comes in pieces into lines.
class Lines {
 public:
  void add(std::string_view piece) { rest_ += piece; }
  std::optional<std::string> next();
  bool is_too_long() const { return rest_.size() > longest; }  // once next() gives nothing more

 private:
  static constexpr std::size_t longest = 1024;
  std::string rest_;
};

}  // namespace shortfall::beacon
