// Who carries out what is_by_link(), rank by rank: other than a communicator, a link can do without
// some of the ranks, which are idle while the others go on.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "backends/backend.hpp"
#include "harness/groups.hpp"
#include "harness/plan.hpp"
#include "report/report.hpp"

namespace shortfall {

class LinksInUse {
 public:
  // Collective. `names` are those of backends, separated by commas; empty: of each carrier the best
  // that any rank can use. Throws BadUsage, on all ranks alike, for a name that is unknown, of no
  // such backend, or unusable on all ranks. `known` must outlive this.
  LinksInUse(World& job, const std::vector<Backend>& known, const std::string& names);

  // Why nobody is there; "" = somebody is.
  std::string why_not(Carrier carrier) const;
  Links links() const;
  // Collective. Throws BadUsage, on all ranks alike, where no host can carry out any of the cases
  // of a carrier: the user has asked for what is not there.
  void check(World& job, const Plan& plan, const std::vector<Benchmark>& benchmarks) const;

  // Hosts that cannot use what others can, and what was named or the plan asks for.
  std::vector<Finding> findings(const World& job, const Plan& plan,
                                const std::vector<Benchmark>& benchmarks) const;

 private:
  struct Choice {
    const Backend* backend = nullptr;  // of those that nobody can use, too, for its reason
    std::vector<std::string> reasons;  // by rank why it cannot be used; "" = it can
    bool is_usable() const;
  };
  std::string why_none(const Backend& backend, const Plan& plan,
                       const std::vector<Benchmark>& benchmarks) const;

  std::map<Carrier, Choice> choices_;
  PlaceOnHost place_;
  bool is_named_;
};

}  // namespace shortfall
