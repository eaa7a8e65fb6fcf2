// Who else is at work on a made-up host.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "tests/unit/made_up_root.hpp"
#include "topology/survey.hpp"
#include "topology/system_parts.hpp"

namespace shortfall {
namespace {

constexpr int own = 300, parent = 200;  // a rank and its daemon

class Others : public MadeUpRoot {
 protected:
  Others() {
    file("/proc/meminfo", "MemTotal:       1048576 kB\n");  // 1 GiB
    process(1, "systemd", 'S', 0);
    process(parent, "orted", 'S', 1);
    process(own, "shortfall", 'R', parent);
  }

  // `resident` in MiB.
  void process(int pid, const std::string& name, char state, int its_parent, long resident = 1,
               long flags = 4194560) const {
    const long pages = resident * (1 << 20) / sysconf(_SC_PAGESIZE);
    file("/proc/" + std::to_string(pid) + "/stat",
         std::to_string(pid) + " (" + name + ") " + state + " " + std::to_string(its_parent) +
             " 1 1 0 -1 " + std::to_string(flags) + " 108 0 0 0 5 6 0 0 20 0 1 0 2517310 3133440 " +
             std::to_string(pages) +
             " 18446744073709551615 1 1 1 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 1 1 1 1 1 1 1 0\n");
  }
  void opens(int pid, int number, const std::string& path) const {
    link("/proc/" + std::to_string(pid) + "/fd/" + std::to_string(number), path);
  }
  std::vector<int> found() const {
    std::vector<int> pids;
    for (const OtherProcess& process : other_processes(root, own)) pids.push_back(process.pid);
    return pids;
  }
};

using Pids = std::vector<int>;

TEST_F(Others, ThatSleepWithLittleMemoryAreNotTold) {
  process(400, "sshd", 'S', 1);
  process(401, "large", 'S', 1, 51);  // 5 % are 51.2 MiB

  EXPECT_EQ(found(), Pids{});
}

TEST_F(Others, ThatHoldMuchMemoryAreToldLargestFirst) {
  process(400, "small", 'S', 1, 60);
  process(401, "large", 'S', 1, 600);

  const auto others = other_processes(root, own);

  ASSERT_EQ(others.size(), 2U);
  EXPECT_EQ(others[0], (OtherProcess{401, "large", false, 600_MiB, {}}));
  EXPECT_EQ(others[1].pid, 400);
}

TEST_F(Others, ThatRunAreTold) {
  process(400, "busy", 'R', 1);

  const auto others = other_processes(root, own);

  ASSERT_EQ(others.size(), 1U);
  EXPECT_TRUE(others[0].is_running);
  EXPECT_EQ(others[0].name, "busy");
}

TEST_F(Others, ThatHoldAGpuAreToldWithIt) {
  process(400, "python", 'S', 1);
  opens(400, 0, "/dev/null");
  opens(400, 1, "/dev/nvidiactl");
  opens(400, 2, "/dev/nvidia-uvm");
  opens(400, 3, "/dev/nvidia3");
  opens(400, 4, "/dev/nvidia3");
  opens(400, 5, "/dev/dri/renderD128");
  opens(400, 6, "/dev/kfd");
  process(401, "monitor", 'S', 1);
  opens(401, 3, "/dev/nvidiactl");

  const auto others = other_processes(root, own);

  ASSERT_EQ(others.size(), 1U);
  EXPECT_EQ(others[0].gpus,
            (std::vector<std::string>{"/dev/dri/renderD128", "/dev/kfd", "/dev/nvidia3"}));
}

TEST_F(Others, AreNeitherRanksOfThisJobNorItsAncestors) {
  process(1, "systemd", 'R', 0);
  process(parent, "orted", 'R', 1);
  process(301, "shortfall", 'R', parent);
  process(302, "wrapper", 'R', parent);
  process(303, "shortfall", 'R', 302);  // of a rank that was started by a script
  process(304, "helper", 'R', own);
  process(400, "stranger", 'R', 1);

  EXPECT_EQ(found(), Pids{400});
}

TEST_F(Others, AreNotRanksOfThisJobUnderAnotherDaemon) {
  const std::string job("PATH=/bin\0PMIX_NAMESPACE=7\0", 27);
  file("/proc/300/environ", job);
  process(301, "shortfall", 'R', 1);
  file("/proc/301/environ", job);
  process(302, "shortfall", 'R', 1);  // of another job
  file("/proc/302/environ", std::string("PMIX_NAMESPACE=77\0", 18));
  process(303, "stranger", 'R', 1);
  file("/proc/303/environ", job);

  EXPECT_EQ(found(), (Pids{302, 303}));
}

TEST_F(Others, AreNoKernelThreads) {
  process(2, "kthreadd", 'R', 0, 0, 0x208040);
  process(17, "kworker/0:1", 'R', 2, 0, 0x4208060);

  EXPECT_EQ(found(), Pids{});
}

TEST_F(Others, BesideAJobThatTheFirstProcessHasStartedAreThoseWithOtherNames) {
  process(own, "shortfall", 'R', 1);
  process(301, "shortfall", 'R', 1);
  process(400, "stranger", 'R', 1);
  process(401, "of a stranger", 'R', 400);

  EXPECT_EQ(found(), (Pids{400, 401}));
}

TEST_F(Others, AreSixteenAtMostAndHoldersOfGpusAmongThem) {
  for (int pid = 400; pid < 430; ++pid) process(pid, "large", 'S', 1, pid - 300);
  process(500, "holder", 'S', 1, 2);
  opens(500, 3, "/dev/nvidia0");

  const Pids pids = found();

  ASSERT_EQ(pids.size(), 16U);
  EXPECT_EQ(pids.front(), 429);
  EXPECT_EQ(pids.back(), 500);
}

TEST_F(Others, MayHaveAnyName) {
  process(400, "a) R (b\n\xff c", 'R', 1);

  const auto others = other_processes(root, own);

  ASSERT_EQ(others.size(), 1U);
  EXPECT_EQ(others[0].name, "a) R (b\n\xff c");
}

TEST_F(Others, ThatVanishOrAreDamagedAreLeftOut) {
  std::filesystem::create_directories(root.path + "/proc/400");  // ended in between
  file("/proc/401/stat", "");
  file("/proc/402/stat", "402 (x) R");
  file("/proc/403/stat", ")( R 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1");
  file("/proc/404/stat", "404 (x) RR 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1");
  file("/proc/99999999999999999999/stat",
       "1 (x) R 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1");
  file("/proc/-5/stat", "1 (x) R 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1");

  EXPECT_EQ(found(), Pids{});
}

TEST_F(Others, MayClaimToBeTheirOwnParents) {
  process(400, "loop", 'R', 401);
  process(401, "loop", 'R', 400);
  process(402, "self", 'R', 402);

  EXPECT_EQ(found(), (Pids{400, 401, 402}));
}

TEST_F(Others, WhoseFilesMayNotBeSeenAreToldByTheRest) {
  process(400, "closed", 'R', 1);
  file("/proc/400/fd", "");  // cannot be opened as a folder, not even by root

  const auto others = other_processes(root, own);

  ASSERT_EQ(others.size(), 1U);
  EXPECT_TRUE(others[0].gpus.empty());
}

TEST_F(Others, AreSeenFromTheProcessThatProcNamesSelf) {
  link("/proc/self", std::to_string(own));
  process(301, "shortfall", 'R', parent);
  process(400, "stranger", 'R', 1);

  ASSERT_EQ(other_processes(root).size(), 1U);
  EXPECT_EQ(survey_host(root).others.size(), 1U);
}

}  // namespace
}  // namespace shortfall
