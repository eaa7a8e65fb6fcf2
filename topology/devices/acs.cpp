#include "topology/devices/acs.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <iterator>

#include "topology/devices/pci_bus.hpp"

namespace shortfall {
namespace {

// The configuration space of a bridge. Each word that is read is asked of the device, so no more
// are read than are needed.
class Configuration {
 public:
  Configuration(const std::string& bridge, const Root& root)
      : file_(open((root.path + pci_folder(bridge) + "/config").c_str(),
                   O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~Configuration() {
    if (file_ >= 0) close(file_);
  }
  Configuration(const Configuration&) = delete;
  Configuration& operator=(const Configuration&) = delete;

  // What lies beyond the part that everybody may read.
  bool is_readable() const { return word_at(0x40).has_value(); }

  std::optional<std::uint32_t> word_at(std::uint32_t offset) const {
    std::array<unsigned char, 4> bytes;
    if (pread(file_, bytes.data(), bytes.size(), offset) != std::ssize(bytes)) return std::nullopt;
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      word |= static_cast<std::uint32_t>(bytes[i]) << (8 * i);
    }
    return word;
  }

 private:
  int file_;  // negative: nothing can be read
};

// Follows the list of extended capabilities. Without permission the file ends after 64 bytes; a
// device that does not answer reads as ones.
std::optional<bool> detours_transfers(const Configuration& bridge) {
  constexpr std::uint32_t access_control = 0x000d, no_answer = 0xffffffff;
  // Redirection of requests and of completions, upstream forwarding, egress control. Validation of
  // sources and blocking of translations, the other ones, detour nothing.
  constexpr std::uint32_t detours = 0x3c;
  constexpr std::uint32_t first = 0x100, end = 0x1000, shortest = 8;
  std::uint32_t offset = first;
  for (std::uint32_t seen = 0; seen < (end - first) / shortest; ++seen) {
    const auto header = bridge.word_at(offset);
    if (!header || *header == no_answer) return std::nullopt;
    if ((*header & 0xffffU) == access_control) {
      const auto registers = bridge.word_at(offset + 4);  // capability, then control
      if (!registers) return std::nullopt;
      return ((*registers >> 16U) & detours) != 0;
    }
    offset = (*header >> 20U) & ~3U;
    if (offset < first) return false;  // the list has ended
  }
  return std::nullopt;  // a list that runs in a circle
}

}  // namespace

std::optional<bool> detours_transfers(const std::vector<std::string>& bridges, const Root& root) {
  if (bridges.size() < 2) return std::nullopt;  // the first is the host bridge: it has none
  std::optional<bool> all = false;
  for (std::size_t i = 1; i < bridges.size(); ++i) {
    const Configuration bridge(bridges[i], root);
    const auto one = detours_transfers(bridge);
    if (one == true) return true;
    if (one) continue;
    all = std::nullopt;
    if (!bridge.is_readable()) {
      note_denial(root, pci_folder(bridges[i]) + "/config", "only root reads beyond 64 bytes");
    }
  }
  return all;
}

}  // namespace shortfall
