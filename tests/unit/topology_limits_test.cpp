// What a process may use of its host, and whether it runs in a container; from made-up trees.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/unit/made_up_root.hpp"
#include "topology/system_parts.hpp"

namespace shortfall {
namespace {

using HostLimits = MadeUpRoot;
using Containers = MadeUpRoot;

TEST_F(HostLimits, OfVersionTwoAreTheSmallestOnTheWayUp) {
  file("/proc/self/cgroup", "0::/slurm/job/step\n");
  file("/sys/fs/cgroup/slurm/job/step/cpu.max", "max 100000\n");
  file("/sys/fs/cgroup/slurm/job/cpu.max", "350000 100000\n");
  file("/sys/fs/cgroup/slurm/cpu.max", "1600000 100000\n");
  file("/sys/fs/cgroup/slurm/job/step/memory.max", "max\n");
  file("/sys/fs/cgroup/slurm/memory.max", "1048576\n");

  const Limits limits = survey_limits(root);

  EXPECT_EQ(limits.cpus, 3.5);
  EXPECT_EQ(limits.memory, 1_MiB);
}

TEST_F(HostLimits, OfAContainerAreInTheTopmostFolder) {
  file("/proc/self/cgroup", "0::/system.slice/docker-0123.scope\n");
  file("/sys/fs/cgroup/cpu.max", "200000 100000\n");
  file("/sys/fs/cgroup/memory.max", "1048576\n");

  EXPECT_EQ(survey_limits(root).cpus, 2);
  EXPECT_EQ(survey_limits(root).memory, 1_MiB);
}

TEST_F(HostLimits, OfVersionOneAreReadWhereItsControllersAreMounted) {
  file("/proc/self/cgroup", "4:memory:/job\n3:cpu,cpuacct:/job\n");
  file("/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "150000\n");
  file("/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
  file("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
  file("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  file("/sys/fs/cgroup/memory/job/memory.limit_in_bytes", "9223372036854771712\n");
  file("/sys/fs/cgroup/memory/memory.limit_in_bytes", "1048576\n");

  EXPECT_EQ(survey_limits(root).cpus, 1.5);
  EXPECT_EQ(survey_limits(root).memory, 1_MiB);
}

TEST_F(HostLimits, OfVersionOneMayBeMountedAlone) {
  file("/proc/self/cgroup", "3:cpu,cpuacct:/\n");
  file("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000\n");
  file("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");

  EXPECT_EQ(survey_limits(root).cpus, 0.5);
}

TEST_F(HostLimits, AreNoneWhereNothingIsLimited) {
  file("/proc/self/cgroup", "4:memory:/\n3:cpu:/\n0::/\n");
  file("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
  file("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  file("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854710272\n");  // pages of 64 KiB
  file("/sys/fs/cgroup/cpu.max", "max 100000\n");
  file("/sys/fs/cgroup/memory.max", "max\n");

  EXPECT_EQ(survey_limits(root), Limits{});
}

TEST_F(HostLimits, AreNoneWhereTheFilesAreDamaged) {
  file("/proc/self/cgroup", "::\n\n:\n4:memory\n0::/../../x/..\n0:::/a\n7:cpu:nowhere\n");
  file("/sys/fs/cgroup/cpu.max", "100000\n");
  file("/sys/fs/cgroup/memory.max", "-7\n");
  file("/proc/self/limits", "Max locked memory\nMax locked memory   \n");
  file("/sys/kernel/mm/hugepages/hugepages-/nr_hugepages", "1\n");
  file("/sys/kernel/mm/hugepages/hugepages-kB/nr_hugepages", "1\n");
  file("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "many\n");
  file("/sys/kernel/mm/transparent_hugepage/enabled", "]always[\n");

  EXPECT_EQ(survey_limits(root), Limits{});
}

TEST_F(HostLimits, LockedMemoryIsTheSoftLimit) {
  file("/proc/self/limits",
       "Limit                     Soft Limit           Hard Limit           Units     \n"
       "Max processes             96365                96365                processes \n"
       "Max locked memory         8388608              unlimited            bytes     \n");

  EXPECT_EQ(survey_limits(root).locked_memory, "8388608");
}

TEST_F(HostLimits, LockedMemoryMayBeUnlimited) {
  file("/proc/self/limits", "Max locked memory         unlimited   unlimited   bytes\n");

  EXPECT_EQ(survey_limits(root).locked_memory, "unlimited");
}

TEST_F(HostLimits, SharedMemoryIsThatOfItsFileSystem) {
  std::filesystem::create_directories(root.path + "/dev/shm");

  const Limits limits = survey_limits(root);

  ASSERT_TRUE(limits.shared_memory && limits.shared_memory_free);
  EXPECT_GT(limits.shared_memory->value, 0);
  EXPECT_LE(*limits.shared_memory_free, *limits.shared_memory);
}

TEST_F(HostLimits, HugePagesAreListedBySize) {
  const std::string folder = "/sys/kernel/mm/hugepages/";
  file(folder + "hugepages-2048kB/nr_hugepages", "512\n");
  file(folder + "hugepages-2048kB/free_hugepages", "500\n");
  file(folder + "hugepages-1048576kB/nr_hugepages", "0\n");
  file(folder + "hugepages-1048576kB/free_hugepages", "0\n");
  file("/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");

  const Limits limits = survey_limits(root);

  EXPECT_EQ(limits.huge_pages, (std::vector<HugePages>{{2_MiB, 512, 500}, {1_GiB, 0, 0}}));
  EXPECT_EQ(limits.transparent_huge_pages, "madvise");
}

TEST_F(Containers, OfPodmanAndDockerLeaveTheirFile) {
  file("/.dockerenv", "");
  EXPECT_EQ(container(root), "docker");

  file("/run/.containerenv", "");
  EXPECT_EQ(container(root), "podman");
}

TEST_F(Containers, OfApptainerHaveItsFolder) {
  file("/.singularity.d/runscript", "");

  EXPECT_EQ(container(root), "apptainer");
}

TEST_F(Containers, OfKubernetesAreKnownByTheirGroupEvenWithDockersFile) {
  file("/.dockerenv", "");
  file("/proc/self/cgroup", "0::/kubepods.slice/kubepods-pod12.slice/cri-containerd-34.scope\n");

  EXPECT_EQ(container(root), "kubernetes");
}

TEST_F(Containers, OfKubernetesAreKnownByTheirMountsWhereTheGroupIsHidden) {
  file("/proc/self/cgroup", "0::/\n");
  file("/proc/self/mountinfo",
       "1 0 0:9 / / rw - overlay overlay rw,lowerdir=/var/lib/containerd/x/fs\n"
       "2 1 8:1 /var/lib/kubelet/pods/0a1b/etc-hosts /etc/hosts rw - ext4 /dev/sda1 rw\n");

  EXPECT_EQ(container(root), "kubernetes");
}

TEST_F(Containers, OfContainerdAreKnownByTheirRoot) {
  file("/proc/self/mountinfo",
       "1 0 0:9 / / rw - overlay overlay rw,lowerdir=/var/lib/containerd/x/fs\n");

  EXPECT_EQ(container(root), "containerd");
}

TEST_F(Containers, NameOfTheFirstProcessCounts) {
  file("/proc/1/environ", std::string("PATH=/bin\0container=lxc\0TERM=x\0", 32));

  EXPECT_EQ(container(root), "lxc");
}

TEST_F(Containers, HostThatRunsContainersIsNone) {
  file("/proc/self/cgroup", "0::/user.slice/user-0.slice/session-1.scope\n");
  file("/proc/self/mountinfo",
       "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
       "9 1 0:9 / /var/lib/docker/overlay2/ab/merged rw - overlay overlay rw\n"
       "7 1 0:8 / /var/lib/kubelet/pods/0a1b/volumes rw - tmpfs tmpfs rw\n");

  EXPECT_EQ(container(root), "");
}

}  // namespace
}  // namespace shortfall
