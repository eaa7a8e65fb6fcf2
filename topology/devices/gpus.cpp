// GPUs that are plugged in, whether or not any software here can use them.
#include "topology/devices/pci_bus.hpp"
#include "topology/parts.hpp"

namespace shortfall {
namespace {

// "Model: \t\t NVIDIA H100 80GB HBM3"
std::string name_by_nvidia(const std::string& address, const Root& root) {
  const std::string text =
      text_of_file(root, "/proc/driver/nvidia/gpus/" + address + "/information");
  const std::string name = text_after(text, "Model:").value_or("");
  return name == "Unknown" ? "" : name;
}

std::string name_by_driver(const std::string& address, const Root& root) {
  const std::string name = name_by_nvidia(address, root);
  // By amdgpu, from the memory of the board; not every board has one.
  return name.empty() ? line_of_file(root, pci_folder(address) + "/product_name") : name;
}

}  // namespace

std::vector<Gpu> survey_gpus(const Root& root) {
  std::vector<Gpu> gpus;
  for (const PciNumbers& pci : pci_devices(root)) {
    if (!is_gpu(pci) || is_virtual_function(pci.address, root)) continue;
    Gpu& gpu = gpus.emplace_back(gpu_of(pci));
    gpu.slot = slot_at(pci.address, root);
    gpu.driver = driver_of(pci.address, root);
    const std::string name = name_by_driver(pci.address, root);
    if (!name.empty()) gpu.name = name;
  }
  return gpus;
}

}  // namespace shortfall
