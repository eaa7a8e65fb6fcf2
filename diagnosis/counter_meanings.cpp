#include "diagnosis/counter_meanings.hpp"

#include <algorithm>
#include <array>

namespace shortfall {
namespace {

constexpr std::string_view error_counter = "error_counter", link_flapped = "link_flapped",
                           memory_errors = "memory_errors", pcie_errors = "pcie_errors";

constexpr std::string_view cable =
    "Clean and reseat the cable or transceiver at both ends, then exchange it; if that does not "
    "help, the port";
constexpr std::string_view congestion =
    "Look for senders that overload one receiver, and at the switches' flow control (PFC, ECN, "
    "credits) and counters on the way";
constexpr std::string_view lossy =
    "Look for drops on the switches on the way, and at their flow control (PFC, ECN); where "
    "routing "
    "is adaptive, packets out of order are normal";
constexpr std::string_view interface_errors =
    "Look at ethtool -S and dmesg on that host; then the cable, the transceiver and the switch "
    "port";
constexpr std::string_view receive_buffers =
    "Give the interface larger rings (ethtool -G) and more queues, and look whether the CPUs that "
    "serve it are busy";
constexpr std::string_view signal =
    "Reseat the device and its riser or cable; see dmesg and lspci -vv, and the port above it";
constexpr std::string_view memory_module =
    "Find the module in /sys/devices/system/edac/mc/*/dimm*/ or by the management controller (for "
    "a "
    "GPU: by its vendor's tool), and exchange it if its count goes on growing";
constexpr std::string_view cooling = "Check fans, filters, inlet temperature and the heat sinks";
constexpr std::string_view machine_check = "See what rasdaemon, mcelog or dmesg say of it";

constexpr std::array<Meaning, 52> meanings{{
    {"symbol_error", error_counter, "bits arrived damaged", cable},
    {"local_link_integrity_errors", error_counter, "too many packets arrived damaged", cable},
    {"port_rcv_errors", error_counter, "packets arrived damaged", cable},
    {"port_rcv_remote_physical_errors", error_counter,
     "packets arrived that a switch before had found damaged",
     "The damage is on another link: look for symbol errors on the switches on the way"},
    {"link_error_recovery", link_flapped, "the link was trained anew", cable},
    {"link_downed", link_flapped, "the link went down", cable},
    {"carrier_down_count", link_flapped, "the link went down", cable},
    {"port_xmit_discards", error_counter,
     "packets were thrown away unsent, for the port was congested or down", congestion},
    {"excessive_buffer_overrun_errors", error_counter, "packets arrived for which was no buffer",
     congestion},
    {"VL15_dropped", error_counter, "packets of the subnet manager were dropped",
     "Look whether something scans the fabric too fast"},
    {"port_rcv_switch_relay_errors", error_counter, "packets could not be forwarded",
     "Look at the routing tables of the subnet manager"},
    {"port_rcv_constraint_errors", error_counter, "packets of a foreign partition arrived",
     "Compare the partition keys of the hosts"},
    {"port_xmit_constraint_errors", error_counter, "packets were kept back by a partition key",
     "Compare the partition keys of the hosts"},
    {"out_of_sequence", error_counter, "packets arrived out of order: some were lost", lossy},
    {"rcvd_seq_err", error_counter, "the other side reported lost packets", lossy},
    {"out_of_seq_request", error_counter, "packets arrived out of order: some were lost", lossy},
    {"packet_seq_err", error_counter, "the other side reported lost packets", lossy},
    {"seq_err_naks_rcvd", error_counter, "the other side reported lost packets", lossy},
    {"implied_nak_seq_err", error_counter, "an answer was lost", lossy},
    {"local_ack_timeout_err", error_counter, "answers did not come in time, so data was sent again",
     lossy},
    {"to_retransmits", error_counter, "answers did not come in time, so data was sent again",
     lossy},
    {"completer_retry_err", error_counter, "data was sent again", lossy},
    {"roce_adp_retrans", error_counter, "data was sent again", lossy},
    {"roce_adp_retrans_to", error_counter, "answers did not come in time, so data was sent again",
     lossy},
    {"retrans_pkts", error_counter, "packets were sent again", lossy},
    {"rnr_nak_retry_err", error_counter, "a receiver had no buffer ready, so data was sent again",
     "Look whether the receiving ranks were held up; MPI may need more receive buffers"},
    {"rnr_naks_rcvd", error_counter, "a receiver had no buffer ready, so data was sent again",
     "Look whether the receiving ranks were held up; MPI may need more receive buffers"},
    {"rx_icrc_encapsulated", error_counter, "RoCE packets arrived damaged",
     "A switch or router on the way changes packets: look at its firmware and settings"},
    {"rx_crc_errors", error_counter, "frames arrived damaged", cable},
    {"rx_frame_errors", error_counter, "frames arrived damaged", cable},
    {"rx_length_errors", error_counter, "frames arrived that were too long or too short",
     "Compare the MTU of the hosts and of the switch port"},
    {"rx_errors", error_counter, "frames arrived that could not be taken", interface_errors},
    {"tx_errors", error_counter, "frames could not be sent", interface_errors},
    {"tx_carrier_errors", error_counter, "frames could not be sent, for the link was lost", cable},
    {"rx_missed_errors", error_counter, "frames arrived for which was no buffer", receive_buffers},
    {"rx_fifo_errors", error_counter, "frames arrived for which was no buffer", receive_buffers},
    {"rx_over_errors", error_counter, "frames arrived for which was no buffer", receive_buffers},
    {"rx_dropped", error_counter, "frames were dropped on arrival", receive_buffers},
    {"tx_dropped", error_counter, "frames were dropped instead of sent", congestion},
    {"collisions", error_counter, "frames collided: the link is not full duplex",
     "Compare the settings for speed and duplex at both ends"},
    {"core_throttle_count", error_counter, "processors were slowed down by their heat", cooling},
    {"package_throttle_count", error_counter, "processors were slowed down by their heat", cooling},
    {"ce_count", memory_errors, "memory errors were corrected", memory_module},
    {"ue_count", memory_errors, "memory errors could not be corrected: data is lost", memory_module,
     true},
    {"machine_check_exceptions", memory_errors,
     "the processor met errors, in memory or caches, that it could not correct", machine_check},
    {"aer_dev_correctable", pcie_errors, "packets on its PCIe link were sent again", signal},
    {"aer_dev_nonfatal", pcie_errors, "transfers on its PCIe link failed", signal},
    {"aer_dev_fatal", pcie_errors, "its PCIe link failed", signal},
    {"corrected_machine_checks", memory_errors, "the processor corrected errors", machine_check},
    {"deferred_machine_checks", memory_errors, "memory holds errors that were not used yet",
     memory_module},
    {"max_retry_exceeded", error_counter, "the other side did not answer at all", lossy},
    {"retry_exceeded_err", error_counter, "the other side did not answer at all", lossy},
}};

constexpr Meaning nothing_special{"", error_counter, "errors happened",
                                  "Look at dmesg and the vendor's tools on that host"};

}  // namespace

const Meaning& meaning_of(std::string_view counter) {
  const auto* const found = std::ranges::find(meanings, counter, &Meaning::counter);
  return found == meanings.end() ? nothing_special : *found;
}

}  // namespace shortfall
