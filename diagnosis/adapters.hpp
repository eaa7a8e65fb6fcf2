// Which RDMA adapter a rank used, as far as a report tells it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/nic_words.hpp"
#include "report/report.hpp"

namespace shortfall {

struct UsedAdapter {
  std::string device;  // "mlx5_0", "mlx5_0:2" of an adapter with several ports; "" = not told
  std::optional<int> number;  // among the active ports of its host
};

class Adapters {
 public:
  // `report` must outlive this.
  explicit Adapters(const Report& report);

  // The one that a word of the axis "nics" names for this rank. "nearest" is told where the host
  // has one active port, or where the rank is bound to CPUs of one node of memory.
  UsedAdapter of(int rank, const NicWord& word) const;

 private:
  struct ActivePort {
    const Nic* nic;
    int number;
    std::string name() const;
  };
  struct OfRank {
    std::vector<ActivePort> ports;  // of its host
    std::optional<std::size_t> nearest;
  };

  static std::vector<ActivePort> active_ports(const Host& host);
  static OfRank adapters_of(const Host& host, const std::string& cpus, int number_on_host);

  std::vector<OfRank> ranks_;
};

}  // namespace shortfall
