#include "backends/process.hpp"

#include <unistd.h>

#include <array>
#include <chrono>
#include <fstream>
#include <sstream>
#include <string>

namespace shortfall {

Seconds age_of_process() {
  std::ifstream stat("/proc/self/stat"), uptime("/proc/uptime");
  std::string text((std::istreambuf_iterator<char>(stat)), {});
  double now = 0;
  const std::size_t name_end = text.rfind(')');  // the name may hold blanks
  if (!(uptime >> now) || name_end == std::string::npos) return {0};
  std::istringstream fields(text.substr(name_end + 1));
  constexpr int start_time = 20;  // field 22 of proc(5), the 20th after the name
  std::string field;
  for (int i = 0; i < start_time; ++i) fields >> field;
  return {now - std::stod(field) / static_cast<double>(sysconf(_SC_CLK_TCK))};
}

std::string name_of_host() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

std::string boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(file, id);
  return id;
}

Seconds steady_now() {
  const auto time = std::chrono::steady_clock::now().time_since_epoch();
  return {std::chrono::duration<double>(time).count()};
}

}  // namespace shortfall
