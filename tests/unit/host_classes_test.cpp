#include "diagnosis/host_classes.hpp"

#include <gtest/gtest.h>

#include "diagnosis/drift.hpp"
#include "made_up_cluster.hpp"

namespace shortfall {
namespace {

std::vector<std::string> attributes(const std::vector<Host>& hosts) {
  std::vector<std::string> found;
  for (const Drift& d : drift_of(hosts)) found.push_back(d.host + " " + d.attribute);
  return found;
}

TEST(HostClasses, KeepLoginAndCpuNodesApartFromGpuNodes) {
  std::vector<Host> hosts = made_up_cluster(12);
  for (int i = 12; i < 18; ++i) {
    Host& host = hosts.emplace_back(made_up_server(i));  // of the same CPU
    host.os.kernel = "Linux 4.18";
  }
  Host& login = hosts.emplace_back(made_up_server(18));
  login.cpu.model = "AMD EPYC 7313 16-Core Processor";
  login.cpu.cores = 16;

  EXPECT_EQ(host_classes(hosts).size(), 3U);
  EXPECT_EQ(attributes(hosts), std::vector<std::string>());
}

TEST(HostClasses, HoldAHostWhoseGpusHaveVanished) {
  std::vector<Host> hosts = made_up_cluster(12);
  hosts[4].gpus.clear();

  EXPECT_EQ(attributes(hosts), std::vector<std::string>{"node00004 gpus"});
}

TEST(HostClasses, HoldAHostWhoseGpusHaveNoDriver) {
  std::vector<Host> hosts = made_up_cluster(12);
  for (Gpu& gpu : hosts[4].gpus) {
    gpu.name = "10de:2330";
    gpu.driver = "";
    gpu.facts = {};
  }

  EXPECT_EQ(attributes(hosts), std::vector<std::string>{"node00004 gpus[*].driver"});
}

TEST(HostClasses, HoldAHostWithOneGpuOfAnotherModel) {
  std::vector<Host> hosts = made_up_cluster(12);
  hosts[4].gpus[7].name = "NVIDIA H100 PCIe";
  hosts[4].gpus[7].facts.units = 114;

  EXPECT_EQ(attributes(hosts), std::vector<std::string>{"node00004 gpus[0000:df:00.0].name"});
}

TEST(HostClasses, HoldASingleHostThatDiffersInItsCpuAlone) {
  std::vector<Host> hosts = made_up_cluster(12);
  hosts[4].cpu.model = "Intel(R) Xeon(R) Platinum 8470";
  hosts[4].cpu.microcode = "0x1";

  EXPECT_EQ(attributes(hosts), std::vector<std::string>{"node00004 cpu.model"});
}

TEST(HostClasses, AreComparedEachForItself) {
  std::vector<Host> hosts = made_up_cluster(12);
  for (int i = 12; i < 20; ++i) hosts.push_back(made_up_server(i));
  hosts[3].os.kernel = "Linux 6.1";
  hosts[14].cpu.governor = "ondemand";

  EXPECT_EQ(attributes(hosts),
            (std::vector<std::string>{"node00014 cpu.governor", "node00003 os.kernel"}));
}

}  // namespace
}  // namespace shortfall
