// What is read from the environments of launchers.
#include <gtest/gtest.h>

#include <map>

#include "backends/world.hpp"

namespace shortfall {
namespace {

using Variables = std::map<std::string, std::string>;

std::optional<Launched> launched_with(const Variables& variables) {
  return launched([&](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  });
}

Variables open_mpi(const char* rank, const char* size, const char* local_size) {
  return {{"OMPI_COMM_WORLD_RANK", rank},
          {"OMPI_COMM_WORLD_SIZE", size},
          {"OMPI_COMM_WORLD_LOCAL_RANK", "1"},
          {"OMPI_COMM_WORLD_LOCAL_SIZE", local_size},
          {"OMPI_MCA_orte_hnp_uri", "77.0;tcp://192.0.2.2,10.0.0.2:35005;tcp6://[fd00::2]:52805"}};
}

Variables slurm_step() {
  return {{"SLURM_JOB_ID", "4711"},
          {"SLURM_STEP_ID", "2"},
          {"SLURM_PROCID", "6"},
          {"SLURM_NTASKS", "7"},
          {"SLURM_LOCALID", "0"},
          {"SLURM_NODEID", "3"},
          {"SLURM_STEP_TASKS_PER_NODE", "2(x3),1"},
          {"SLURM_STEP_NODELIST", "node[07-09,12]"}};
}

// The `changes` win.
Variables with(Variables changes, Variables others) {
  changes.merge(others);
  return changes;
}

TEST(Launched, IsNothingInAnEmptyEnvironment) {
  const auto job = launched_with({});

  EXPECT_FALSE(job);
}

TEST(Launched, ReadsRankAndSizesOfOpenMpi) {
  const auto job = launched_with(open_mpi("3", "4", "2"));

  ASSERT_TRUE(job);
  EXPECT_EQ(job->launcher, "mpirun");
  EXPECT_EQ(job->rank, 3);
  EXPECT_EQ(job->size, 4);
  EXPECT_EQ(job->local_rank, 1);
  EXPECT_EQ(job->local_size, 2);
}

TEST(Launched, TakesEveryTcpAddressOfMpirun) {
  const auto job = launched_with(open_mpi("3", "4", "2"));

  ASSERT_TRUE(job);
  EXPECT_EQ(job->first, "192.0.2.2,10.0.0.2,fd00::2");
}

TEST(Launched, MeetsOnTheLoopbackWhenAllRanksAreOnOneHost) {
  const auto job = launched_with(open_mpi("1", "4", "4"));

  ASSERT_TRUE(job);
  EXPECT_EQ(job->first, "127.0.0.1");
}

TEST(Launched, NamesTheJobByTheAddressOfMpirunWithoutPmix) {
  const auto job = launched_with(open_mpi("1", "4", "2"));

  ASSERT_TRUE(job);
  EXPECT_EQ(job->job, "77.0");
}

TEST(Launched, NamesTheJobByNamespaceAndRandomKeyOfOpenMpi) {
  const auto job = launched_with(with(
      {{"PMIX_NAMESPACE", "1978662913"}, {"OMPI_MCA_orte_precondition_transports", "b1e2-03a0"}},
      open_mpi("1", "4", "2")));

  ASSERT_TRUE(job);
  EXPECT_EQ(job->job, "1978662913/b1e2-03a0");
}

TEST(Launched, TakesTheRankOfPmixWhereOpenMpiGivesOnlyTheSize) {
  const auto job = launched_with(
      {{"PMIX_NAMESPACE", "prterun-vm-1@1"}, {"PMIX_RANK", "2"}, {"OMPI_COMM_WORLD_SIZE", "3"}});

  ASSERT_TRUE(job);
  EXPECT_EQ(job->rank, 2);
  EXPECT_EQ(job->job, "prterun-vm-1@1");
}

TEST(Launched, ReadsAStepOfSlurm) {
  const auto job = launched_with(slurm_step());

  ASSERT_TRUE(job);
  EXPECT_EQ(job->launcher, "srun");
  EXPECT_EQ(job->rank, 6);
  EXPECT_EQ(job->size, 7);
  EXPECT_EQ(job->job, "4711.2");
  EXPECT_EQ(job->first, "node07");
}

TEST(Launched, CountsTheTasksOfItsOwnNode) {
  const auto last = launched_with(slurm_step());
  const auto third = launched_with(with({{"SLURM_NODEID", "2"}}, slurm_step()));

  ASSERT_TRUE(last && third);
  EXPECT_EQ(last->local_size, 1);
  EXPECT_EQ(third->local_size, 2);
}

TEST(Launched, IsNothingInABatchScriptOfSlurm) {
  const auto job =
      launched_with({{"SLURM_JOB_ID", "4711"}, {"SLURM_NTASKS", "8"}, {"SLURM_PROCID", "0"}});

  EXPECT_FALSE(job);
}

TEST(Launched, IsNothingInAnInteractiveShellOfSlurm) {
  const auto job = launched_with(with({{"SLURM_STEP_ID", "4294967290"}}, slurm_step()));

  EXPECT_FALSE(job);
}

TEST(Launched, ExpandsEveryBracketOfTheFirstNodeName) {
  const auto job =
      launched_with(with({{"SLURM_STEP_NODELIST", "rack[2,4]n[013-015],gpu3"}}, slurm_step()));

  ASSERT_TRUE(job);
  EXPECT_EQ(job->first, "rack2n013");
}

TEST(Launched, TakesAPlainNodeNameAsItIs) {
  const auto job = launched_with(with({{"SLURM_STEP_NODELIST", "gpu3,gpu5"}}, slurm_step()));

  ASSERT_TRUE(job);
  EXPECT_EQ(job->first, "gpu3");
}

TEST(Launched, ReadsHydra) {
  const auto job = launched_with(
      {{"PMI_RANK", "1"}, {"PMI_SIZE", "4"}, {"MPI_LOCALRANKID", "1"}, {"MPI_LOCALNRANKS", "2"}});

  ASSERT_TRUE(job);
  EXPECT_EQ(job->launcher, "mpiexec");
  EXPECT_EQ(job->rank, 1);
  EXPECT_EQ(job->size, 4);
  EXPECT_EQ(job->local_size, 2);
  EXPECT_EQ(job->first, "");
}

TEST(Launched, BelievesMpirunRatherThanTheStepThatStartedItsDaemon) {
  const auto job = launched_with(with(open_mpi("3", "4", "2"), slurm_step()));

  ASSERT_TRUE(job);
  EXPECT_EQ(job->launcher, "mpirun");
  EXPECT_EQ(job->rank, 3);
}

TEST(Launched, BelievesTheStepOfSlurmThatSpeaksPmi) {
  const auto job = launched_with(with({{"PMI_RANK", "6"}, {"PMI_SIZE", "7"}}, slurm_step()));

  ASSERT_TRUE(job);
  EXPECT_EQ(job->launcher, "srun");
}

TEST(Launched, IsNothingWhereTheRankIsNoNumberOrTooLarge) {
  const auto word = launched_with(open_mpi("first", "4", "2"));
  const auto large = launched_with(open_mpi("4", "4", "2"));

  EXPECT_FALSE(word);
  EXPECT_FALSE(large);
}

}  // namespace
}  // namespace shortfall
