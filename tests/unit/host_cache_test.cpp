// How much the caches of some CPUs hold, as the kernel describes them.
#include "backends/host/cache.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "tests/unit/made_up_root.hpp"

namespace shortfall {
namespace {

class HostCache : public MadeUpRoot {
 protected:
  void cache(int cpu, int level, std::string_view size, std::string_view cpus) const {
    const std::string folder =
        fmt::format("/sys/devices/system/cpu/cpu{}/cache/index{}", cpu, level);
    file(folder + "/level", fmt::format("{}\n", level));
    file(folder + "/size", fmt::format("{}\n", size));
    file(folder + "/shared_cpu_list", fmt::format("{}\n", cpus));
  }
  Bytes of(const std::vector<int>& cpus) const { return last_level_cache(cpus, root.path); }
};

TEST_F(HostCache, CountsACacheOnceThatIsShared) {
  for (const int cpu : {0, 1}) {
    cache(cpu, 2, "1024K", std::to_string(cpu));
    cache(cpu, 3, "32768K", "0-1");
  }
  EXPECT_EQ(of({0, 1}), 32_MiB);
  EXPECT_EQ(of({1}), 32_MiB);
}

TEST_F(HostCache, AddsUpThoseOfCoresThatShareNone) {
  cache(0, 3, "32768K", "0-7");
  cache(8, 3, "96M", "8-15");
  cache(16, 2, "2M", "16");
  EXPECT_EQ(of({0, 8}), 128_MiB);
  EXPECT_EQ(of({0, 16}), 34_MiB) << "a core without a third level";
}

TEST_F(HostCache, IsNothingWhereTheSystemDoesNotSay) {
  EXPECT_EQ(of({0, 1}), Bytes{});
  cache(0, 3, "unknown", "0");
  EXPECT_EQ(of({0}), Bytes{});
  EXPECT_EQ(of({}), Bytes{});
}

TEST(HostCacheOfThisMachine, IsWhatItMayHave) {
  EXPECT_LT(last_level_cache(), 8_GiB);
  if (std::filesystem::exists("/sys/devices/system/cpu/cpu0/cache/index0")) {
    EXPECT_GT(last_level_cache(), 0_B);
  }
}

}  // namespace
}  // namespace shortfall
