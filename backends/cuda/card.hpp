// One GPU as this process sees it.
#pragma once

#include <string>
#include <vector>

#include "core/device_facts.hpp"
#include "core/units.hpp"

namespace shortfall::cuda {

struct Card {
  int index = 0;             // among those that are visible
  int major = 0, minor = 0;  // compute capability
  int units = 0;             // multiprocessors
  Bytes l2;
  int nearest_node = -1;       // of the host; -1 if it is not told
  bool sees_pageable = false;  // kernels load and store memory of the host that is not pinned
  std::string name;            // "NVIDIA H200"
  std::string address;         // on PCI: "0000:17:00.0"; "" if it is not told
  std::string architecture() const { return "sm_" + std::to_string(major * 10 + minor); }
};

// Throws Error if the runtime refuses.
Card card_at(int index);

// What the runtime tells of one, and of all that are visible.
DeviceFacts facts_of_card(int index);
std::vector<DeviceFacts> facts_of_cards();

// Lower case, as the kernel writes it; "" if it is not told.
std::string pci_address(int index);

std::string runtime_version();  // "13.0"

// Why no GPU can be used here; "" if one can. Names the versions of driver and runtime, and what
// the environment hides.
std::string why_no_card();

}  // namespace shortfall::cuda
