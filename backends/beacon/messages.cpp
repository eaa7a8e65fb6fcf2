// Writes and reads the lines of beacons.
#include "backends/beacon/messages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/text.hpp"

namespace shortfall {
namespace {

constexpr std::array<std::string_view, 10> phase_names{"start", "join",  "plan", "prepare", "arm",
                                                       "run",   "check", "vote", "report",  "end"};

}  // namespace

std::string_view name_of(Phase phase) { return phase_names[static_cast<std::size_t>(phase)]; }

namespace beacon {
namespace {

constexpr std::string_view protocol = "shortfall-beacon-1";

std::optional<Phase> phase_named(std::string_view name) {
  const auto found = std::ranges::find(phase_names, name);
  if (found == phase_names.end()) return std::nullopt;
  return static_cast<Phase>(found - phase_names.begin());
}

}  // namespace

std::string cleaned(std::string_view text) {
  constexpr std::size_t longest = 400;
  std::string clean(text.substr(0, longest));
  for (char& c : clean) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) c = ' ';
    if (byte >= 0x80) c = '?';
  }
  return clean;
}

std::string hello(const std::string& job, int rank) {
  return fmt::format("{}\t{}\t{}\n", protocol, cleaned(job), rank);
}

std::optional<int> rank_of_hello(std::string_view line, const std::string& job, int size) {
  const auto fields = split(line, '\t');
  if (fields.size() != 3 || fields[0] != protocol || fields[1] != cleaned(job)) return std::nullopt;
  const auto rank = parse_integer(fields[2]);
  if (!rank || *rank < 1 || *rank >= size) return std::nullopt;
  return static_cast<int>(*rank);
}

std::string welcome(const std::string& job) {
  return fmt::format("{}\t{}\twelcome\n", protocol, cleaned(job));
}

bool is_welcome(std::string_view line, const std::string& job) {
  return fmt::format("{}\n", line) == welcome(job);
}

std::string line_of(const Word& word) {
  const auto milliseconds = static_cast<std::int64_t>(word.in_phase.value * 1e3);
  return fmt::format("{}\t{}\t{}\t{}\t{}\n", word.rank, cleaned(word.host), name_of(word.phase),
                     milliseconds, cleaned(word.what));
}

std::optional<Word> word_from(std::string_view line) {
  const auto fields = split(line, '\t');
  if (fields.size() != 5) return std::nullopt;
  const auto rank = parse_integer(fields[0]);
  const auto phase = phase_named(fields[2]);
  const auto milliseconds = parse_integer(fields[3]);
  const bool is_valid = rank && *rank >= 0 && *rank <= INT32_MAX && phase && milliseconds &&
                        *milliseconds >= 0 && !fields[1].empty();
  if (!is_valid) return std::nullopt;
  return Word{.rank = static_cast<int>(*rank),
              .host = cleaned(fields[1]),
              .phase = *phase,
              .what = cleaned(fields[4]),
              .in_phase = {static_cast<double>(*milliseconds) * 1e-3}};
}

std::vector<int> ports_of(const std::string& job) {
  constexpr std::uint32_t first = 20000, count = 32000, tried = 9;
  std::uint32_t hash = 2166136261U;  // FNV-1a: the same on every rank, whatever its library
  for (const char c : job) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  std::vector<int> ports;
  for (std::uint32_t i = 0; i < tried; ++i) {
    ports.push_back(static_cast<int>(first + hash % count + i));
  }
  return ports;
}

std::optional<std::string> Lines::next() {
  const std::size_t end = rest_.find('\n');
  if (end == std::string::npos || end > longest) return std::nullopt;
  std::string line = rest_.substr(0, end);
  rest_.erase(0, end + 1);
  return line;
}

}  // namespace beacon
}  // namespace shortfall
