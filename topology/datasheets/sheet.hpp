// What the makers of accelerators and processors promise on paper, as values.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/units.hpp"
#include "topology/pci.hpp"

namespace shortfall {

// Dense peaks by the name of the type: "bf16", "fp64_tensor" (peak_names in datasheets.hpp).
using Peaks = std::vector<std::pair<std::string, Throughput>>;

struct Sheet {
  std::string name;
  // As devices call themselves. Whole words, in any case; the longest that fits wins.
  std::vector<std::string> match;
  std::vector<std::string> except;  // words that make it another part: "Laptop"
  std::optional<Bandwidth> memory;
  std::vector<std::string> sources;
  std::string confidence;  // "high", "medium", "low"; "derived" = by formula; "" = not told
  std::string notes;
  std::string file;  // of the user; "" = built in
};

struct ScaleUp {       // the links to other accelerators
  std::string kind;    // "NVLink", "Infinity Fabric", "RoCE"
  int generation = 0;  // 0 = has none
  int links = 0;
  Bandwidth of_one_link;  // one direction
  int joins = 0;          // devices of the largest system that they join; 0 = not told
};

struct HostLink {    // to the processors, where it is no PCIe
  std::string kind;  // "NVLink-C2C"
  Bandwidth rate;    // one direction
};

struct DeviceSheet : Sheet {
  std::string vendor;
  std::string architecture;  // "sm_90", "gfx942"
  int units = 0;             // zero = unknown, here and below
  Frequency clock;           // the highest that the maker names ("boost")
  Frequency tensor_clock;    // for which products on tensor units are printed, where it is another
  Peaks peak;
  std::vector<Bytes> sizes;  // of its memory as the maker labels it; several if sold with either
  Bytes l2;
  std::optional<ScaleUp> scale_up;
  PcieLink pcie;
  std::optional<HostLink> host_link;
  double tdp_w = 0;
};

struct CpuSheet : Sheet {      // `memory` is that of a whole host
  Peaks core_peak, host_peak;  // one of them may be there
};

struct OpsPerClock {         // of one unit, dense; a multiply-add counts as two
  std::string architecture;  // "sm_89"; "sm_89 GeForce" where those have another rate
  std::vector<std::pair<std::string, double>> ops;
};

}  // namespace shortfall
