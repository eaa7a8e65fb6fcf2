#include "app/handicaps.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"

namespace shortfall {
namespace {

std::string one_line(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return c == '\t' || c == '\n'; }, ' ');
  return text;
}

}  // namespace

std::string encode(const std::vector<Handicap>& handicaps) {
  std::string text;
  for (const Handicap& h : handicaps) {
    std::vector<std::string> fields{h.library, h.cause, h.before, h.after, h.gain_source, h.remedy};
    std::ranges::transform(fields, fields.begin(), one_line);
    fields.push_back(fmt::format("{}", h.gain));
    fields.emplace_back(h.is_mended ? "1" : "0");
    text += join(fields, "\t") + '\n';
  }
  return text;
}

std::vector<Handicap> decode_handicaps(const std::string& text) {
  std::vector<Handicap> handicaps;
  for (const std::string& line : split(text, '\n')) {
    if (line.empty()) continue;
    const auto field = split(line, '\t');
    handicaps.push_back({.library = field.at(0),
                         .cause = field.at(1),
                         .before = field.at(2),
                         .after = field.at(3),
                         .gain = std::stod(field.at(6)),
                         .gain_source = field.at(4),
                         .remedy = field.at(5),
                         .is_mended = field.at(7) == "1"});
  }
  return handicaps;
}

bool multiplies(const Plan& plan, const std::vector<Benchmark>& benchmarks) {
  return std::ranges::any_of(plan.cases, [&](const Case& which) {
    const Suite suite = benchmark_named(which.benchmark, benchmarks).suite;
    return suite == Suite::gemm || suite == Suite::workload;
  });
}

std::vector<HandicapOnHost> gather_handicaps(World& job, const std::vector<Handicap>& mine) {
  std::vector<HandicapOnHost> all;
  const auto told = gather(job, encode(mine));
  for (int rank = 0; rank < job.size(); ++rank) {
    for (Handicap& handicap : decode_handicaps(told[static_cast<std::size_t>(rank)])) {
      all.push_back({job.host(rank), std::move(handicap)});
    }
  }
  return all;
}

}  // namespace shortfall
