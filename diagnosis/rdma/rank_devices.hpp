// Which devices the ranks of a result had.
#pragma once

#include <optional>
#include <string>

#include "diagnosis/measured_cases.hpp"

namespace shortfall {

struct UsedAdapter {
  std::string device;         // "mlx5_0", "mlx5_0:2" of one with several ports; "" = not told
  std::optional<int> number;  // among the active ports of its host
};

// Refers to the report.
class RankDevices {
 public:
  explicit RankDevices(const Report& report)
      : machine_(report.machine), hosts_(hosts_by_rank(report)) {}

  // The rank whose details a result has: the lowest that took part. Nothing where groups do not
  // tell.
  std::optional<int> rank_of_details(const Result& result) const;

  // The other rank of its group; nothing where that has not exactly two.
  std::optional<int> partner_of(int rank, const Result& result) const;

  // As the rank told itself.
  UsedAdapter adapter_of(int rank, const Measured& measured) const;

  // How many ranks of its host take part, itself among them; 0 where that is not known.
  int ranks_beside(int rank, const Result& result) const;

  // nullptr: not known.
  const Binding* binding_of(std::optional<int> rank) const;
  const Host* host_of(const Binding& binding) const;
  const Gpu* gpu_of(const Binding& binding) const;

 private:
  Partition groups_of(const Result& result) const;

  const Machine& machine_;
  HostOfRank hosts_;
};

const Nic* nic_named(const std::string& name, const Host& host);  // nullptr: there is none

}  // namespace shortfall
