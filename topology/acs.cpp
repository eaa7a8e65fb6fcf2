#include "topology/acs.hpp"

#include <cstdint>

#include "topology/pci_bus.hpp"

namespace shortfall {
namespace {

std::optional<std::uint32_t> word_at(const std::string& bridge, std::size_t offset,
                                     const Root& root) {
  const std::string bytes = bytes_of_file(root, pci_folder(bridge) + "/config", offset, 4);
  if (bytes.size() < 4) return std::nullopt;
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    word |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  }
  return word;
}

// Follows the list of extended capabilities. Without permission the file ends after 64 bytes; a
// device that does not answer reads as ones.
std::optional<bool> detours_transfers(const std::string& bridge, const Root& root) {
  constexpr std::uint32_t access_control = 0x000d, no_answer = 0xffffffff;
  // Redirection of requests and of completions, upstream forwarding, egress control. Validation of
  // sources and blocking of translations, the other ones, detour nothing.
  constexpr std::uint32_t detours = 0x3c;
  constexpr std::size_t first = 0x100, end = 0x1000, shortest = 8;
  std::size_t offset = first;
  for (std::size_t seen = 0; seen < (end - first) / shortest; ++seen) {
    const auto header = word_at(bridge, offset, root);
    if (!header || *header == no_answer) return std::nullopt;
    if ((*header & 0xffffU) == access_control) {
      const auto registers = word_at(bridge, offset + 4, root);  // capability, then control
      if (!registers) return std::nullopt;
      return ((*registers >> 16U) & detours) != 0;
    }
    offset = (*header >> 20U) & ~std::size_t{3};
    if (offset < first) return false;  // the list has ended
  }
  return std::nullopt;  // a list that runs in a circle
}

}  // namespace

std::optional<bool> detours_transfers(const std::vector<std::string>& bridges, const Root& root) {
  if (bridges.size() < 2) return std::nullopt;  // the first is the host bridge: it has none
  std::optional<bool> all = false;
  for (std::size_t i = 1; i < bridges.size(); ++i) {
    const auto one = detours_transfers(bridges[i], root);
    if (one == true) return true;
    if (!one) all = std::nullopt;
  }
  return all;
}

}  // namespace shortfall
