#include <gtest/gtest.h>

#include "diagnosis/transports.hpp"
#include "diagnosis/verdict.hpp"
#include "made_up_cluster.hpp"

namespace shortfall {
namespace {

// Two hosts whose ports are ACTIVE, and one result of a library between them.
Report report_of(const std::string& backend, Details details) {
  Report report;
  report.machine.hosts = made_up_cluster(2);
  for (Host& host : report.machine.hosts) host.environment.clear();
  Measured measured;
  const Seconds time{1e-6};
  measured.timing.throughput = summarize(std::span(&time, 1));
  measured.details = std::move(details);
  Result result{.key = "k", .benchmark = "b", .backend = backend, .outcome = measured};
  report.entries = {{result, {}, {}}};
  report.run.status = RunStatus::complete;
  return report;
}

Report over_mpi(const std::string& asked, const std::string& in_use = "ob1",
                const std::string& transports = "self, tcp, vader") {
  Details details{{"mpi", "Open MPI v4.1.4"}, {"pml", in_use}, {"btl", transports}};
  if (!asked.empty()) details.emplace_back("pml_asked", asked);
  return report_of("mpi", std::move(details));
}

TEST(Transports, RdmaPortsThatTheConfigurationKeepsOffAreAFinding) {
  for (const std::string asked : {"^ucx", "^cm,ucx", "ob1"}) {
    const auto findings = transports_kept_off(over_mpi(asked));

    ASSERT_EQ(findings.size(), 2U) << asked;
    EXPECT_EQ(findings[0].kind, "ucx_kept_off");
    EXPECT_EQ(findings[0].host, "node00000");
    EXPECT_NE(findings[0].reason.find("pml=" + asked), std::string::npos);
    EXPECT_NE(findings[0].reason.find("10 ports of RDMA are ACTIVE"), std::string::npos);
    EXPECT_NE(findings[0].action.find("--mca pml ucx"), std::string::npos);
  }
}

TEST(Transports, NothingIsSaidWhereUcxMayBeChosen) {
  for (const std::string asked : {"", "ucx", "ob1,ucx", "^cm"}) {
    EXPECT_TRUE(transports_kept_off(over_mpi(asked)).empty()) << asked;
  }
}

TEST(Transports, NothingIsSaidWhereMpiSendsByOtherThingsThanTcp) {
  EXPECT_TRUE(transports_kept_off(over_mpi("cm", "cm", "ofi, self")).empty()) << "EFA, Omni-Path";
  EXPECT_TRUE(transports_kept_off(over_mpi("^ucx", "")).empty()) << "not told";
  for (const char* transport : {"openib", "uct", "ofi"}) {
    const std::string all = std::string("self, tcp, vader, ") + transport;
    EXPECT_TRUE(transports_kept_off(over_mpi("^ucx", "ob1", all)).empty()) << transport;
  }
}

TEST(Transports, MpiIsKeptOffNothingWhereFewerThanTwoHostsHaveRdma) {
  Report none = over_mpi("^ucx"), one = none, software = none, down = none, efa = none,
         iwarp = none;
  for (Host& host : none.machine.hosts) host.nics.clear();
  one.machine.hosts.resize(1);
  for (Nic& nic : software.machine.hosts[0].nics) nic.vendor = "software";
  for (Nic& nic : down.machine.hosts[1].nics) nic.ports[0].state = "DOWN";
  for (Nic& nic : efa.machine.hosts[1].nics) nic.ports[0].link_layer = "Unspecified";
  for (Nic& nic : iwarp.machine.hosts[1].nics) nic.node_type = "RNIC";

  for (const Report* report : {&none, &one, &software, &down, &efa, &iwarp}) {
    EXPECT_TRUE(transports_kept_off(*report).empty());
  }
}

const char* const tcp_lanes = "tcp/eth0 (am, am_bw), tcp/eth1 (am_bw)";

TEST(Transports, UcxThatTookTcpAloneIsAFindingOfEachHostWithRdma) {
  const auto findings = transports_kept_off(report_of("ucx", {{"transports", tcp_lanes}}));

  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].kind, "sockets_in_use");
  EXPECT_EQ(findings[0].metric, "ucx");
  EXPECT_EQ(findings[0].severity, Finding::Severity::warn);
  EXPECT_EQ(findings[1].host, "node00001");
  EXPECT_NE(findings[0].reason.find("tcp/eth0"), std::string::npos);
  EXPECT_NE(findings[0].reason.find("10 ports of RDMA are ACTIVE"), std::string::npos)
      << findings[0].reason;
  EXPECT_NE(findings[0].action.find("ucx_info -d"), std::string::npos);
}

TEST(Transports, WhoAskedUcxForTcpIsToldSo) {
  const auto findings =
      transports_kept_off(report_of("ucx", {{"transports", tcp_lanes}, {"UCX_TLS", "tcp,self"}}));

  ASSERT_EQ(findings.size(), 2U);
  EXPECT_NE(findings[0].reason.find("with UCX_TLS=tcp,self"), std::string::npos);
  EXPECT_NE(findings[0].action.find("unless TCP is what you want"), std::string::npos);
}

TEST(Transports, UcxOverRdmaOrSharedMemoryIsNoFinding) {
  for (const char* lanes : {"rc_mlx5/mlx5_0:1 (am, am_bw), tcp/eth0 (rma_bw)",
                            "posix/memory (am), cma/memory (rma_bw)", ""}) {
    EXPECT_TRUE(transports_kept_off(report_of("ucx", {{"transports", lanes}})).empty()) << lanes;
  }
}

TEST(Transports, SocketsAreNoFindingWhereFewerThanTwoHostsHaveRdma) {
  Report one = report_of("ucx", {{"transports", tcp_lanes}}), software = one, down = one;
  one.machine.hosts.resize(1);
  for (Nic& nic : software.machine.hosts[0].nics) nic.vendor = "software";
  for (Nic& nic : down.machine.hosts[1].nics) nic.ports[0].state = "DOWN";

  EXPECT_TRUE(transports_kept_off(one).empty());
  EXPECT_TRUE(transports_kept_off(software).empty());
  EXPECT_TRUE(transports_kept_off(down).empty());
}

TEST(Transports, VariablesThatKeepNcclToSocketsAreAFinding) {
  const Variables kept_off{{"NCCL_IB_DISABLE", "1"}, {"NCCL_NET", "socket"},
                           {"NCCL_IB_HCA", "bnxt"},  {"NCCL_IB_HCA", "^mlx5"},
                           {"NCCL_IB_HCA", "=mlx5"}, {"NCCL_IB_HCA", "mlx5_0:2"}};
  for (const auto& variable : kept_off) {
    Report report = report_of("nccl", {});
    report.machine.hosts[1].environment = {variable};

    const auto findings = transports_kept_off(report);

    ASSERT_EQ(findings.size(), 1U) << variable.first << "=" << variable.second;
    EXPECT_EQ(findings[0].host, "node00001");
    EXPECT_EQ(findings[0].metric, "nccl");
    EXPECT_NE(findings[0].reason.find(variable.first + "=" + variable.second), std::string::npos);
    EXPECT_NE(findings[0].action.find("unset " + variable.first), std::string::npos);
  }
}

TEST(Transports, VariablesThatLeaveNcclAnAdapterAreNoFinding) {
  const Variables harmless{{"NCCL_IB_DISABLE", "0"},   {"NCCL_NET", "IB"},
                           {"NCCL_IB_HCA", "mlx5"},    {"NCCL_IB_HCA", "=mlx5_3:1"},
                           {"NCCL_IB_HCA", "^mlx5_0"}, {"NCCL_IB_HCA", ""}};
  for (const auto& variable : harmless) {
    Report report = report_of("nccl", {});
    report.machine.hosts[1].environment = {variable};
    EXPECT_TRUE(transports_kept_off(report).empty()) << variable.first << "=" << variable.second;
  }
  Report unused = report_of("mpi", {});
  unused.machine.hosts[1].environment = {{"NCCL_IB_DISABLE", "1"}};
  EXPECT_TRUE(transports_kept_off(unused).empty());
}

TEST(Transports, VariablesOfInfiniBandAreNoFindingWhereAPlugInIsNamed) {
  Report report = report_of("nccl", {});
  report.machine.hosts[1].environment = {{"NCCL_IB_DISABLE", "1"}, {"NCCL_NET", "AWS Libfabric"}};

  EXPECT_TRUE(transports_kept_off(report).empty());
}

TEST(Transports, NeitherNcclNorUcxIsKeptOffPortsThatTheyCannotUse) {
  for (const auto& [backend, details] :
       {std::pair{"nccl", Details{}}, std::pair{"ucx", Details{{"transports", tcp_lanes}}}}) {
    Report efa = report_of(backend, details), iwarp = efa;
    for (Host& host : efa.machine.hosts) {
      host.environment = {{"NCCL_IB_DISABLE", "1"}};
      for (Nic& nic : host.nics) nic.ports[0].link_layer = "Unspecified";
    }
    for (Host& host : iwarp.machine.hosts) {
      host.environment = {{"NCCL_IB_HCA", "mlx4"}};
      for (Nic& nic : host.nics) nic.node_type = "RNIC";
    }
    EXPECT_TRUE(transports_kept_off(efa).empty()) << backend;
    EXPECT_TRUE(transports_kept_off(iwarp).empty()) << backend;
  }
}

TEST(Transports, TheVerdictWarnsOnce) {
  const Report once = diagnosed(over_mpi("^ucx"));

  EXPECT_EQ(once.verdict.status, Status::warn);
  EXPECT_EQ(diagnosed(once).findings.size(), once.findings.size());
  const Report sockets = diagnosed(report_of("ucx", {{"transports", tcp_lanes}}));
  EXPECT_EQ(diagnosed(sockets).findings.size(), sockets.findings.size());
}

}  // namespace
}  // namespace shortfall
