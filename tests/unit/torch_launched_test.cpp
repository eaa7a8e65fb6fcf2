// What is read from the environments of torchrun and its like, and which way it leads into the job.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

#include "backends/joining.hpp"
#include "backends/process.hpp"
#include "core/error.hpp"
#include "tests/unit/refusal.hpp"
#include "tests/unit/tcp_ranks.hpp"

namespace shortfall {
namespace {

using Variables = std::map<std::string, std::string>;
using Changes = std::vector<std::string>;

Environment environment_of(const Variables& variables) {
  return [&](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  };
}

std::optional<Launched> launched_with(const Variables& variables) {
  return launched(environment_of(variables));
}

std::string fault_with(const Variables& variables) {
  return fault_of_launch(environment_of(variables));
}

// Changed by "NAME=value"; by "NAME=", as if it were not set.
Variables ranks(const Changes& changes = {}) {
  Variables all{{"RANK", "5"},
                {"WORLD_SIZE", "8"},
                {"LOCAL_RANK", "1"},
                {"LOCAL_WORLD_SIZE", "4"},
                {"MASTER_ADDR", "node07"},
                {"MASTER_PORT", "29500"}};
  for (const std::string& change : changes) {
    const std::size_t equals = change.find('=');
    all[change.substr(0, equals)] = change.substr(equals + 1);
  }
  return all;
}

TEST(TorchLaunched, ReadsTorchrun) {
  const auto job = launched_with(ranks({"TORCHELASTIC_RUN_ID=run7"}));

  ASSERT_TRUE(job);
  EXPECT_EQ(job->launcher, "torchrun");
  EXPECT_EQ(job->rank, 5);
  EXPECT_EQ(job->size, 8);
  EXPECT_EQ(job->local_rank, 1);
  EXPECT_EQ(job->local_size, 4);
  EXPECT_EQ(job->job, "run7:29500");
  EXPECT_EQ(job->first, "node07");
  EXPECT_EQ(job->master, "node07");
  EXPECT_EQ(job->master_port, 29500);
  EXPECT_FALSE(job->brings_mpi);
}

TEST(TorchLaunched, ReadsOthersThatSetTheSameVariables) {
  const auto job = launched_with(ranks());

  ASSERT_TRUE(job);
  EXPECT_EQ(job->launcher, "a launcher that sets RANK");
  EXPECT_EQ(job->job, ":29500");
}

TEST(TorchLaunched, MeetsOnTheLoopbackWhenAllRanksAreOnOneHost) {
  const auto job = launched_with(ranks({"LOCAL_WORLD_SIZE=8", "LOCAL_RANK=5"}));

  ASSERT_TRUE(job);
  EXPECT_EQ(job->first, "127.0.0.1");
  EXPECT_EQ(job->master, "127.0.0.1");
}

TEST(TorchLaunched, SaysThatItWasNotToldOfItsHost) {
  for (const auto& variables : {ranks({"LOCAL_WORLD_SIZE=", "LOCAL_RANK="}),
                                ranks({"LOCAL_WORLD_SIZE=x", "LOCAL_RANK=x"})}) {
    const auto job = launched_with(variables);

    ASSERT_TRUE(job);
    EXPECT_EQ(job->local_rank, -1);
    EXPECT_EQ(job->local_size, 0);
  }
}

TEST(TorchLaunched, KeepsALocalRankWithoutALocalSize) {
  const auto job = launched_with(ranks({"LOCAL_WORLD_SIZE="}));

  ASSERT_TRUE(job);
  EXPECT_EQ(job->local_rank, 1);
  EXPECT_EQ(job->local_size, 0);
}

TEST(TorchLaunched, IsAloneOnItsHostAsTheOnlyRank) {
  const auto job =
      launched_with(ranks({"RANK=0", "WORLD_SIZE=1", "LOCAL_WORLD_SIZE=", "LOCAL_RANK="}));

  ASSERT_TRUE(job);
  EXPECT_EQ(job->local_rank, 0);
  EXPECT_EQ(job->local_size, 1);
}

// Of nothing else than the variables that stand in ranks().
struct Half {
  Changes changes;
  std::string says;
};
class HalfLaunched : public testing::TestWithParam<Half> {};

TEST_P(HalfLaunched, IsNothingAndAFault) {
  const Variables variables = ranks(GetParam().changes);

  EXPECT_FALSE(launched_with(variables));
  EXPECT_TRUE(tcp::says(fault_with(variables), GetParam().says)) << fault_with(variables);
}

INSTANTIATE_TEST_SUITE_P(
    Of, HalfLaunched,
    testing::Values(Half{{"RANK="},
                         "WORLD_SIZE=8 tells of several ranks, but these are not set: RANK."},
                    Half{{"MASTER_ADDR="}, "not set: MASTER_ADDR."},
                    Half{{"MASTER_PORT="}, "not set: MASTER_PORT."},
                    Half{{"RANK=", "MASTER_PORT="}, "not set: RANK, MASTER_PORT."},
                    Half{{"RANK=8"}, "RANK=8 is no rank of WORLD_SIZE=8"},
                    Half{{"RANK=-1"}, "RANK=-1 is no rank"},
                    Half{{"RANK=first"}, "RANK=first is no rank"},
                    Half{{"MASTER_PORT=0"}, "MASTER_PORT=0 is no port"},
                    Half{{"MASTER_PORT=65536"}, "MASTER_PORT=65536 is no port"},
                    Half{{"MASTER_PORT=x"}, "MASTER_PORT=x is no port"}));

class NotLaunched : public testing::TestWithParam<Changes> {};

TEST_P(NotLaunched, IsNothingAndNoFault) {
  const Variables variables = ranks(GetParam());

  EXPECT_FALSE(launched_with(variables));
  EXPECT_EQ(fault_with(variables), "");
}

INSTANTIATE_TEST_SUITE_P(Of, NotLaunched,
                         testing::Values(Changes{"WORLD_SIZE="}, Changes{"WORLD_SIZE=many"},
                                         Changes{"WORLD_SIZE=0"}, Changes{"WORLD_SIZE=1"},
                                         Changes{"WORLD_SIZE=1", "RANK=", "MASTER_ADDR="}));

TEST(TorchLaunched, IsNoFaultWhereAnotherLauncherIsKnown) {
  const Variables variables = ranks({"RANK=", "OMPI_COMM_WORLD_RANK=1", "OMPI_COMM_WORLD_SIZE=2"});

  EXPECT_EQ(launched_with(variables)->launcher, "mpirun");
  EXPECT_EQ(fault_with(variables), "");
}

TEST(TorchLaunched, GivesWayToMpirunAndMpiexec) {
  const auto by_mpirun = launched_with(ranks({"OMPI_COMM_WORLD_RANK=1", "OMPI_COMM_WORLD_SIZE=2"}));
  const auto by_mpiexec = launched_with(ranks({"PMI_RANK=1", "PMI_SIZE=2"}));

  EXPECT_EQ(by_mpirun->launcher, "mpirun");
  EXPECT_EQ(by_mpirun->rank, 1);
  EXPECT_TRUE(by_mpirun->brings_mpi);
  EXPECT_EQ(by_mpiexec->launcher, "mpiexec");
}

TEST(TorchLaunched, GivesWayToSrunUnlessTorchrunLeftItsMark) {
  const Changes step{"SLURM_JOB_ID=4711", "SLURM_STEP_ID=2", "SLURM_PROCID=1", "SLURM_NTASKS=2"};
  Variables marked = ranks(step);
  marked["TORCHELASTIC_RUN_ID"] = "run7";

  EXPECT_EQ(launched_with(ranks(step))->launcher, "srun");
  EXPECT_EQ(launched_with(marked)->launcher, "torchrun");
}

TEST(WayIntoJob, IsMpiWhereItIsUnlessTheLauncherBringsNone) {
  const auto by_mpirun = launched_with(ranks({"OMPI_COMM_WORLD_RANK=1", "OMPI_COMM_WORLD_SIZE=2"}));

  EXPECT_EQ(way_into(std::nullopt, true), Way::by_mpi);
  EXPECT_EQ(way_into(by_mpirun, true), Way::by_mpi);
  EXPECT_EQ(way_into(launched_with(ranks()), true), Way::by_tcp);
}

TEST(WayIntoJob, IsTcpWithoutMpiWhereSomebodyNamesAPlaceToMeet) {
  const auto by_mpirun = launched_with(ranks({"OMPI_COMM_WORLD_RANK=1", "OMPI_COMM_WORLD_SIZE=2"}));
  const auto one = launched_with(ranks({"OMPI_COMM_WORLD_RANK=0", "OMPI_COMM_WORLD_SIZE=1"}));

  EXPECT_EQ(way_into(launched_with(ranks()), false), Way::by_tcp);
  EXPECT_EQ(way_into(by_mpirun, false), Way::by_tcp);
  EXPECT_EQ(way_into(one, false), Way::alone);
  EXPECT_EQ(way_into(std::nullopt, false), Way::alone);
}

TEST(WayIntoJob, IsRefusedToSeveralRanksThatHaveNone) {
  const auto job = launched_with({{"OMPI_COMM_WORLD_RANK", "1"}, {"OMPI_COMM_WORLD_SIZE", "4"}});

  const std::string answer = refusal_of([&] { way_into(job, false); });

  EXPECT_TRUE(tcp::says(answer, "no MPI, but mpirun started 4 ranks", "MASTER_ADDR"));
}

// In the environment of this process.
class Places : public testing::Test {
 protected:
  ~Places() override {
    for (const auto& [name, value] : ranks()) unsetenv(name.c_str());
  }
  static void set(const Variables& variables) {
    for (const auto& [name, value] : variables) setenv(name.c_str(), value.c_str(), 1);
  }
};

TEST_F(Places, AreLearntWhereTheLauncherDidNotTell) {
  set(ranks({"RANK=1", "WORLD_SIZE=3", "LOCAL_RANK=x", "LOCAL_WORLD_SIZE="}));

  std::vector<std::string> learnt;
  tcp::on_ranks(3, [&](World& world) {
    if (world.rank() == 1) learnt = learn_places(world);
    world.barrier();
  });

  EXPECT_EQ(learnt, (std::vector<std::string>{"LOCAL_RANK=1", "LOCAL_WORLD_SIZE=3"}));
  EXPECT_EQ(launched()->local_size, 3);
  EXPECT_EQ(launched()->local_rank, 1);
}

TEST_F(Places, AreKeptAsTheLauncherToldThem) {
  set(ranks());

  EXPECT_TRUE(learn_places(*stay_alone()).empty());
}

}  // namespace
}  // namespace shortfall
