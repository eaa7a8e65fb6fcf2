#include "backends/host/cache.hpp"

#include <unistd.h>

#include <algorithm>
#include <map>
#include <string>

#include "backends/first_line.hpp"
#include "backends/host/cpus.hpp"
#include "core/text.hpp"

namespace shortfall {
namespace {

namespace fs = std::filesystem;

struct LastCache {
  std::int64_t level = 0;
  std::string cpus;  // that share it: its name
  Bytes size;
};

LastCache last_cache_of(int cpu, const fs::path& root) {
  const fs::path folder = root / "sys/devices/system/cpu" / ("cpu" + std::to_string(cpu)) / "cache";
  LastCache last;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) {
    const auto level = parse_integer(first_line(entry.path() / "level")).value_or(0);
    const auto size = parse_size(first_line(entry.path() / "size")).value_or(0);
    if (level <= last.level || size <= 0) continue;
    last = {level, first_line(entry.path() / "shared_cpu_list"), {static_cast<double>(size)}};
  }
  return last;
}

// The C library's own answer, which for some processors adds up the caches of a whole socket.
Bytes as_the_library_says() {
  long bytes = 0;
  for (const int level : {_SC_LEVEL2_CACHE_SIZE, _SC_LEVEL3_CACHE_SIZE, _SC_LEVEL4_CACHE_SIZE}) {
    bytes = std::max(bytes, sysconf(level));  // -1: not told
  }
  return {static_cast<double>(bytes)};
}

}  // namespace

Bytes last_level_cache(const std::vector<int>& cpus, const fs::path& root) {
  std::map<std::string, Bytes> caches;
  for (const int cpu : cpus) {
    const LastCache last = last_cache_of(cpu, root);
    caches[last.cpus.empty() ? std::to_string(cpu) : last.cpus] = last.size;
  }
  Bytes sum;
  for (const auto& [name, size] : caches) sum = sum + size;
  return sum;
}

Bytes last_level_cache() {
  const Bytes told = last_level_cache(allowed_cpus(), "/");
  return told > Bytes{0} ? told : as_the_library_says();
}

}  // namespace shortfall
