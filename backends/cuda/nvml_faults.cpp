#include "backends/cuda/nvml_faults.hpp"

namespace shortfall {

GpuFaults::GpuFaults(const NvmlGpu& gpu, const std::filesystem::path& root)
    : gpu_(gpu), log_(root), address_(gpu.address()) {
  if (listens() || events_ == nullptr) return;
  gpu_.functions().free_event_set(events_);
  events_ = nullptr;
}

GpuFaults::~GpuFaults() {
  if (events_ != nullptr) gpu_.functions().free_event_set(events_);
}

// True if events will come.
bool GpuFaults::listens() {
  const nvml::NvmlFunctions& f = gpu_.functions();
  if (!f.make_event_set || !f.register_events || !f.wait_for_event || !f.free_event_set)
    return false;
  if (f.make_event_set(&events_) != nvml::ok) {
    events_ = nullptr;
    return false;
  }
  return f.register_events(gpu_.handle(), nvml::xid_event, events_) == nvml::ok;
}

std::optional<int> GpuFaults::next(Seconds patience) {
  constexpr double millisecond = 1e-3;
  constexpr int most = 1000;  // a storm of events must not keep the samples waiting
  if (events_ == nullptr) return log_.last_fault_of(address_);
  std::optional<int> last;
  auto timeout = static_cast<unsigned>(patience.value / millisecond);
  for (int i = 0; i < most; ++i) {
    nvml::XidNews news{};
    if (gpu_.functions().wait_for_event(events_, &news, timeout) != nvml::ok) break;
    if ((news.type & nvml::xid_event) != 0) last = static_cast<int>(news.content);
    timeout = 0;
  }
  return last;
}

}  // namespace shortfall
