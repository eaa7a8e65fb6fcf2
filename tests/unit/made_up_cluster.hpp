// Hosts of a cluster that does not exist: eight GPUs and ten adapters each, as in a DGX H100. They
// are equal but for what differs between equal hosts by its nature.
#pragma once

#include <fmt/format.h>

#include <array>
#include <string>
#include <vector>

#include "topology/host.hpp"

namespace shortfall {

inline Gpu made_up_gpu(int host, int number) {
  constexpr std::array<const char*, 8> addresses{"0000:1b:00.0", "0000:43:00.0", "0000:52:00.0",
                                                 "0000:61:00.0", "0000:9d:00.0", "0000:c3:00.0",
                                                 "0000:d1:00.0", "0000:df:00.0"};
  const bool is_idle = (host + number) % 3 == 0;
  Gpu gpu;
  gpu.slot = {.address = addresses[static_cast<std::size_t>(number)],
              .bridges = {"pci0000:15", fmt::format("0000:{:02x}:01.0", number)},
              .numa_node = number / 4,
              .current = {{is_idle ? 2.5e9 : 32e9}, 16},
              .maximum = {{32e9}, 16},
              .port_maximum = {{32e9}, 16},
              .acs = false};
  gpu.vendor = "NVIDIA";
  gpu.name = "NVIDIA H100 80GB HBM3";
  gpu.driver = "nvidia";
  gpu.nearest_nic = fmt::format("mlx5_{}", number);
  gpu.facts = {.name = gpu.name,
               .architecture = "sm_90",
               .units = 132,
               .clock = Frequency{1.98e9},
               .memory = Bytes{85e9},
               .memory_available = Bytes{80e9 + host * 1e6},
               .ecc = true,
               .power_limit_w = 700,
               .serial = fmt::format("GPU-{}-{}", host, number),
               .firmware = "96.00.74.00.01",
               .driver_version = "570.86.10"};
  return gpu;
}

inline Nic made_up_nic(int host, int number) {
  const bool is_ethernet = number >= 8;
  Nic nic;
  nic.name = fmt::format("mlx5_{}", number);
  nic.slot = {.address = fmt::format("0000:{:02x}:00.0", 0x18 + 8 * number),
              .numa_node = number % 8 / 4,
              .current = {{32e9}, 16},
              .maximum = {{32e9}, 16},
              .port_maximum = {{32e9}, 16}};
  nic.vendor = "Mellanox";
  nic.model = "ConnectX-7";
  nic.driver = "mlx5_core";
  nic.firmware = "28.39.1002";
  nic.board = "MT_0000000838";
  nic.verbs_node = fmt::format("/dev/infiniband/uverbs{}", number);
  RdmaPort port{1, "ACTIVE", "LinkUp", is_ethernet ? "Ethernet" : "InfiniBand", {4e11}, 4096, {}, 4,
                "NDR"};
  port.gids = {{0, "IB/RoCE v1", fmt::format("fe80::{}:{}", host, number)}};
  if (is_ethernet)
    port.gids.push_back({1, "RoCE v2", fmt::format("::ffff:10.0.{}.{}", number, host)});
  nic.ports = {port};
  nic.interfaces = {{fmt::format("{}{}", is_ethernet ? "eth" : "ib", number),
                     "up",
                     {is_ethernet ? 4e11 : 0},
                     is_ethernet ? 9000 : 2044}};
  nic.is_rdma_hardware = true;
  return nic;
}

inline Cpu made_up_cpu() {
  Cpu cpu;
  cpu.model = "Intel(R) Xeon(R) Platinum 8480C";
  cpu.vendor = "GenuineIntel";
  cpu.family = 6;
  cpu.model_number = 143;
  cpu.isa = "avx512";
  cpu.features = {"avx512_vnni", "amx_int8"};
  cpu.sockets = 2;
  cpu.cores = 112;
  cpu.threads = 224;
  cpu.numa_nodes = 2;
  cpu.nominal_clock = {2e9};
  cpu.highest_clock = {3.8e9};
  cpu.governor = "performance";
  cpu.smt = "on";
  cpu.microcode = "0x2b0004b1";
  cpu.caches = {{1, 48_KiB, 2}, {2, 2_MiB, 2}, {3, 105_MiB, 112}};
  return cpu;
}

// Without GPUs and adapters.
inline Host made_up_server(int number) {
  Host host;
  host.name = fmt::format("node{:05}", number);
  host.ranks = 8;
  host.cpu = made_up_cpu();
  host.ops_per_cycle = {{DType::f64, 32, "avx512, 2 units of 512 bits"}};
  const Bytes spread = Bytes{4096.0 * (number % 97)};  // what firmware keeps varies
  host.memory = 2015_GiB + spread;
  host.memory_available = 1990_GiB + spread * 3;
  host.numa = {{0, "0-55,112-167", 1007_GiB + spread, {10, 21}},
               {1, "56-111,168-223", 1008_GiB, {21, 10}}};
  host.limits = {.locked_memory = "unlimited",
                 .shared_memory = 1007_GiB,
                 .shared_memory_free = 1000_GiB - spread,
                 .huge_pages = {{2_MiB, 0, 0}, {1_GiB, 4, number % 5}},
                 .transparent_huge_pages = "madvise"};
  host.os = {.distribution = "Ubuntu 22.04.5 LTS",
             .kernel = "Linux 5.15.0-1062-nvidia",
             .iommu = "iommu=pt",
             .is_translated = false,
             .nvidia_module = "open",
             .versions = {{"glibc", "2.35"},
                          {"ib_uverbs", "24.10"},
                          {"mlx5_core", "24.10"},
                          {"mlx5_ib", "24.10"},
                          {"nvidia", "570.86.10"},
                          {"nvidia_peermem", "570.86.10"}}};
  host.environment = {{"NCCL_DEBUG", "WARN"}, {"NCCL_IB_HCA", "mlx5"}, {"UCX_TLS", "rc,cuda"}};
  return host;
}

inline Host made_up_host(int number) {
  Host host = made_up_server(number);
  for (int i = 0; i < 8; ++i) host.gpus.push_back(made_up_gpu(number, i));
  for (int i = 0; i < 10; ++i) host.nics.push_back(made_up_nic(number, i));
  return host;
}

inline std::vector<Host> made_up_cluster(int size) {
  std::vector<Host> hosts;
  for (int i = 0; i < size; ++i) hosts.push_back(made_up_host(i));
  return hosts;
}

}  // namespace shortfall
