// How the cores of made-up machines are shared among ranks.
#include "backends/binding.hpp"

#include <gtest/gtest.h>
#include <sched.h>

#include <cstdlib>
#include <fstream>

#include "core/text.hpp"

namespace shortfall {
namespace {

namespace fs = std::filesystem;

std::vector<int> numbers_of(const std::vector<LogicalCpu>& cpus) {
  std::vector<int> numbers;
  for (const LogicalCpu& cpu : cpus) numbers.push_back(cpu.number);
  return numbers;
}

// Two packages of two cores; the second threads have the numbers 4 to 7. Core ids repeat.
std::vector<LogicalCpu> two_sockets() {
  std::vector<LogicalCpu> cpus;
  for (int number = 0; number < 8; ++number) {
    const int core = number % 4;
    cpus.push_back({number, core / 2, core / 2, core % 2, core});
  }
  return cpus;
}

std::string shared_out(const std::vector<LogicalCpu>& cpus, int rank, int ranks) {
  return cpu_list(plan_binding(cpus, numbers_of(cpus), rank, ranks).cpus);
}

TEST(CpuList, JoinsNeighbours) {
  const std::string list = cpu_list({8, 0, 1, 2, 3, 10, 11});

  EXPECT_EQ(list, "0-3,8,10-11");
}

TEST(CpuList, IsReadBack) {
  const auto cpus = cpus_in("8,0-3");

  EXPECT_EQ(cpus, (std::vector<int>{0, 1, 2, 3, 8}));
}

TEST(CpuList, IsEmptyWhenItIsNone) {
  EXPECT_TRUE(cpus_in("").empty());
  EXPECT_TRUE(cpus_in("none").empty());
  EXPECT_TRUE(cpus_in("0-99999999999").empty());
}

TEST(BindingPlan, KeepsWhatTheLauncherBound) {
  const auto plan = plan_binding(two_sockets(), {0, 4}, 1, 2);

  EXPECT_EQ(plan.by, "launcher");
  EXPECT_EQ(plan.cpus, (std::vector<int>{0, 4}));
  EXPECT_EQ(plan.cores, 1);
  EXPECT_FALSE(plan.is_change);
}

TEST(BindingPlan, LeavesAllToASingleRank) {
  const auto plan = plan_binding(two_sockets(), numbers_of(two_sockets()), 0, 1);

  EXPECT_EQ(plan.by, "nobody: one rank may use all");
  EXPECT_EQ(plan.cpus.size(), 8U);
  EXPECT_EQ(plan.cores, 4);
  EXPECT_FALSE(plan.is_change);
}

TEST(BindingPlan, GivesEachOfTwoRanksOneSocketWithBothThreadsOfItsCores) {
  EXPECT_EQ(shared_out(two_sockets(), 0, 2), "0-1,4-5");
  EXPECT_EQ(shared_out(two_sockets(), 1, 2), "2-3,6-7");
}

TEST(BindingPlan, GivesEachOfFourRanksOneWholeCore) {
  EXPECT_EQ(shared_out(two_sockets(), 0, 4), "0,4");
  EXPECT_EQ(shared_out(two_sockets(), 3, 4), "3,7");
}

TEST(BindingPlan, UsesEveryCoreWhenRanksDoNotDivideThem) {
  EXPECT_EQ(shared_out(two_sockets(), 0, 3), "0,4");
  EXPECT_EQ(shared_out(two_sockets(), 1, 3), "1,5");
  EXPECT_EQ(shared_out(two_sockets(), 2, 3), "2-3,6-7");
}

TEST(BindingPlan, SaysThatItSetsTheShare) {
  const auto plan = plan_binding(two_sockets(), numbers_of(two_sockets()), 2, 3);

  EXPECT_EQ(plan.by, "shortfall");
  EXPECT_EQ(plan.cores, 2);
  EXPECT_TRUE(plan.is_change);
}

TEST(BindingPlan, KeepsARankWithinOneNumaNodeOfAPackage) {
  std::vector<LogicalCpu> cpus;  // one package; even cores are near one memory, odd ones the other
  for (int number = 0; number < 4; ++number)
    cpus.push_back({number, number % 2, 0, number, number});

  EXPECT_EQ(shared_out(cpus, 0, 2), "0,2");
  EXPECT_EQ(shared_out(cpus, 1, 2), "1,3");
}

TEST(BindingPlan, CountsCoresRatherThanThreadsOnAHybridWithOfflineCpus) {
  // A core of two threads, one whose second thread is offline, and two without second threads.
  const std::vector<LogicalCpu> cpus{
      {0, 0, 0, 0, 0}, {1, 0, 0, 0, 0}, {2, 0, 0, 4, 2}, {6, 0, 0, 8, 6}, {7, 0, 0, 9, 7}};

  EXPECT_EQ(shared_out(cpus, 0, 4), "0-1");
  EXPECT_EQ(shared_out(cpus, 1, 4), "2");
  EXPECT_EQ(shared_out(cpus, 3, 4), "7");
}

TEST(BindingPlan, BindsNobodyWhenRanksOutnumberCores) {
  const std::vector<LogicalCpu> cpus{{0, 0, 0, 0, 0}, {1, 0, 0, 1, 1}};

  const auto plan = plan_binding(cpus, {0, 1}, 4, 5);

  EXPECT_EQ(plan.by, "nobody: 5 ranks on 2 cores");
  EXPECT_EQ(plan.cpus, (std::vector<int>{0, 1}));
  EXPECT_TRUE(plan.is_shared);
  EXPECT_FALSE(plan.is_change);
}

TEST(BindingPlan, KnowsThatRanksShareCoresThoughTheLauncherBoundThem) {
  const auto plan = plan_binding(two_sockets(), {0, 4}, 0, 5);

  EXPECT_EQ(plan.by, "launcher");
  EXPECT_TRUE(plan.is_shared);
}

TEST(BindingPlan, TakesEveryCpuForACoreWhereTheSystemSaysNothing) {
  const auto plan = plan_binding({}, {4, 5}, 1, 2);

  EXPECT_EQ(plan.by, "shortfall");
  EXPECT_EQ(plan.cpus, (std::vector<int>{5}));
}

// A folder that looks like / of a machine with CPUs 0 to 3 online: two cores of two threads on two
// NUMA nodes.
class UsableCpus : public testing::Test {
 protected:
  UsableCpus() {
    write("sys/devices/system/cpu/online", "0-3");
    write("sys/devices/system/node/online", "0-1");
    write("sys/devices/system/node/node0/cpulist", "0,2");
    write("sys/devices/system/node/node1/cpulist", "1,3");
    for (int cpu = 0; cpu < 4; ++cpu) {
      const std::string topology =
          "sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/";
      write(topology + "physical_package_id", "0");
      write(topology + "core_id", std::to_string(10 + cpu % 2));
      write(topology + "thread_siblings_list", cpu % 2 == 0 ? "0,2" : "1,3");
    }
  }
  ~UsableCpus() override { fs::remove_all(root_); }

  void write(const fs::path& file, const std::string& line) {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << line << '\n';
  }
  const fs::path& root() const { return root_; }

 private:
  static fs::path new_folder() {
    std::string name = (fs::temp_directory_path() / "shortfall_binding_XXXXXX").string();
    return mkdtemp(name.data());
  }
  fs::path root_ = new_folder();
};

TEST_F(UsableCpus, AreAllThatAreOnlineWithoutCgroups) {
  const auto cpus = usable_cpus(root());

  EXPECT_EQ(cpu_list(numbers_of(cpus)), "0-3");
}

TEST_F(UsableCpus, KnowTheirPlace) {
  const auto cpus = usable_cpus(root());

  ASSERT_EQ(cpus.size(), 4U);
  EXPECT_EQ(cpus[3].numa_node, 1);
  EXPECT_EQ(cpus[3].core, 11);
  EXPECT_EQ(cpus[3].first_sibling, 1);
}

TEST_F(UsableCpus, AreThoseOfTheOwnGroupOfVersion2) {
  write("proc/self/cgroup", "0::/slurm/job_7");
  write("sys/fs/cgroup/cpuset.cpus.effective", "0-3");
  write("sys/fs/cgroup/slurm/job_7/cpuset.cpus.effective", "1,3");

  const auto cpus = usable_cpus(root());

  EXPECT_EQ(cpu_list(numbers_of(cpus)), "1,3");
}

TEST_F(UsableCpus, AreThoseOfTheNextGroupAboveThatSays) {
  write("proc/self/cgroup", "0::/slurm/job_7/step_0");
  write("sys/fs/cgroup/slurm/cpuset.cpus.effective", "0,2");

  const auto cpus = usable_cpus(root());

  EXPECT_EQ(cpu_list(numbers_of(cpus)), "0,2");
}

TEST_F(UsableCpus, AreThoseOfTheCpusetOfVersion1) {
  write("proc/self/cgroup", "4:memory:/\n3:cpuset:/docker/f00\n0::/");
  write("sys/fs/cgroup/cpuset/cpuset.effective_cpus", "2");

  const auto cpus = usable_cpus(root());

  EXPECT_EQ(cpu_list(numbers_of(cpus)), "2");
}

TEST_F(UsableCpus, AreEmptyWhereTheSystemSaysNothing) {
  const auto cpus = usable_cpus(root() / "elsewhere");

  EXPECT_TRUE(cpus.empty());
}

TEST(BindRank, ReportsTheMaskThatItFinds) {
  const Bound bound = bind_rank(std::nullopt);

  EXPECT_EQ(bound.set, bound.found);
  EXPECT_EQ(static_cast<std::size_t>(bound.cpus), cpus_in(bound.found).size());
  EXPECT_EQ(static_cast<std::size_t>(bound.cores), cpus_in(bound.core_list).size());
}

TEST(BindRank, MovesThisThreadToItsShare) {
  const auto before = cpus_in(bind_rank(std::nullopt).found);
  if (before.size() < 2) GTEST_SKIP() << "needs two CPUs";
  cpu_set_t all;
  ASSERT_EQ(sched_getaffinity(0, sizeof all, &all), 0);

  // Where /sys says nothing, every CPU of the mask counts as a core.
  const Bound bound = bind_rank(Launched{"mpirun", 1, 2, 1, 2, "", ""}, "/nowhere");

  cpu_set_t now;
  const int answer = sched_getaffinity(0, sizeof now, &now);
  sched_setaffinity(0, sizeof all, &all);
  ASSERT_EQ(answer, 0);
  EXPECT_EQ(bound.by, "shortfall");
  EXPECT_EQ(CPU_COUNT(&now), bound.cpus);
  EXPECT_EQ(bound.core_list, bound.set);
  EXPECT_TRUE(CPU_ISSET(static_cast<std::size_t>(before.back()), &now));
}

class YieldWhenShared : public testing::Test {
 protected:
  static constexpr const char* variable = "OMPI_MCA_mpi_yield_when_idle";
  YieldWhenShared() { unsetenv(variable); }
  ~YieldWhenShared() override { unsetenv(variable); }
};

TEST_F(YieldWhenShared, TellsOpenMpiToYield) {
  const std::string set = yield_when_shared({.is_shared = true});

  EXPECT_EQ(set, "OMPI_MCA_mpi_yield_when_idle=1");
  EXPECT_STREQ(std::getenv(variable), "1");
}

TEST_F(YieldWhenShared, KeepsWhatTheUserChose) {
  setenv(variable, "0", 1);

  const std::string set = yield_when_shared({.is_shared = true});

  EXPECT_EQ(set, "");
  EXPECT_STREQ(std::getenv(variable), "0");
}

TEST_F(YieldWhenShared, DoesNothingWhereEachRankHasACore) {
  const std::string set = yield_when_shared({.is_shared = false});

  EXPECT_EQ(set, "");
  EXPECT_EQ(std::getenv(variable), nullptr);
}

}  // namespace
}  // namespace shortfall
