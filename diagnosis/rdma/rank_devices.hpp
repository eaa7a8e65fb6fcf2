// Which devices the ranks of a result had.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "diagnosis/measured_cases.hpp"
#include "diagnosis/rdma/like_ports.hpp"

namespace shortfall {

struct UsedAdapter {
  std::string device;         // "mlx5_0", "mlx5_0:2" of one with several ports; "" = not told
  std::optional<int> number;  // among the active ports of its host
  BitRate rate;               // of its port; zero = unknown
};

// Refers to the report.
class RankDevices {
 public:
  explicit RankDevices(const Report& report);

  // The rank whose details a result has: the lowest that took part. Nothing where groups do not
  // tell.
  std::optional<int> rank_of_details(const Result& result) const;

  // Those that take part; none where groups do not tell.
  std::vector<int> ranks_in(const Result& result) const;

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
  struct KnownHost {
    const Host* host;
    std::vector<NicPort> active_ports;  // in the order in which --set nics=2 counts them
  };

  Partition groups_of(const Result& result) const;
  const KnownHost* known_host_of(const Binding& binding) const;

  HostOfRank hosts_;
  // There may be thousands of ranks, each of them asked for in thousands of results.
  std::unordered_map<int, const Binding*> bindings_;  // by rank
  std::unordered_map<std::string_view, KnownHost> hosts_by_name_;
};

const Nic* nic_named(const std::string& name, const Host& host);  // nullptr: there is none

}  // namespace shortfall
