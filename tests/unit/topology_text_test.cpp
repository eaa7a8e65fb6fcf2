// A Host's way through bytes and back, and the environment that a report may show.
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "topology/encode.hpp"
#include "topology/environment.hpp"

namespace shortfall {
namespace {

Host full_host() {  // every field differs from its default
  Host host;
  host.name = "node:07\n";
  host.ranks = 8;
  host.cpu.model = std::string("12:\0x\xff\"{}", 10);
  host.cpu.vendor = "0x41";
  host.cpu.family = 26;
  host.cpu.model_number = -2;
  host.cpu.isa = "avx512";
  host.cpu.features = {"", "amx, tile", "3:abc"};
  host.cpu.sockets = 2;
  host.cpu.cores = 192;
  host.cpu.threads = 384;
  host.cpu.numa_nodes = 24;
  host.cpu.nominal_clock = {2.0 / 3 * 1e9};
  host.cpu.nominal_clock_source = "model name";
  host.cpu.caches = {{1, 48_KiB, 2}, {3, 32_MiB, 16}};
  host.ops_per_cycle = {{DType::bf16, 128.5, "units"}, {DType::int8, 1e-300, ""}};
  host.memory = 768_GiB;
  host.memory_available = {12345678901};
  host.numa = {{1, "0-3", 2_GiB, {10, 21}}};
  host.gpus = {{.slot = {.address = "0000:17:00.0",
                         .bridges = {"pci0000:15", "0000:15:01.0"},
                         .numa_node = 1,
                         .current = {{2.5e9}, 16},
                         .loaded = PcieLink{{32e9}, 16},
                         .maximum = {{32e9}, 16},
                         .port_maximum = {{64e9}, 16},
                         .acs = true},
                .vendor = "NVIDIA",
                .name = "NVIDIA H100 80GB HBM3",
                .facts = {.units = 132, .clock = Frequency{1.98e9}, .ecc = false}}};
  host.nics = {
      {.name = "rxe0",
       .vendor = "software",
       .ports = {{1, "ACTIVE", "LinkUp", "Ethernet", {1e11}, 4096, {{3, "RoCE v2", "fe80::1"}}}},
       .interfaces = {{"eth0", "up", {1e11}, 9000}},
       .is_rdma_hardware = true}};
  host.limits.cpus = 3.5;
  host.limits.locked_memory = "unlimited";
  host.limits.huge_pages = {{2_MiB, 8, 7}};
  host.os.kernel = "Linux 6.1.0";
  host.os.hypervisor = "KVM";
  host.os.is_translated = false;
  host.os.versions = {{"nvidia", "570.1"}};
  host.others = {{4711, "python", true, 3_GiB, {"/dev/nvidia0"}}};
  host.unread = {{"/proc/1/environ", "Permission denied"}};
  return host;
}

TEST(EncodedHost, ComesBackAsItWas) { EXPECT_EQ(decode_host(encode(full_host())), full_host()); }

TEST(EncodedHost, MayBeEmpty) { EXPECT_EQ(decode_host(encode(Host{})), Host{}); }

TEST(EncodedHost, IsRefusedWhereverItIsCutOff) {
  const std::string whole = encode(full_host());

  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_THROW(decode_host(std::string_view(whole).substr(0, length)), Error) << length;
  }
}

TEST(EncodedHost, IsRefusedWithMoreBehindIt) {
  EXPECT_THROW(decode_host(encode(full_host()) + "1:x"), Error);
}

TEST(EncodedHost, IsRefusedWithALengthBeyondItsEnd) {
  EXPECT_THROW(decode_host("99999999999999999999:x"), Error);
  EXPECT_THROW(decode_host("18446744073709551615:x"), Error);
}

TEST(EncodedHost, IsRefusedWithAKindThatDoesNotExist) {
  const std::string good = encode(full_host()),
                    type = "1:" + std::to_string(static_cast<int>(DType::bf16)) + "5:128.5";
  std::string text = good;
  const std::size_t at = text.find(type);
  ASSERT_NE(at, std::string::npos);
  text.replace(at, 3, "2:99");

  EXPECT_THROW(decode_host(text), Error);
}

TEST(EncodedBinding, ComesBackAsItWas) {
  const Binding binding{.rank = 7,
                        .host = "node\t07",
                        .found = "0-63",
                        .set = "8-15",
                        .by = "nobody: binding was refused: ...",
                        .cpus = 8,
                        .is_shared = true,
                        .gpu = "0000:17:00.0",
                        .cores = "8-11"};

  EXPECT_EQ(decode_binding(encode(binding)), binding);
}

using Variables = std::vector<std::pair<std::string, std::string>>;

Variables allowed(std::vector<const char*> entries) {
  entries.push_back(nullptr);
  return allowed_environment(entries.data());
}

TEST(AllowedEnvironment, ShowsTheAllowedVariablesSorted) {
  EXPECT_EQ(allowed({"SLURM_JOB_ID=7", "CUDA_VISIBLE_DEVICES=0,1", "NCCL_DEBUG=INFO", "UCX_TLS=rc",
                     "OMPI_MCA_btl=self", "OMP_NUM_THREADS=2", "OPENBLAS_CORETYPE=Zen",
                     "BLIS_NUM_THREADS=1"}),
            (Variables{{"BLIS_NUM_THREADS", "1"},
                       {"CUDA_VISIBLE_DEVICES", "0,1"},
                       {"NCCL_DEBUG", "INFO"},
                       {"OMPI_MCA_btl", "self"},
                       {"OMP_NUM_THREADS", "2"},
                       {"OPENBLAS_CORETYPE", "Zen"},
                       {"SLURM_JOB_ID", "7"},
                       {"UCX_TLS", "rc"}}));
}

TEST(AllowedEnvironment, ShowsNothingElse) {
  EXPECT_TRUE(allowed({"PATH=/bin", "HOME=/root", "AWS_SECRET_ACCESS_KEY=x", "MY_NCCL_DEBUG=1",
                       "CUDA_VISIBLE_DEVICES_OLD=0", "nccl_debug=1", "OMP=1", "=x", "NCCL_LOOSE"})
                  .empty());
}

TEST(AllowedEnvironment, KeepsSecretsBack) {
  EXPECT_TRUE(allowed({"SLURM_JWT=eyJ", "SLURM_API_TOKEN=t", "OMPI_MCA_secret_word=s",
                       "NCCL_PASSWORD=p", "UCX_ssh_key=k", "OMPI_CREDENTIAL=c",
                       "OMPI_MCA_orte_precondition_transports=0123-4567"})
                  .empty());
}

TEST(AllowedEnvironment, KeepsValuesWithEqualsSignsWhole) {
  EXPECT_EQ(allowed({"UCX_TUNE=a=b=c", "NCCL_ALGO="}),
            (Variables{{"NCCL_ALGO", ""}, {"UCX_TUNE", "a=b=c"}}));
}

}  // namespace
}  // namespace shortfall
