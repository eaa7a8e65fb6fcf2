// Counters of RDMA ports and of network interfaces.
#include <algorithm>
#include <array>
#include <limits>

#include "topology/adapters.hpp"
#include "topology/counter_parts.hpp"

namespace shortfall {
namespace {

struct Known {
  std::string_view name;
  bool is_error = true;
};

constexpr bool is_traffic = false;

// Of InfiniBand and RoCE, below `counters` (of the standard) and `hw_counters` (of the driver, with
// names of their own). Others in these folders are gauges, settings, or grow whenever a program
// ends its connections.
constexpr std::array<Known, 54> of_ports{{
    {"symbol_error"},
    {"link_downed"},
    {"link_error_recovery"},
    {"port_rcv_errors"},
    {"port_rcv_remote_physical_errors"},
    {"port_rcv_switch_relay_errors"},
    {"port_rcv_constraint_errors"},
    {"port_xmit_constraint_errors"},
    {"port_xmit_discards"},
    {"local_link_integrity_errors"},
    {"excessive_buffer_overrun_errors"},
    {"VL15_dropped"},
    {"port_xmit_packets", is_traffic},
    {"port_rcv_packets", is_traffic},
    {"port_xmit_wait", is_traffic},
    // mlx5
    {"out_of_sequence"},
    {"packet_seq_err"},
    {"implied_nak_seq_err"},
    {"local_ack_timeout_err"},
    {"rnr_nak_retry_err"},
    {"roce_adp_retrans"},
    {"roce_adp_retrans_to"},
    {"rx_icrc_encapsulated"},
    {"duplicate_request", is_traffic},  // what the other side sent again
    {"out_of_buffer", is_traffic},      // the receiving program was late
    {"np_cnp_sent", is_traffic},
    {"np_ecn_marked_roce_packets", is_traffic},
    {"rp_cnp_handled", is_traffic},
    {"rp_cnp_ignored", is_traffic},
    {"roce_slow_restart", is_traffic},
    // rxe
    {"rcvd_seq_err"},
    {"out_of_seq_request"},
    {"completer_retry_err"},
    {"retry_exceeded_err"},
    {"retry_rnr_exceeded_err"},
    {"send_err"},
    {"sent_pkts", is_traffic},
    {"rcvd_pkts", is_traffic},
    // bnxt_re
    {"to_retransmits"},
    {"seq_err_naks_rcvd"},
    {"max_retry_exceeded"},
    {"rnr_naks_rcvd"},
    {"tx_cnp_pkts", is_traffic},
    {"rx_cnp_pkts", is_traffic},
    {"rx_ecn_marked_pkts", is_traffic},
    // efa
    {"retrans_pkts"},
    {"retrans_timeout_events"},
    {"unresponsive_remote_events"},
    {"impaired_remote_conn_events"},
    {"rx_drops"},
    {"tx_bytes", is_traffic},
    {"rx_bytes", is_traffic},
    // irdma
    {"cnpHandled", is_traffic},
    {"RxECNMrkd", is_traffic},
}};

constexpr std::array<Known, 20> of_interfaces{{
    {"rx_errors"},
    {"rx_crc_errors"},
    {"rx_frame_errors"},
    {"rx_length_errors"},
    {"rx_fifo_errors"},
    {"rx_missed_errors"},
    {"rx_over_errors"},
    {"rx_dropped"},
    {"tx_errors"},
    {"tx_aborted_errors"},
    {"tx_carrier_errors"},
    {"tx_fifo_errors"},
    {"tx_heartbeat_errors"},
    {"tx_window_errors"},
    {"tx_dropped"},
    {"collisions"},
    {"rx_bytes", is_traffic},
    {"tx_bytes", is_traffic},
    {"rx_packets", is_traffic},
    {"tx_packets", is_traffic},
}};

// The folder's list first: asking for files that do not exist costs as much as reading some.
template <std::size_t count>
void add_known(std::vector<Counter>& counters, const std::string& device,
               const std::array<Known, count>& all, const std::string& folder, const Root& root) {
  for (const std::string& name : names_in_folder(root, folder)) {
    const auto known = std::ranges::find(all, name, &Known::name);
    if (known == all.end()) continue;
    const auto value = count_in_file(root, folder + "/" + name);
    if (value) counters.push_back({device, name, *value, known->is_error});
  }
}

void add_port_data(std::vector<Counter>& counters, const std::string& device,
                   const std::string& folder, const Root& root) {
  constexpr std::uint64_t unit = 4;  // bytes, by the InfiniBand standard
  for (const std::string name : {"port_xmit_data", "port_rcv_data"}) {
    const auto value = count_in_file(root, folder + "/" + name);
    if (!value || *value > std::numeric_limits<std::uint64_t>::max() / unit) continue;
    counters.push_back({device, name + "_bytes", *value * unit, is_traffic});
  }
}

}  // namespace

void add_rdma_counters(std::vector<Counter>& counters, const Root& root) {
  const std::string devices = "/sys/class/infiniband/";
  for (const std::string& device : names_in_folder(root, devices)) {
    add_known(counters, device, of_ports, devices + device + "/hw_counters", root);
    const std::string ports = devices + device + "/ports/";
    for (const std::string& port : names_in_folder(root, ports)) {
      const std::string name = device + "/" + port;
      add_known(counters, name, of_ports, ports + port + "/counters", root);
      add_known(counters, name, of_ports, ports + port + "/hw_counters", root);
      add_port_data(counters, name, ports + port + "/counters", root);
    }
  }
}

void add_interface_counters(std::vector<Counter>& counters, const Root& root) {
  const std::string interfaces = "/sys/class/net/";
  for (const FoundInterface& found : find_interfaces(root)) {
    const std::string& name = found.interface.name;
    add_known(counters, name, of_interfaces, interfaces + name + "/statistics", root);
    const auto downs = count_in_file(root, interfaces + name + "/carrier_down_count");
    if (downs) counters.push_back({name, "carrier_down_count", *downs, true});
  }
}

}  // namespace shortfall
