#include "tests/double/nvml_script.hpp"

#include <fstream>
#include <sstream>

namespace shortfall::double_ {
namespace {

std::string rest_of(std::istream& line) {
  std::string rest;
  std::getline(line >> std::ws, rest);
  return rest;
}

void take_of_gpu(ScriptedGpu& gpu, const std::string& key, double from, std::istream& line) {
  if (key == "process") {
    auto& process = gpu.processes.emplace_back();
    line >> process.pid >> process.bytes;
    return;
  }
  std::string value;
  line >> value;
  const ScriptedStep step{from, static_cast<double>(std::stod(value))};  // hexadecimal, too
  (key == "xid" ? gpu.xids : gpu.figures[key]).push_back(step);
}

}  // namespace

std::optional<double> ScriptedGpu::figure(const std::string& key, double now) const {
  const auto steps = figures.find(key);
  std::optional<double> last;
  if (steps == figures.end()) return last;
  for (const ScriptedStep& step : steps->second)
    if (step.from <= now) last = step.value;
  return last;
}

double ScriptedGpu::energy(double now) const {
  const auto found = figures.find("power");
  double sum = 0;
  if (found == figures.end()) return sum;
  const auto& steps = found->second;
  for (std::size_t i = 0; i < steps.size() && steps[i].from < now; ++i) {
    const bool is_last = i + 1 == steps.size() || steps[i + 1].from > now;
    sum += steps[i].value * ((is_last ? now : steps[i + 1].from) - steps[i].from);
  }
  return sum;
}

NvmlScript read_script(const std::string& file) {
  NvmlScript script;
  std::ifstream in(file);
  if (!in) script.init = 9;  // no driver
  for (std::string text; std::getline(in, text);) {
    std::istringstream line(text);
    std::string key;
    double from = 0;
    line >> key;
    if (key == "at") line >> from >> key;
    if (key.empty() || key.starts_with('#')) continue;
    if (key == "init") {
      line >> script.init;
    } else if (key == "driver") {
      script.driver = rest_of(line);
    } else if (key == "gpu") {
      auto& gpu = script.gpus.emplace_back();
      line >> gpu.address;
      gpu.name = rest_of(line);
    } else if (!script.gpus.empty()) {
      take_of_gpu(script.gpus.back(), key, from, line);
    }
  }
  return script;
}

}  // namespace shortfall::double_
