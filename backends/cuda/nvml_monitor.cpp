#include "backends/cuda/nvml_monitor.hpp"

#include <thread>

#include "backends/cuda/nvml_watch.hpp"

namespace shortfall {
namespace {

class NvmlMonitor final : public DeviceMonitor {
 public:
  explicit NvmlMonitor(std::shared_ptr<GpuWatch> watch)
      : watch_(std::move(watch)), thread_([shared = watch_] { shared->run(); }) {}
  ~NvmlMonitor() override {
    // A thread that hangs in the driver keeps what it uses, and ends when the driver lets it go.
    watch_->quit() ? thread_.join() : thread_.detach();
  }
  NvmlMonitor(const NvmlMonitor&) = delete;
  NvmlMonitor& operator=(const NvmlMonitor&) = delete;

  void begin() override { watch_->begin(); }
  void resume() override { watch_->resume(); }
  void pause() override { watch_->pause(); }
  DeviceSigns end() override { return watch_->end(); }
  std::string last_fault() override { return watch_->last_fault(); }

 private:
  std::shared_ptr<GpuWatch> watch_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<DeviceMonitor> open_nvml_monitor(std::shared_ptr<const Nvml> library,
                                                 const std::string& address,
                                                 const MonitorOptions& options) {
  const auto device = library->device_at(address);
  if (!device) return nullptr;
  return std::make_unique<NvmlMonitor>(
      std::make_shared<GpuWatch>(NvmlGpu(std::move(library), *device), options));
}

}  // namespace shortfall
