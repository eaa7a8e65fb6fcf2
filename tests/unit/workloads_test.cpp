// The training runs that are known by name, and the datasheets of their GPUs.
#include "model/workloads/workloads.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "core/error.hpp"
#include "model/training/check_run.hpp"
#include "model/training/gpu_sheet.hpp"

namespace shortfall {
namespace {

template <class Call>
std::string complaint_of(const Call& call) {
  try {
    call();
  } catch (const BadUsage& refused) {
    return refused.what();
  }
  return "accepted";
}

TEST(Workloads, CanBeAndAreDescribed) {
  EXPECT_EQ(workloads().size(), 8U);
  for (const auto& [name, summary] : workloads()) {
    const TrainingRun run = workload_named(name);
    EXPECT_EQ(run.id, name);
    EXPECT_FALSE(summary.empty());
    EXPECT_FALSE(fault_in(run)) << name;
  }
}

TEST(Workloads, HaveThePublishedNumberOfParameters) {
  const std::map<std::string, std::pair<double, double>> published{
      {"gpt3-175b", {174.6e9, 0.001}},   {"llama3-8b", {8.03e9, 0.001}},
      {"llama3-70b", {70.55e9, 0.001}},  {"llama3-405b", {405.85e9, 0.001}},
      {"mixtral-8x7b", {46.7e9, 0.001}}, {"deepseek-v3", {671e9, 0.001}},
      {"gpt2-124m", {124.4e6, 0.01}},    {"nano-10m", {10.65e6, 0.01}}};
  for (const auto& [name, parameters_of_source] : published) {
    const auto [expected, tolerance] = parameters_of_source;
    const double found = parameters(workload_named(name).architecture).total;
    EXPECT_NEAR(found / expected, 1, tolerance) << name;
  }
}

TEST(Workloads, SuggestNamesThatLookAlike) {
  const std::string complaint = complaint_of([] { workload_named("llama-8b"); });

  EXPECT_EQ(complaint.find("workload 'llama-8b': not known. Nearest: llama3-8b, "), 0U)
      << complaint;
  EXPECT_NE(complaint.find("deepseek-v3"), std::string::npos);
}

struct Name {
  std::string gpu, sheet, assumed = "";
};

TEST(GpuSheets, AreFoundByTheNamesOfPublishedRuns) {
  const Datasheets sheets = built_in();
  for (const Name& name :
       {Name{"A100-SXM4-80GB", "A100 SXM4 80GB"}, Name{"A100-SXM4-40GB", "A100 SXM4 40GB"},
        Name{"H100-SXM5-80GB", "H100 SXM5 80GB"}, Name{"H800-SXM5-80GB", "H800 SXM5 80GB"},
        Name{"V100-SXM", "V100 SXM2"}, Name{"TPUv3", "TPU v3"}, Name{"TPUv4", "TPU v4"},
        Name{"NVIDIA H200", "H200 SXM 141GB"}, Name{"MI300X", "MI300X"},
        Name{"H100", "H100 SXM5 80GB", "gpu = H100 SXM5 80GB"},
        Name{"A100", "A100 SXM4 80GB", "gpu = A100 SXM4 80GB"},
        Name{"NVIDIA A100 40GB", "A100 SXM4 40GB", "gpu = A100 SXM4 40GB"}}) {
    const GpuSheet found = gpu_sheet(name.gpu, sheets, "runs.json: row 1");
    EXPECT_EQ(found.sheet.name, name.sheet) << name.gpu;
    EXPECT_EQ(found.assumed, name.assumed) << name.gpu;
  }
}

TEST(GpuSheets, SayThatTheH800HasFewerLinks) {
  const DeviceSheet sheet = gpu_sheet("H800-SXM5-80GB", built_in(), "").sheet;

  EXPECT_EQ(sheet.scale_up->links * sheet.scale_up->of_one_link.value, 200e9);
}

TEST(GpuSheets, AreRefusedForUnknownGpusWithRowAndField) {
  const auto complaint = [](const std::string& gpu) {
    return complaint_of([&] { gpu_sheet(gpu, built_in(), "runs.json: row 3 (x)"); });
  };
  EXPECT_EQ(complaint("H1000").find("runs.json: row 3 (x): gpu: expected a GPU with a datasheet"),
            0U);
  for (const std::string vague : {"SXM", "NVIDIA", "80GB", "TPU", "---"}) {
    EXPECT_NE(complaint(vague).find("found '" + vague + "'"), std::string::npos) << vague;
  }
  EXPECT_NE(complaint("cpu").find("gpu: 'cpu' is the processor of whichever host runs it"),
            std::string::npos);
}

}  // namespace
}  // namespace shortfall
