// One GPU, asked function by function: what is missing or refused is absent.
#include <fmt/format.h>

#include <array>

#include "backends/cuda/nvml.hpp"

namespace shortfall {
namespace {

using namespace nvml;

constexpr double mega = 1e6, milli = 1e-3;

template <class T, class Function, class... Keys>
std::optional<T> ask(Function function, Device device, Keys... keys) {
  T value{};
  if (!function || function(device, keys..., &value) != ok) return std::nullopt;
  return value;
}

template <class T, class Function, class... Keys>
std::optional<double> ask_number(double unit, Function function, Device device, Keys... keys) {
  const auto value = ask<T>(function, device, keys...);
  if (!value) return std::nullopt;
  return static_cast<double>(*value) * unit;
}

std::string ask_text(Answer (*function)(Device, char*, unsigned), Device device) {
  std::array<char, text_length> text{};
  if (!function || function(device, text.data(), text.size() - 1) != ok) return {};
  return text.data();
}

// The present mode, of functions that also tell the one after the next reset.
template <class Mode>
std::optional<bool> ask_mode(Answer (*function)(Device, Mode*, Mode*), Device device) {
  Mode now{}, later{};
  if (!function || function(device, &now, &later) != ok) return std::nullopt;
  return now != 0;
}

}  // namespace

std::string NvmlGpu::name() const { return ask_text(functions().name, device_); }
std::string NvmlGpu::uuid() const { return ask_text(functions().uuid, device_); }
std::string NvmlGpu::vbios() const { return ask_text(functions().vbios, device_); }

std::string NvmlGpu::address() const {
  const auto pci = ask<PciInfo>(functions().pci_info, device_);
  return pci ? kernel_address(pci->address) : "";
}

std::string NvmlGpu::architecture() const {
  int major = 0, minor = 0;
  if (!functions().capability || functions().capability(device_, &major, &minor) != ok) return {};
  return fmt::format("sm_{}{}", major, minor);
}

std::optional<double> NvmlGpu::clock(ClockOf which) const {
  return ask_number<unsigned>(mega, functions().clock, device_, which);
}

std::optional<double> NvmlGpu::highest_clock(ClockOf which) const {
  return ask_number<unsigned>(mega, functions().highest_clock, device_, which);
}

std::optional<double> NvmlGpu::application_clock(ClockOf which) const {
  return ask_number<unsigned>(mega, functions().application_clock, device_, which);
}

std::optional<unsigned long long> NvmlGpu::clock_reasons() const {
  return ask<unsigned long long>(functions().clock_reasons, device_);
}

std::optional<double> NvmlGpu::power() const {
  if (const auto now = field(FieldId::power_now)) return *now * milli;
  return ask_number<unsigned>(milli, functions().power, device_);
}

std::optional<double> NvmlGpu::power_limit() const {
  return ask_number<unsigned>(milli, functions().power_limit, device_);
}

std::optional<double> NvmlGpu::energy() const {
  return ask_number<unsigned long long>(milli, functions().energy, device_);
}

std::optional<double> NvmlGpu::temperature() const {
  return ask_number<unsigned>(1, functions().temperature, device_, gpu_sensor);
}

std::optional<double> NvmlGpu::memory_temperature() const {
  const auto found = field(FieldId::memory_temperature);
  // A board without the sensor answers zero.
  return found && *found > 0 ? found : std::nullopt;
}

std::optional<double> NvmlGpu::pcie_generation() const {
  return ask_number<unsigned>(1, functions().pcie_generation, device_);
}

std::optional<double> NvmlGpu::pcie_lanes() const {
  return ask_number<unsigned>(1, functions().pcie_lanes, device_);
}

std::optional<double> NvmlGpu::pcie_replays() const {
  return ask_number<unsigned>(1, functions().pcie_replays, device_);
}

std::optional<NvmlGpu::Links> NvmlGpu::links() const {
  Links links;
  for (unsigned link = 0; link < most_links; ++link) {
    const auto state = ask<int>(functions().link_state, device_, link);
    if (!state) continue;
    ++links.seen;
    if (*state != 1) continue;
    ++links.up;
    for (int kind = 0; kind < link_error_kinds; ++kind) {
      const auto count =
          ask_number<unsigned long long>(1, functions().link_errors, device_, link, kind);
      if (count) links.errors = links.errors.value_or(0) + *count;
    }
  }
  return links.seen > 0 ? std::optional(links) : std::nullopt;
}

bool NvmlGpu::lacks_links() const {
  int state = 0;
  const auto ask_state = functions().link_state;
  return ask_state != nullptr && ask_state(device_, 0, &state) == not_supported;
}

std::optional<bool> NvmlGpu::ecc() const { return ask_mode(functions().ecc_mode, device_); }
std::optional<bool> NvmlGpu::mig() const { return ask_mode(functions().mig_mode, device_); }

std::optional<double> NvmlGpu::memory_errors() const {
  return ask_number<unsigned long long>(1, functions().ecc_errors, device_, ErrorKind::uncorrected,
                                        CountSince::driver_start);
}

std::optional<NvmlGpu::MemoryOfGpu> NvmlGpu::memory() const {
  const auto bytes = [](unsigned long long n) { return Bytes{static_cast<double>(n)}; };
  MemoryWithReserve all{.version = memory_version};
  const auto with_reserve = functions().memory_with_reserve;
  if (with_reserve && with_reserve(device_, &all) == ok)
    return MemoryOfGpu{bytes(all.total), bytes(all.free)};
  const auto old = ask<MemoryInUse>(functions().memory, device_);
  if (!old) return std::nullopt;
  return MemoryOfGpu{bytes(old->total), bytes(old->free)};
}

std::optional<int> NvmlGpu::memory_bus_bits() const {
  const auto bits = ask<unsigned>(functions().memory_bus_bits, device_);
  return bits ? std::optional(static_cast<int>(*bits)) : std::nullopt;
}

std::optional<std::vector<ProcessOnGpu>> NvmlGpu::processes() const {
  constexpr std::size_t usual = 64, most = 4096;
  if (!functions().processes) return std::nullopt;
  for (std::size_t room = usual; room <= most; room *= 8) {
    std::vector<ProcessOnGpu> all(room);
    auto count = static_cast<unsigned>(room);
    const Answer answer = functions().processes(device_, &count, all.data());
    if (answer == too_small) continue;
    if (answer != ok) return std::nullopt;
    all.resize(std::min<std::size_t>(count, room));
    return all;
  }
  return std::nullopt;
}

// By a question that the driver must pass on to the GPU.
std::string NvmlGpu::why_lost() const {
  unsigned ignored = 0;
  if (!functions().temperature) return {};
  const Answer answer = functions().temperature(device_, gpu_sensor, &ignored);
  return answer == gpu_lost || answer == needs_reset ? words_of(answer) : "";
}

std::optional<double> NvmlGpu::field(FieldId id) const {
  FieldAsked asked{.id = static_cast<unsigned>(id)};
  const auto function = functions().field_values;
  if (!function || function(device_, 1, &asked) != ok || asked.answer != ok) return std::nullopt;
  switch (asked.type) {
    case 0:
      return asked.content.real;
    case 1:
      return asked.content.natural;
    case 2:
    case 3:
      return static_cast<double>(asked.content.long_natural);
    case 4:
      return static_cast<double>(asked.content.long_whole);
    case 5:
      return asked.content.whole;
    default:
      return std::nullopt;
  }
}

}  // namespace shortfall
