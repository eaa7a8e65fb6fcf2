#include "diagnosis/drift.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "faulty_cluster.hpp"

namespace shortfall {
namespace {

using Kind = Drift::Kind;

std::string text_of(const Drift& d) {
  return fmt::format("{} on {}: {} instead of {} ({} of {}, {} differ) kind {} device {}",
                     d.attribute, d.host, d.value, d.majority, d.sharing, d.hosts, d.differing,
                     static_cast<int>(d.kind), d.device);
}

std::vector<std::string> texts_of(const std::vector<Drift>& drift) {
  std::vector<std::string> texts;
  for (const Drift& d : drift) texts.push_back(text_of(d));
  return texts;
}

std::vector<std::string> texts_of(const std::vector<Finding>& findings) {
  std::vector<std::string> texts;
  for (const Finding& f : findings) texts.push_back(f.host + " " + f.kind + " " + f.reason);
  return texts;
}

TEST(Drift, IsNoneAmongEqualHosts) {
  EXPECT_EQ(texts_of(drift_of(made_up_cluster(64))), std::vector<std::string>());
  EXPECT_TRUE(drift_of({}).empty());
  EXPECT_TRUE(drift_of({made_up_host(1)}).empty());
  EXPECT_TRUE(drift_of({Host{}, Host{}, Host{}}).empty());
}

TEST(Drift, DoesNotDependOnTheOrderOfHosts) {
  std::vector<Host> hosts = faulty_cluster();
  const auto found = drift_of(hosts);
  std::mt19937 random(1);
  for (int i = 0; i < 3; ++i) {
    std::ranges::shuffle(hosts, random);

    EXPECT_EQ(texts_of(drift_of(hosts)), texts_of(found));
    EXPECT_EQ(texts_of(drift_findings(drift_of(hosts))), texts_of(drift_findings(found)));
  }
}

TEST(Drift, NamesTheMissingGpuAndAllItsFigures) {
  std::vector<Host> hosts = made_up_cluster(8);
  drop(hosts[6].gpus, 4);

  const auto findings = drift_findings(drift_of(hosts));

  ASSERT_EQ(findings.size(), 1U);
  const Finding& f = findings[0];
  EXPECT_EQ(f.severity, Finding::Severity::fail);
  EXPECT_EQ(f.kind, "missing_device");
  EXPECT_EQ(f.host, "node00006");
  EXPECT_EQ(f.device, "0000:9d:00.0");
  EXPECT_EQ(f.metric, "gpus");
  EXPECT_EQ(f.value, 7);
  EXPECT_EQ(f.expected, 8);
  EXPECT_NE(f.reason.find("missing: 0000:9d:00.0"), std::string::npos) << f.reason;
}

TEST(Drift, TellsHowManyShareTheMinoritysValue) {
  std::vector<Host> hosts = made_up_cluster(10);
  for (const std::size_t i : {2U, 3U, 7U}) hosts[i].os.kernel = "Linux 6.1";

  const auto drift = drift_of(hosts);

  ASSERT_EQ(drift.size(), 3U);
  EXPECT_EQ(drift[2].host, "node00007");
  EXPECT_EQ(drift[2].sharing, 3);
  EXPECT_EQ(drift[2].hosts, 10);
  EXPECT_NE(drift_findings(drift)[0].reason.find("3 hosts share"), std::string::npos);
}

TEST(Drift, NamesBothValuesAndTheirHostsWhereNoneHasAMajority) {
  std::vector<Host> hosts = made_up_cluster(4);
  hosts[1].os.kernel = hosts[2].os.kernel = "Linux 6.1";

  const auto drift = drift_of(hosts);
  const auto findings = drift_findings(drift);

  EXPECT_EQ(drift.size(), 4U);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].host, "");
  EXPECT_NE(findings[0].reason.find("Linux 6.1 on node00001, node00002"), std::string::npos)
      << findings[0].reason;
  EXPECT_NE(findings[0].reason.find("Linux 5.15.0-1062-nvidia on node00000, node00003"),
            std::string::npos);
}

TEST(Drift, OfTwoHostsNamesBoth) {
  std::vector<Host> hosts = made_up_cluster(2);
  drop(hosts[1].gpus, 0);

  const auto findings = drift_findings(drift_of(hosts));

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Finding::Severity::fail);
  EXPECT_EQ(findings[0].device, "0000:1b:00.0");
  EXPECT_NE(findings[0].reason.find("7 on node00001; 8 on node00000"), std::string::npos)
      << findings[0].reason;
}

TEST(Drift, IsNoneInWhatTellsEveryHostFromTheOthers) {
  std::vector<Host> hosts = made_up_cluster(12);
  for (Host& host : hosts) {
    host.environment.emplace_back("SLURM_TASK_PID", host.name);
    host.os.versions.emplace_back("serial", host.name);
  }

  EXPECT_EQ(texts_of(drift_of(hosts)), std::vector<std::string>());
}

TEST(Drift, IsNoneInTheAddressesOfVirtualMachines) {
  std::vector<Host> hosts = made_up_cluster(9);
  for (std::size_t h = 0; h < hosts.size(); ++h) {
    for (Gpu& gpu : hosts[h].gpus) gpu.slot.address.replace(2, 2, fmt::format("{:02}", h % 4));
    for (std::size_t i = 0; i < hosts[h].nics.size(); ++i) {
      hosts[h].nics[i].slot.address = fmt::format("{:04}:00:{:02}.0", h % 4, i);
      hosts[h].nics[i].name = fmt::format("rdmap{}s{}", h % 4, i);
      hosts[h].nics[i].interfaces[0].name = fmt::format("enp{}s{}", h % 4, i);
    }
  }
  EXPECT_EQ(texts_of(drift_of(hosts)), std::vector<std::string>());

  hosts[5].gpus.pop_back();
  hosts[2].gpus[6].facts.ecc = false;
  EXPECT_EQ(
      texts_of(drift_of(hosts)),
      (std::vector<std::string>{
          "gpus on node00005: 7 instead of 8 (1 of 9, 1 differ) kind 2 device ",
          "gpus[#6].facts.ecc on node00002: no instead of yes (1 of 9, 1 differ) kind 0 device "}));
}

TEST(Drift, IsToldOfAnAdapterThatIsCalledDifferentlyInTheSameSlot) {
  std::vector<Host> hosts = made_up_cluster(5);
  hosts[3].nics[4].name = "ibp64s0";

  const auto drift = drift_of(hosts);

  ASSERT_EQ(drift.size(), 1U);
  EXPECT_EQ(drift[0].attribute, "nics[mlx5_4].name");
  EXPECT_EQ(drift[0].value, "ibp64s0");
}

TEST(Drift, TakesAnIdleGpusWidthAndNotItsSpeed) {
  std::vector<Host> hosts = made_up_cluster(5);
  hosts[1].gpus[1].slot.current = {{2.5e9}, 4};

  const auto drift = drift_of(hosts);

  ASSERT_EQ(drift.size(), 1U);
  EXPECT_EQ(drift[0].attribute, "gpus[0000:43:00.0].slot.current");
  EXPECT_EQ(drift[0].value, "x4");
  EXPECT_EQ(drift[0].kind, Kind::degraded);
}

TEST(Drift, OfRanksHasWordsOfItsOwn) {
  std::vector<Host> hosts = made_up_cluster(3);
  hosts[2].ranks = 4;

  const auto findings = drift_findings(drift_of(hosts));

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, "uneven_ranks");
  EXPECT_EQ(findings[0].severity, Finding::Severity::warn);
  EXPECT_NE(findings[0].action.find("--ntasks-per-node"), std::string::npos);
}

TEST(Drift, OfThousandsOfHostsIsListedAndToldWithinLimits) {
  std::vector<Host> hosts = made_up_cluster(1001);
  for (std::size_t i = 0; i < 500; ++i) {
    hosts[i].os.kernel = "Linux 6.1";
    hosts[i].cpu.governor = "powersave";
    hosts[i].environment[0].second = std::to_string(i);
  }

  const auto drift = drift_of(hosts);
  const auto findings = drift_findings(drift);

  EXPECT_EQ(drift.size(), 64U + 64U + 256U);
  EXPECT_EQ(findings.size(), 3U * 17U);
  const auto rest = std::ranges::find(findings, "", &Finding::host);
  ASSERT_NE(rest, findings.end());
  EXPECT_EQ(rest->value, 484);
  EXPECT_NE(rest->reason.find("484 more of the 1001 hosts"), std::string::npos) << rest->reason;
}

TEST(Drift, InEverythingStaysReadable) {
  std::vector<Host> hosts = made_up_cluster(41);
  for (std::size_t i = 0; i < 20; ++i) {
    for (int n = 0; n < 400; ++n) {
      hosts[i].environment.emplace_back(fmt::format("UCX_{:03}", n), "1");
    }
  }

  const auto findings = drift_findings(drift_of(hosts));

  EXPECT_EQ(findings.size(), 257U);
  EXPECT_EQ(findings.back().value, 400 * 17 - 256);
}

}  // namespace
}  // namespace shortfall
