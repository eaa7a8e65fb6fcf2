// What a user says must be there, and what of it is not.
#include "diagnosis/expect.hpp"

#include <gtest/gtest.h>

#include "made_up_cluster.hpp"
#include "refusal.hpp"

namespace shortfall {
namespace {

Machine machine_of(int hosts) {
  Machine machine;
  machine.hosts = made_up_cluster(hosts);
  return machine;
}

std::vector<Finding> unmet_of(const std::string& json, const Machine& machine) {
  return unmet(parsed_expectation(json, "expect.json"), machine);
}

std::string refusal(const std::string& json) {
  return refusal_of([&] { parsed_expectation(json, "expect.json"); });
}

constexpr const char* all_of_it = R"({
  "hosts": 4, "gpus_per_host": 8, "gpu": "h100", "nics_per_host": 10, "numa_nodes": 2, "cores": 112,
  "memory": "2 TiB", "ranks_per_host": 8,
  "link_rates": {"rdma": "400 Gbit/s", "ethernet": {"value": 25, "unit": "Gbit/s"},
                 "pcie": "Gen5 x16"}})";

TEST(Expectation, IsMetByWhatItDescribes) {
  EXPECT_TRUE(unmet_of(all_of_it, machine_of(4)).empty());
  EXPECT_TRUE(unmet_of("{}", machine_of(1)).empty());
}

TEST(Expectation, NamesWhatIsMissingOnWhichHost) {
  Machine machine = machine_of(4);
  machine.hosts[2].gpus.pop_back();

  const auto findings = unmet_of(all_of_it, machine);

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Finding::Severity::fail);
  EXPECT_EQ(findings[0].kind, "expected_missing");
  EXPECT_EQ(findings[0].host, "node00002");
  EXPECT_EQ(findings[0].metric, "gpus");
  EXPECT_EQ(findings[0].value, 7);
  EXPECT_EQ(findings[0].expected, 8);
  EXPECT_EQ(findings[0].unit, "GPUs");
}

TEST(Expectation, NamesHostsThatAreAbsentAndThoseNobodyExpects) {
  Machine machine = machine_of(2);
  machine.hosts[1].name = "node00001.cluster.example";

  const auto findings = unmet_of(R"({"hosts": ["node00001", "node00009"]})", machine);

  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].host, "node00009");
  EXPECT_EQ(findings[0].severity, Finding::Severity::fail);
  EXPECT_EQ(findings[1].host, "node00000");
  EXPECT_EQ(findings[1].severity, Finding::Severity::warn);
  EXPECT_EQ(unmet_of(R"({"hosts": 3})", machine).at(0).severity, Finding::Severity::fail);
  EXPECT_EQ(unmet_of(R"({"hosts": 1})", machine).at(0).severity, Finding::Severity::warn);
}

struct Fault {
  std::string metric, device, kind;
  Finding::Severity severity;
  void (*plant)(Host&);
};

TEST(Expectation, NamesTheDeviceThatIsTooSlowOrOfAnotherKind) {
  using enum Finding::Severity;
  const std::vector<Fault> faults{
      {"pcie", "0000:1b:00.0", "expected_differs", fail,
       [](Host& h) {
         h.gpus[0].slot.loaded = PcieLink{{32e9}, 8};
       }},
      {"pcie", "0000:1b:00.0", "expected_differs", unknown,
       [](Host& h) { h.gpus[0].slot.current = {}; }},
      {"pcie", "mlx5_3", "expected_differs", fail,
       [](Host& h) {
         h.nics[3].slot.current = {{16e9}, 16};
       }},
      {"gpu", "0000:43:00.0", "expected_differs", fail,
       [](Host& h) { h.gpus[1].facts.name = "NVIDIA A100-SXM4-80GB"; }},
      {"gpu", "0000:43:00.0", "expected_differs", unknown,
       [](Host& h) {
         h.gpus[1].facts = {};
         h.gpus[1].name = "10de:2330";
       }},
      {"rdma", "mlx5_2/1", "expected_differs", fail,
       [](Host& h) { h.nics[2].ports[0].rate = {2e11}; }},
      {"rdma", "mlx5_2/1", "expected_differs", unknown,
       [](Host& h) { h.nics[2].ports[0].rate = {}; }},
      {"rdma", "mlx5_2, mlx5_6", "expected_missing", fail,
       [](Host& h) { h.nics[2].ports[0].state = h.nics[6].ports[0].state = "DOWN"; }},
      {"ethernet", "eth8", "expected_differs", fail,
       [](Host& h) { h.nics[8].interfaces[0].rate = h.nics[9].interfaces[0].rate = {1e10}; }},
      {"ethernet", "", "expected_missing", fail,
       [](Host& h) { h.nics[8].interfaces[0].state = h.nics[9].interfaces[0].state = "down"; }},
      {"ethernet", "", "expected_differs", unknown,
       [](Host& h) { h.nics[8].interfaces[0].rate = h.nics[9].interfaces[0].rate = {}; }},
      {"memory_bytes", "", "expected_differs", fail, [](Host& h) { h.memory = h.memory - 64_GiB; }},
      {"memory_bytes", "", "expected_differs", unknown, [](Host& h) { h.memory = {}; }},
      {"numa.nodes", "", "expected_differs", fail, [](Host& h) { h.cpu.numa_nodes = 8; }},
      {"cpu.cores", "", "expected_missing", fail, [](Host& h) { h.cpu.cores = 111; }},
      {"ranks", "", "expected_differs", fail, [](Host& h) { h.ranks = 16; }},
  };
  for (const Fault& fault : faults) {
    Machine machine = machine_of(4);
    fault.plant(machine.hosts[3]);

    const auto findings = unmet_of(all_of_it, machine);

    ASSERT_EQ(findings.size(), 1U) << fault.metric << fault.device;
    EXPECT_EQ(findings[0].host, "node00003");
    EXPECT_EQ(findings[0].metric, fault.metric);
    EXPECT_EQ(findings[0].device, fault.device);
    EXPECT_EQ(findings[0].kind, fault.kind) << fault.metric;
    EXPECT_EQ(findings[0].severity, fault.severity) << findings[0].reason;
  }
}

TEST(Expectation, DoesNotTakeAnIdleGpuForASlowOne) {
  Machine machine = machine_of(1);
  for (Gpu& gpu : machine.hosts[0].gpus) gpu.slot.current = {{2.5e9}, 16};
  const std::string json = R"({"link_rates": {"pcie": "Gen5 x16"}})";
  EXPECT_TRUE(unmet_of(json, machine).empty());

  machine.hosts[0].gpus[0].slot.port_maximum = {};
  EXPECT_EQ(unmet_of(json, machine).at(0).severity, Finding::Severity::unknown);
}

TEST(Expectation, OfThousandsOfHostsIsToldWithinLimits) {
  EXPECT_EQ(unmet_of(R"({"gpus_per_host": 16})", machine_of(200)).size(), 17U);
}

TEST(ExpectationFile, TakesALinkInPartsAndInWords) {
  const auto parts = parsed_expectation(
      R"({"link_rates": {"pcie": {"transfers_per_s": "32 GT/s", "lanes": 16}}})", "f");
  const auto words = parsed_expectation(R"({"link_rates": {"pcie": "Gen5 x16"}})", "f");

  EXPECT_EQ(parts.link_rates.pcie, (PcieLink{{32e9}, 16}));
  EXPECT_EQ(words.link_rates.pcie, parts.link_rates.pcie);
  EXPECT_EQ(parsed_expectation(R"({"memory": "1.5TiB"})", "f").memory,
            Bytes{1.5 * 1024} * 1073741824);
}

TEST(ExpectationFile, IsRefusedWithThePlaceOfWhatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> refused{
      {"", "expect.json: is empty"},
      {"{\"hosts\": NaN}", "is no JSON"},
      {"[]", "the document: expected an object"},
      {R"({"gpu_per_host": 8})", "gpu_per_host: expected no such key (nearest: gpus_per_host"},
      {R"({"hosts": 0})", "hosts: expected a whole number from 1"},
      {R"({"hosts": -4})", "hosts: expected a whole number from 1"},
      {R"({"hosts": 1.5})", "hosts: expected a whole number from 1"},
      {R"({"hosts": "4"})", "hosts: expected the number of hosts, or a list of their names"},
      {R"({"hosts": []})", "hosts: expected at least one name"},
      {R"({"hosts": ["a", "a"]})", "hosts[1]: expected each name once"},
      {R"({"hosts": [3]})", "hosts[0]: expected a string"},
      {R"({"cores": null})", "cores: expected a whole number"},
      {R"({"gpu": ""})", "gpu: expected a part of the GPU's name"},
      {R"({"memory": 1024})", "memory: expected a figure with its unit"},
      {R"({"memory": "1.5"})", "memory: expected more than zero: a figure with its unit"},
      {R"({"memory": "1.5 Tib"})", "units: B, KiB, MiB, GiB, TiB"},
      {R"({"memory": "-1 TiB"})", "memory: expected more than zero"},
      {R"({"memory": "nan TiB"})", "memory: expected more than zero"},
      {R"({"memory": {"value": 1}})", "memory.unit: expected a string"},
      {R"({"memory": {"value": 1, "units": "TiB"}})", "memory.units: expected no such key"},
      {R"({"link_rates": {"rdma": "50 GB/s"}})", "link_rates.rdma: expected more than zero"},
      {R"({"link_rates": {"rdma": 400}})", "link_rates.rdma: expected a figure with its unit"},
      {R"({"link_rates": {"infiniband": "1 Gbit/s"}})",
       "link_rates.infiniband: expected no such key"},
      {R"({"link_rates": {"pcie": "Gen9 x16"}})", "link_rates.pcie: expected a link such as"},
      {R"({"link_rates": {"pcie": "x16 x16"}})", "link_rates.pcie: expected a link such as"},
      {R"({"link_rates": {"pcie": ""}})", "link_rates.pcie: expected a link such as"},
      {R"({"link_rates": {"pcie": {}}})", "link_rates.pcie: expected \"transfers_per_s\" or"},
      {R"({"link_rates": {"pcie": {"lanes": 0}}})",
       "link_rates.pcie.lanes: expected a whole number"},
      {R"({"link_rates": {"pcie": {"transfers_per_s": 32e9}}})",
       "link_rates.pcie.transfers_per_s: expected a figure with its unit"},
  };
  for (const auto& [json, part] : refused) {
    EXPECT_NE(refusal(json).find(part), std::string::npos) << json << "\n" << refusal(json);
  }
}

}  // namespace
}  // namespace shortfall
