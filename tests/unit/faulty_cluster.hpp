// A cluster of 64 hosts of which 24 have a fault each.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "made_up_cluster.hpp"
#include "topology/machine.hpp"

namespace shortfall {

struct Planted {  // what is to be found, and what makes it
  std::string attribute, value, majority;
  Drift::Kind kind;
  std::function<void(Host&)> plant;
};

template <class T>
void drop(std::vector<T>& list, std::ptrdiff_t index) {
  list.erase(list.begin() + index);
}

inline std::vector<Planted> faults_of_devices() {
  using Kind = Drift::Kind;
  return {
      {"gpus", "7", "8", Kind::missing, [](Host& h) { drop(h.gpus, 3); }},
      {"nics", "9", "10", Kind::missing, [](Host& h) { drop(h.nics, 2); }},
      {"gpus[0000:c3:00.0].slot.loaded", "Gen3 x8", "Gen5 x16", Kind::degraded,
       [](Host& h) {
         h.gpus[5].slot.loaded = PcieLink{{8e9}, 8};
       }},
      {"nics[mlx5_4].slot.current", "Gen4 x16", "Gen5 x16", Kind::degraded,
       [](Host& h) {
         h.nics[4].slot.current = {{16e9}, 16};
       }},
      {"nics[mlx5_1].ports[0].state", "DOWN", "ACTIVE", Kind::degraded,
       [](Host& h) {
         h.nics[1].ports[0].state = "DOWN";
         h.nics[1].ports[0].physical_state = "Polling";
         h.nics[1].ports[0].rate = {1e10};
         h.nics[1].interfaces[0].state = "down";
       }},
      {"nics[mlx5_7].ports[0].rate_bits_per_s", "200 Gbit/s", "400 Gbit/s", Kind::degraded,
       [](Host& h) { h.nics[7].ports[0].rate = {2e11}; }},
      {"nics[mlx5_8].ports[0].gids", "IB/RoCE v1 at 0; RoCE v2 at 3",
       "IB/RoCE v1 at 0; RoCE v2 at 1", Kind::differs,
       [](Host& h) { h.nics[8].ports[0].gids[1].index = 3; }},
      {"nics[mlx5_9].interfaces[0].mtu_bytes", "1500", "9000", Kind::differs,
       [](Host& h) {
         h.nics[9].interfaces[0].mtu = 1500;
         h.nics[9].ports[0].mtu = 1024;
       }},
      {"nics[mlx5_0].firmware", "28.36.1010", "28.39.1002", Kind::differs,
       [](Host& h) { h.nics[0].firmware = "28.36.1010"; }},
      {"gpus[*].facts.firmware", "96.00.30.00.01", "96.00.74.00.01", Kind::differs,
       [](Host& h) {
         for (Gpu& gpu : h.gpus) gpu.facts.firmware = "96.00.30.00.01";
       }},
      {"gpus[0000:1b:00.0].slot.acs", "yes", "no", Kind::differs,
       [](Host& h) { h.gpus[0].slot.acs = true; }},
      {"gpus[0000:52:00.0].facts.units", "130", "132", Kind::less,
       [](Host& h) { h.gpus[2].facts.units = 130; }},
  };
}

inline std::vector<Planted> faults_of_hosts() {
  using Kind = Drift::Kind;
  return {
      {"memory_bytes", "1.905 TiB", "1.968 TiB", Kind::less,
       [](Host& h) {
         h.memory = h.memory - 64_GiB;
         h.numa[0].memory = h.numa[0].memory - 64_GiB;
       }},
      {"cpu.governor", "powersave", "performance", Kind::differs,
       [](Host& h) { h.cpu.governor = "powersave"; }},
      {"cpu.smt", "off", "on", Kind::differs,
       [](Host& h) {
         h.cpu.smt = "off";
         h.cpu.threads = 112;
         for (Cache& cache : h.cpu.caches) cache.shared /= 2;
         h.numa[0].cpus = "0-55";
         h.numa[1].cpus = "56-111";
       }},
      {"cpu.microcode", "0x2b000461", "0x2b0004b1", Kind::differs,
       [](Host& h) { h.cpu.microcode = "0x2b000461"; }},
      {"os.kernel", "Linux 5.15.0-1047-nvidia", "Linux 5.15.0-1062-nvidia", Kind::differs,
       [](Host& h) { h.os.kernel = "Linux 5.15.0-1047-nvidia"; }},
      {"os.iommu", "none", "iommu=pt", Kind::differs, [](Host& h) { h.os.iommu = ""; }},
      {"os.versions.nvidia", "550.54.15", "570.86.10", Kind::differs,
       [](Host& h) {
         h.os.versions[4].second = "550.54.15";
         for (Gpu& gpu : h.gpus) gpu.facts.driver_version = "550.54.15";
       }},
      {"os.versions.nvidia_peermem", "none", "570.86.10", Kind::differs,
       [](Host& h) { drop(h.os.versions, 5); }},
      {"limits.locked_memory", "65536", "unlimited", Kind::differs,
       [](Host& h) { h.limits.locked_memory = "65536"; }},
      {"environment.NCCL_IB_HCA", "not set", "mlx5", Kind::differs,
       [](Host& h) { drop(h.environment, 1); }},
      {"environment.NCCL_P2P_DISABLE", "1", "not set", Kind::differs,
       [](Host& h) { h.environment.emplace_back("NCCL_P2P_DISABLE", "1"); }},
      {"ranks", "7", "8", Kind::differs, [](Host& h) { h.ranks = 7; }},
  };
}

inline std::vector<Planted> all_faults() {
  std::vector<Planted> all = faults_of_devices();
  for (Planted& fault : faults_of_hosts()) all.push_back(std::move(fault));
  return all;
}

// Every second host from the fifth on has one of the faults; all GPUs have been under load.
inline std::vector<Host> faulty_cluster() {
  std::vector<Host> hosts = made_up_cluster(64);
  for (Host& host : hosts) {
    for (Gpu& gpu : host.gpus) gpu.slot.loaded = PcieLink{{32e9}, 16};
  }
  std::size_t host = 5;
  for (const Planted& fault : all_faults()) {
    fault.plant(hosts[host]);
    host += 2;
  }
  return hosts;
}

}  // namespace shortfall
