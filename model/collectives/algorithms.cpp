#include "model/collectives/algorithms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>

#include "core/error.hpp"

namespace shortfall {
namespace {

using Kind = Collective::Kind;
using By = CollectiveAlgorithm;
using Terms = std::optional<CostTerms>;

constexpr std::array<std::string_view, 10> names{"ring",
                                                 "recursive doubling",
                                                 "Rabenseifner's algorithm",
                                                 "Bruck's algorithm",
                                                 "a binomial tree",
                                                 "scatter and all-gather",
                                                 "a double binary tree",
                                                 "aggregated trees",
                                                 "pairwise exchange",
                                                 "the switch"};

// NCCL's allowance for each rank's part in aggregated trees (src/graph/tuning.cc).
constexpr Seconds aggregation_per_rank{2.8e-6};

struct Shape {
  double ranks;
  double rounds;  // ceil(lg ranks): how often one rank is doubled until all are reached
  double others() const { return ranks - 1; }
  double share_of_others() const { return (ranks - 1) / ranks; }
};

// Where the first number is reduce-scatter's and the second one all-gather's, all-reduce has both.
Terms all_reduce_terms(By algorithm, const Shape& p) {
  const double others = p.share_of_others();
  switch (algorithm) {
    case By::ring:
      return CostTerms{2 * p.others(), 2 * others, others};
    case By::recursive_doubling:
      return CostTerms{p.rounds, p.rounds, p.rounds};
    case By::rabenseifner:
      return CostTerms{2 * p.rounds, 2 * others, others};
    case By::binomial_tree:
      return CostTerms{2 * p.rounds, 2 * p.rounds, p.rounds};
    case By::double_binary_tree:
      return CostTerms{2 * p.rounds, 2, 1};
    case By::in_switch:  // all bytes up, a share of them back and on, all at the same time
      return CostTerms{1, 1 + 1 / p.ranks};
    default:
      return std::nullopt;
  }
}

// All-gather; reduce-scatter is the same backwards, and reduces what it receives.
Terms shard_terms(By algorithm, const Shape& p, bool reduces) {
  const double others = p.share_of_others(), reduced = reduces ? others : 0;
  switch (algorithm) {
    case By::ring:
      return CostTerms{p.others(), others, reduced};
    case By::recursive_doubling:
      return CostTerms{p.rounds, others, reduced};
    case By::bruck:
      return reduces ? Terms{} : CostTerms{p.rounds, others};
    case By::aggregated_trees:
      return CostTerms{p.rounds, others, reduced, aggregation_per_rank * p.ranks};
    case By::in_switch:
      return CostTerms{1, 1};
    default:
      return std::nullopt;
  }
}

Terms all_to_all_terms(By algorithm, const Shape& p) {
  switch (algorithm) {
    case By::pairwise:
      return CostTerms{p.others(), p.share_of_others()};
    case By::bruck:  // in every round half of the bytes
      return CostTerms{p.rounds, p.rounds / 2};
    default:
      return std::nullopt;
  }
}

Terms broadcast_terms(By algorithm, const Shape& p) {
  switch (algorithm) {
    case By::ring:
      return CostTerms{p.others(), 1};
    case By::binomial_tree:
      return CostTerms{p.rounds, p.rounds};
    case By::scatter_all_gather:
      return CostTerms{p.rounds + p.others(), 2 * p.share_of_others()};
    case By::double_binary_tree:
      return CostTerms{p.rounds, 1};
    case By::in_switch:
      return CostTerms{1, 1};
    default:
      return std::nullopt;
  }
}

Terms reduce_terms(By algorithm, const Shape& p) {
  const double others = p.share_of_others();
  switch (algorithm) {
    case By::ring:
      return CostTerms{p.others(), 1, 1};
    case By::rabenseifner:
      return CostTerms{2 * p.rounds, 2 * others, others};
    case By::binomial_tree:
      return CostTerms{p.rounds, p.rounds, p.rounds};
    case By::double_binary_tree:
      return CostTerms{p.rounds, 1, 1};
    case By::in_switch:
      return CostTerms{1, 1};
    default:
      return std::nullopt;
  }
}

Terms rooted_shard_terms(By algorithm, const Shape& p) {
  switch (algorithm) {
    case By::binomial_tree:
      return CostTerms{p.rounds, p.share_of_others()};
    case By::pairwise:
      return CostTerms{p.others(), p.share_of_others()};
    default:
      return std::nullopt;
  }
}

Terms barrier_terms(By algorithm, const Shape& p) {
  switch (algorithm) {
    case By::ring:
      return CostTerms{2 * p.others()};
    case By::recursive_doubling:
      return CostTerms{p.rounds};
    case By::binomial_tree:
      return CostTerms{2 * p.rounds};
    case By::in_switch:
      return CostTerms{1};
    default:
      return std::nullopt;
  }
}

Terms terms_of(Kind kind, By algorithm, const Shape& p) {
  switch (kind) {
    case Kind::all_reduce:
      return all_reduce_terms(algorithm, p);
    case Kind::all_gather:
      return shard_terms(algorithm, p, false);
    case Kind::reduce_scatter:
      return shard_terms(algorithm, p, true);
    case Kind::all_to_all:
    case Kind::all_to_allv:
      return all_to_all_terms(algorithm, p);
    case Kind::broadcast:
      return broadcast_terms(algorithm, p);
    case Kind::reduce:
      return reduce_terms(algorithm, p);
    case Kind::gather:
    case Kind::scatter:
      return rooted_shard_terms(algorithm, p);
    case Kind::ring:
      return algorithm == By::pairwise ? CostTerms{1, 1} : Terms{};
    case Kind::neighbors:
      return algorithm == By::pairwise ? CostTerms{2, 2} : Terms{};
    case Kind::barrier:
      break;
  }
  return barrier_terms(algorithm, p);
}

Shape shape_of(int ranks) {
  if (ranks < 1)
    throw BadUsage(fmt::format("a collective of {} ranks: expected at least 1", ranks));
  return {static_cast<double>(ranks),
          static_cast<double>(std::bit_width(static_cast<unsigned>(ranks - 1)))};
}

// Not written as its opposite: comparisons with NaN are false.
void check(Bytes bytes, const LinkCost& link) {
  const bool is_possible = bytes >= Bytes{0} && bytes < Bytes{unlimited.value} &&
                           link.latency >= Seconds{0} && link.bandwidth > Bandwidth{0} &&
                           link.reduction > Bandwidth{0};
  if (is_possible) return;
  throw BadUsage(fmt::format(
      "a collective of {} B over a link of {} s and {} B/s that reduces {} B/s: expected "
      "no negative number, and rates above zero",
      bytes.value, link.latency.value, link.bandwidth.value, link.reduction.value));
}

Seconds time_of(const CostTerms& terms, Bytes bytes, const LinkCost& link) {
  return link.latency * terms.messages + terms.fixed + bytes * terms.wire / link.bandwidth +
         bytes * terms.reduced / link.reduction;
}

}  // namespace

std::string_view name_of(By algorithm) { return names[static_cast<std::size_t>(algorithm)]; }

std::optional<CostTerms> cost_terms(Kind kind, By algorithm, int ranks) {
  const Terms terms = terms_of(kind, algorithm, shape_of(ranks));
  return terms && ranks == 1 ? CostTerms{} : terms;
}

std::vector<By> algorithms_for(Kind kind) {
  std::vector<By> able;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto algorithm = static_cast<By>(i);
    if (cost_terms(kind, algorithm, 2)) able.push_back(algorithm);
  }
  return able;
}

void refuse_algorithm(Kind kind, By algorithm) {
  std::vector<std::string_view> able;
  for (const By one : algorithms_for(kind)) able.push_back(name_of(one));
  throw BadUsage(fmt::format("no {} by {}: possible are {}", name_of(kind), name_of(algorithm),
                             fmt::join(able, ", ")));
}

Seconds collective_time(Kind kind, By algorithm, Bytes bytes, int ranks, const LinkCost& link) {
  check(bytes, link);
  const Terms terms = cost_terms(kind, algorithm, ranks);
  if (!terms) refuse_algorithm(kind, algorithm);
  return time_of(*terms, bytes, link);
}

PricedAlgorithm fastest_algorithm(Kind kind, Bytes bytes, int ranks, const LinkCost& link) {
  std::optional<PricedAlgorithm> fastest;
  for (const By algorithm : algorithms_for(kind)) {
    if (algorithm == By::in_switch) continue;
    const Seconds time = collective_time(kind, algorithm, bytes, ranks, link);
    if (!fastest || time < fastest->time) fastest = {algorithm, time};
  }
  return *fastest;
}

Seconds chunked_tree_all_reduce(Bytes bytes, Bytes chunk, int ranks, const LinkCost& link) {
  check(bytes, link);
  if (!(chunk > Bytes{0})) {
    throw BadUsage(fmt::format("chunks of {} B: expected more than none", chunk.value));
  }
  if (ranks == 1) return {0};
  constexpr double children = 2;
  const Bytes one = std::min(chunk, bytes);
  const double chunks = one > Bytes{0} ? bytes / one : 1;
  const double steps = 2 * shape_of(ranks).rounds + chunks - 1;
  return time_of({.messages = 1, .wire = 1, .reduced = 1}, one, link) * (children * steps);
}

}  // namespace shortfall
