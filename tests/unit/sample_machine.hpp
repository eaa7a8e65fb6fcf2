// The machine of the report made by hand: three hosts, one with everything.
#pragma once

#include "topology/machine.hpp"

namespace shortfall::sample {

inline Host host(const std::string& name) {
  Host h;
  h.name = name;
  h.ranks = 1;
  h.cpu.model = "Intel(R) Xeon(R) Processor @ 2.50GHz";
  h.cpu.vendor = "GenuineIntel";
  h.cpu.family = 6;
  h.cpu.model_number = 85;
  h.cpu.isa = "avx512";
  h.cpu.features = {"avx512_vnni"};
  h.cpu.sockets = 1;
  h.cpu.cores = 1;
  h.cpu.threads = 2;
  h.cpu.nominal_clock = {2.5e9};
  h.cpu.nominal_clock_source = "the model name";
  h.cpu.caches = {{1, 32_KiB, 2}, {2, 1_MiB, 2}, {3, 33_MiB, 2}};
  h.ops_per_cycle = {{DType::f64, 32, "avx512, 2 units of 512 bits"},
                     {DType::f32, 64, "avx512, 2 units of 512 bits"}};
  h.memory = 16_GiB;
  h.memory_available = 12_GiB;
  h.os.kernel = "Linux 6.1.0";
  h.os.hypervisor = "KVM";
  h.os.is_translated = false;
  return h;
}

inline Machine machine() {
  Machine m;
  m.hosts = {host("node01"), host("node02")};
  m.hosts[1].memory_available = 11_GiB;
  m.hosts.push_back(host("node03"));
  const std::vector<std::string> bridges{"pci0000:15", "0000:15:01.0", "0000:16:00.0"};
  m.hosts[2].gpus = {
      {.slot = {.address = "0000:17:00.0",
                .bridges = bridges,
                .numa_node = 0,
                .current = {{8e9}, 8},
                .loaded = PcieLink{{8e9}, 8},
                .maximum = {{32e9}, 16},
                .port_maximum = {{32e9}, 16},
                .acs = false},
       .vendor = "NVIDIA",
       .name = "NVIDIA H100 80GB HBM3",
       .driver = "nvidia",
       .nearest_nic = "mlx5_0",
       .facts = {.units = 132, .ecc = true, .mig = false, .nvlinks = 18, .nvlinks_up = 17}}};
  m.hosts[2].nics = {
      {.name = "mlx5_0",
       .slot = {.address = "0000:18:00.0",
                .bridges = bridges,
                .numa_node = 0,
                .current = {{32e9}, 16},
                .maximum = {{32e9}, 16},
                .port_maximum = {{32e9}, 16},
                .acs = false},
       .vendor = "Mellanox",
       .model = "ConnectX-7",
       .driver = "mlx5_core",
       .firmware = "28.39.1002",
       .board = "MT_0000000838",
       .verbs_node = "/dev/infiniband/uverbs0",
       .ports = {{1,
                  "ACTIVE",
                  "LinkUp",
                  "InfiniBand",
                  {4e11},
                  4096,
                  {{0, "IB/RoCE v1", "fe80::1"}},
                  4,
                  "NDR"}},
       .interfaces = {{"ib0", "up", {4e11}, 2044, "bond0"}},
       .is_rdma_hardware = true,
       .is_virtual_function = false,
       .node_type = "CA"}};
  m.hosts[2].unread = {
      {"/sys/bus/pci/devices/0000:16:00.0/config", "only root reads beyond 64 bytes"}};
  m.hosts[2].numa = {{0, "0-1", 16_GiB, {10}}};
  m.hosts[2].limits.huge_pages = {{2_MiB, 16, 8}};
  m.hosts[2].limits.locks_without_limit = false;
  m.hosts[2].os.nvidia_module = "open";
  m.hosts[2].others = {{4711, "python", true, 3_GiB, {"/dev/nvidia0"}}};
  m.links = {{Link::Kind::pcie, "node03", "0000:17:00.0", "host", Distance::unknown,
              Bandwidth{7.877e9}, Bandwidth{7.2e9}, "8 lanes x 8 GT/s x 128/130"}};
  m.drift = {{"os.hypervisor", "node03", "none", "KVM", 1, 3, 1},
             {"nics[mlx5_0].slot.current", "node02", "Gen3 x8", "Gen5 x16", 1, 3, 1,
              Drift::Kind::degraded, "mlx5_0"}};
  m.counters = {{"node03", "mlx5_0/1", "symbol_error", CounterChange::Kind::grew, 17, true}};
  m.hosts[2].os.hypervisor = "";
  m.bindings = {{0, "node01", "0-1", "0-1", "launcher", 2, false},
                {1, "node02", "0-1", "0-1", "launcher", 2, false},
                {2, "node03", "0-3", "0-1", "shortfall", 2, true, "", "0"}};
  m.environment = {{"OMP_NUM_THREADS", "1"}, {"UCX_TLS", "sm,self"}};
  m.gpu_datasheets = {{"NVIDIA H100 80GB HBM3",
                       {"H100 SXM5 80GB",
                        "vendor's datasheet",
                        "high",
                        {{DType::bf16, {989.4e12}}},
                        {{"fp8", {1978.9e12}}},
                        Bandwidth{3.352e12}}}};
  m.datasheet.name = "Intel(R) Xeon(R) Processor @ 2.50GHz, 1 core";
  m.datasheet.source = "derived: cores x operations per cycle x nominal clock";
  m.datasheet.peak = {{DType::f64, {80e9}}, {DType::f32, {160e9}}};
  m.datasheet.further_peak = {{"fp8", {640e9}}};
  return m;
}

}  // namespace shortfall::sample
