// Exchanges between ranks as a report has them: over sizes, at each place, and those of a training
// step.
#pragma once

#include <compare>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/operation/collective.hpp"
#include "diagnosis/measured_cases.hpp"
#include "model/collectives/sweep_fit.hpp"

namespace shortfall {

// Ranks of a group, and how many of them one host holds at most.
struct Where {
  std::int64_t ranks = 0, per_host = 0;
  friend auto operator<=>(const Where&, const Where&) = default;
};

// Of the largest group; nothing if nobody talks to anybody, or where ranks are is not known.
std::optional<Where> where_of(const Result& result, const HostOfRank& hosts);

struct StepExchange {
  std::optional<Collective::Kind> kind;  // nothing: a message
  Where where;
  SweepPoint point;
};

// An all-reduce beside which ranks computed.
struct Overlapped {
  Where where;
  Bytes bytes;
  double hidden = 0;  // the share of it that nobody saw, from 0 to 1
  std::string key;
};

struct Sweeps {
  std::map<std::pair<Collective::Kind, Where>, std::vector<SweepPoint>> collectives;
  std::map<Where, std::vector<SweepPoint>> messages;  // one way
  std::vector<StepExchange> of_step;
  std::vector<Overlapped> overlapped;
};

// What a training step asked for stands among the sweeps, too, where there is no other of its kind.
Sweeps sweeps_in(const std::vector<MeasuredCase>& cases, const HostOfRank& hosts);

}  // namespace shortfall
