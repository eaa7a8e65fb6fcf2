#include "diagnosis/surroundings.hpp"

#include <gtest/gtest.h>

#include "made_up_cluster.hpp"

namespace shortfall {
namespace {

Machine machine_of(const Host& host) {
  Machine machine;
  machine.hosts = {host};
  for (int rank = 0; rank < 4; ++rank) {
    machine.bindings.push_back(
        {.rank = rank, .host = host.name, .set = fmt::format("{0}-{1}", 8 * rank, 8 * rank + 7)});
  }
  return machine;
}

TEST(OccupiedHosts, AreThoseWhereOthersHoldGpusOrMuchMemory) {
  Host host = made_up_host(0);
  host.others = {{4711, "python", false, 3_GiB, {"/dev/nvidia0"}},
                 {99, "mysqld", false, 300_GiB, {}}};

  const auto findings = occupied_hosts(machine_of(host));

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, "occupied");
  EXPECT_EQ(findings[0].severity, Finding::Severity::warn);
  EXPECT_EQ(findings[0].device, "/dev/nvidia0");
  EXPECT_EQ(findings[0].value, 2);
  EXPECT_NE(findings[0].reason.find("python (pid 4711) has 3 GiB and holds /dev/nvidia0"),
            std::string::npos)
      << findings[0].reason;
}

TEST(OccupiedHosts, AreNotThoseWhereSomethingRunsBesideTheRanks) {
  Host host = made_up_host(0);
  host.others = {{99, "collectd", true, 1_MiB, {}}};
  EXPECT_TRUE(occupied_hosts(machine_of(host)).empty());

  host.cpu.threads = 32;  // as many as the ranks have
  EXPECT_EQ(occupied_hosts(machine_of(host)).size(), 1U);
}

TEST(TightLimits, AreNoneOfAHostWithout) {
  EXPECT_TRUE(tight_limits(machine_of(made_up_host(0))).empty());
}

TEST(TightLimits, AreLessCpuTimeThanTheRanksHaveCpus) {
  Host host = made_up_host(0);
  host.limits.cpus = 32;
  EXPECT_TRUE(tight_limits(machine_of(host)).empty());

  host.limits.cpus = 3.5;
  const auto findings = tight_limits(machine_of(host));

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].metric, "limits.cpus");
  EXPECT_EQ(findings[0].value, 3.5);
  EXPECT_EQ(findings[0].expected, 32);
  EXPECT_NE(findings[0].action.find("--cpus=32"), std::string::npos);
}

TEST(TightLimits, AreLittleLockedMemoryWhereRdmaWorks) {
  Host host = made_up_host(0);
  host.limits.locked_memory = "8388608";

  const auto findings = tight_limits(machine_of(host));
  host.nics.clear();

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].metric, "limits.locked_memory");
  EXPECT_NE(findings[0].action.find("memlock=-1"), std::string::npos);
  EXPECT_TRUE(tight_limits(machine_of(host)).empty());
}

TEST(TightLimits, AreNoLockedMemoryThatAPrivilegeLifts) {
  Host host = made_up_host(0);
  host.limits.locked_memory = "8388608";
  host.limits.locks_without_limit = true;
  EXPECT_TRUE(tight_limits(machine_of(host)).empty());

  host.limits.locks_without_limit = false;
  const auto findings = tight_limits(machine_of(host));

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_NE(findings[0].reason.find("may lock 8 MiB"), std::string::npos) << findings[0].reason;
  EXPECT_NE(findings[0].reason.find("1 GiB for the largest"), std::string::npos);
}

TEST(TightLimits, AreLittleSharedMemoryForSeveralRanks) {
  Host host = made_up_host(0);
  host.limits.shared_memory = 64_MiB;

  const auto findings = tight_limits(machine_of(host));
  host.ranks = 1;

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].metric, "limits.shared_memory_bytes");
  EXPECT_NE(findings[0].action.find("--shm-size=512m"), std::string::npos);
  EXPECT_TRUE(tight_limits(machine_of(host)).empty());
}

}  // namespace
}  // namespace shortfall
