// Datasheets that people write: what is taken from them, and what is refused.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/unit/refusal.hpp"
#include "topology/datasheets/datasheet.hpp"

namespace shortfall {
namespace {

Datasheets with(const std::string& text) {
  return before(parsed_datasheets(text, "my.json"), built_in());
}

Gpu gpu_named(std::string name) {
  Gpu gpu;
  gpu.name = std::move(name);
  return gpu;
}

std::string row(const std::string& more) {
  return R"({"accelerators": [{"name": "X1", "match": ["X1"], )" + more + "}]}";
}
std::string with_peaks(const std::string& peaks) {
  return row(R"("dense_peak_flop_per_s": {)" + peaks + "}");
}

TEST(DatasheetFile, StandsBeforeWhatIsBuiltIn) {
  const Datasheets sheets = with(
      R"({"accelerators": [{"name": "ours", "match": ["H100"], "memory_bytes_per_s": 3.2e12,
          "dense_peak_flop_per_s": {"bf16": 8e14, "f32": 6e13}, "confidence": "medium"}]})");

  const Datasheet sheet = datasheet_of(gpu_named("NVIDIA H100 80GB HBM3"), sheets);

  EXPECT_EQ(sheet.name, "ours") << "although a name that is built in is longer";
  EXPECT_EQ(sheet.source, "datasheet ours of my.json");
  EXPECT_EQ(sheet.confidence, "medium");
  EXPECT_EQ(sheet.memory->value, 3.2e12);
  EXPECT_EQ(sheet.peak, (std::vector<std::pair<DType, Throughput>>{{DType::f32, {6e13}},
                                                                   {DType::bf16, {8e14}}}));
  EXPECT_EQ(datasheet_of(gpu_named("NVIDIA H200"), sheets).name, "H200 SXM 141GB");
}

TEST(DatasheetFile, AddsAnArchitecture) {
  const Datasheets sheets = with(
      R"({"accelerators": [{"name": "X1", "match": ["X1"], "memory_bytes_per_s": 1e12}],
          "ops_per_clock_per_unit": {"sm_777": {"bf16": 1000}}})");
  Gpu gpu = gpu_named("NVIDIA X2");
  gpu.facts.architecture = "sm_777";
  gpu.facts.units = 10;
  gpu.facts.clock = Frequency{1e9};

  const Datasheet sheet = datasheet_of(gpu, sheets);

  ASSERT_EQ(sheet.peak.size(), 1U);
  EXPECT_EQ(sheet.peak[0].second.value, 1e13);
}

Host host_of_two_cores() {
  Host host;
  host.cpu.model = "AMD EPYC 9B45";
  host.cpu.cores = 2;
  host.cpu.nominal_clock = {2e9};
  host.ops_per_cycle = {{DType::f32, 64, "made up"}};
  return host;
}

TEST(DatasheetFileOfACpu, CountsItsCores) {
  const Datasheets sheets = with(
      R"({"cpus": [{"name": "Turin", "match": ["EPYC 9B45"], "memory_bytes_per_s": 6e10,
          "core_peak_flop_per_s": {"f64": 1.3e11, "int8": 1e12}}]})");

  const Datasheet sheet = datasheet_of(host_of_two_cores(), 2, sheets);

  EXPECT_EQ(sheet.name, "AMD EPYC 9B45, 2 cores");
  EXPECT_EQ(sheet.source, "2 cores by the datasheet Turin of my.json");
  EXPECT_EQ(sheet.peak, (std::vector<std::pair<DType, Throughput>>{{DType::f64, {2.6e11}},
                                                                   {DType::int8, {2e12}}}));
  EXPECT_EQ(sheet.memory->value, 6e10) << "of the whole host";
}

TEST(DatasheetFileOfACpu, SharesTheHostsPeakByCores) {
  const Datasheets sheets = with(
      R"({"cpus": [{"name": "T", "match": ["EPYC"], "host_peak_flop_per_s": {"f64": 2.6e11}}]})");

  EXPECT_EQ(datasheet_of(host_of_two_cores(), 1, sheets).peak[0].second.value, 1.3e11);
}

TEST(DatasheetFileOfACpu, MayTellTheBandwidthAlone) {
  const Datasheets sheets =
      with(R"({"cpus": [{"name": "T", "match": ["EPYC"], "memory_bytes_per_s": 6e10}]})");

  const Datasheet sheet = datasheet_of(host_of_two_cores(), 1, sheets);

  EXPECT_EQ(sheet.memory->value, 6e10);
  EXPECT_EQ(sheet.peak[0].second.value, 64 * 2e9) << "derived as without a file";
  EXPECT_EQ(sheet.confidence, "derived");
  EXPECT_NE(sheet.source.find("; memory: datasheet T of my.json"), std::string::npos);
}

// The examples of the documentation are what people copy.
TEST(DatasheetFile, OfTheDocumentationIsRead) {
  std::ifstream file(SHORTFALL_SOURCE_DIR "/docs/datasheets.md");
  std::stringstream content;
  content << file.rdbuf();
  const std::string text = content.str();
  int examples = 0;
  for (std::size_t at = text.find("```json\n"); at != std::string::npos;
       at = text.find("```json\n", at + 1)) {
    const std::size_t begin = at + 8;
    EXPECT_NO_THROW(parsed_datasheets(text.substr(begin, text.find("```", begin) - begin), "doc"));
    ++examples;
  }
  EXPECT_EQ(examples, 1);
}

struct Bad {
  std::string name, text, words;
};

class BadDatasheet : public ::testing::TestWithParam<Bad> {};

TEST_P(BadDatasheet, IsRefusedWithItsPlace) {
  const std::string refusal = refusal_of([] { parsed_datasheets(GetParam().text, "my.json"); });

  EXPECT_TRUE(refusal.starts_with("my.json: " + GetParam().words)) << refusal;
}

std::string named(const ::testing::TestParamInfo<Bad>& info) { return info.param.name; }

const std::string sparse_words = "expected dense figures, for a sparse peak also counts";

const std::vector<Bad> sparse{
    Bad{"Key", row(R"("sparse_peak_flop_per_s": {"bf16": 2e15})"),
        "accelerators[0].sparse_peak_flop_per_s: " + sparse_words},
    Bad{"Flag", row(R"("memory_bytes_per_s": 1e12, "sparsity": true)"),
        "accelerators[0].sparsity: " + sparse_words},
    Bad{"Type", with_peaks(R"("bf16_sparse": 2e15)"),
        "accelerators[0].dense_peak_flop_per_s.bf16_sparse: " + sparse_words},
    Bad{"Value", with_peaks(R"("bf16": "1979e12 with sparsity")"),
        "accelerators[0].dense_peak_flop_per_s.bf16: " + sparse_words},
    Bad{"Name", R"({"accelerators": [{"name": "X1, Sparse", "match": ["X1"]}]})",
        "accelerators[0].name: " + sparse_words},
    Bad{"TwiceTheFormula", row(R"("architecture": "sm_90", "units": 100, "clock_hz": 1e9,
                   "dense_peak_flop_per_s": {"bf16": 8.2e14})"),
        "accelerators[0].dense_peak_flop_per_s.bf16: 820 TFLOP/s are 2.00 times the 410 "
        "TFLOP/s that 100 units of sm_90 reach at 1.00 GHz: a sparse peak"},
    Bad{"TwiceTheBuiltIn",
        R"({"accelerators": [{"name": "mine", "match": ["NVIDIA H100 80GB HBM3"],
                "dense_peak_flop_per_s": {"bf16": 1.979e15}}]})",
        "accelerators[0].dense_peak_flop_per_s.bf16: 1979 TFLOP/s are 2.00 times the 989 "
        "TFLOP/s that H100 SXM5 80GB has: a sparse peak"}};
INSTANTIATE_TEST_SUITE_P(Sparse, BadDatasheet, ::testing::ValuesIn(sparse), named);

const std::vector<Bad> units{
    Bad{"Gigaflops", row(R"("peak_gflops": 3)"),
        "accelerators[0].peak_gflops: expected a key that is one of: name, match, except, "
        "vendor, architecture, units, clock_hz, tensor_clock_hz, dense_peak_flop_per_s"},
    Bad{"Gibibytes", row(R"("bandwidth_gib": 3)"),
        "accelerators[0].bandwidth_gib: expected a key that is one of: name"},
    Bad{"Teraflops", with_peaks(R"("bf16": 989.4)"),
        "accelerators[0].dense_peak_flop_per_s.bf16: expected a number of FLOP/s, at least "
        "100 MFLOP/s, found 989.4"},
    Bad{"GigabytesPerSecond", row(R"("memory_bytes_per_s": 3352)"),
        "accelerators[0].memory_bytes_per_s: expected a number of B/s, at least 1.00 MB/s"},
    Bad{"Megahertz", row(R"("memory_bytes_per_s": 1e12, "clock_hz": 1980)"),
        "accelerators[0].clock_hz: expected a number of Hz"},
    Bad{"UnknownType", with_peaks(R"("fp12": 1e12)"),
        "accelerators[0].dense_peak_flop_per_s.fp12: expected a key that is one of: fp64, "}};
INSTANTIATE_TEST_SUITE_P(Units, BadDatasheet, ::testing::ValuesIn(units), named);

const std::vector<Bad> values{
    Bad{"Negative", with_peaks(R"("bf16": -1e12)"),
        "accelerators[0].dense_peak_flop_per_s.bf16: expected a number of FLOP/s"},
    Bad{"Zero", with_peaks(R"("bf16": 0)"),
        "accelerators[0].dense_peak_flop_per_s.bf16: expected a number of FLOP/s"},
    Bad{"NotANumber", with_peaks(R"("bf16": NaN)"), "is no JSON: "},
    Bad{"Infinite", with_peaks(R"("bf16": 1e999)"), "is no JSON: "},
    Bad{"Text", with_peaks(R"("bf16": "1e12")"),
        "accelerators[0].dense_peak_flop_per_s.bf16: expected a number, found \"1e12\""},
    Bad{"NoUnits", row(R"("memory_bytes_per_s": 1e12, "units": 0)"),
        "accelerators[0].units: expected a whole number from 1 to"},
    Bad{"Confidence", row(R"("memory_bytes_per_s": 1e12, "confidence": "sure")"),
        "accelerators[0].confidence: expected one of: high, medium, low, found \"sure\""},
    Bad{"NothingPromised", row(R"("units": 3)"),
        "accelerators[0]: expected a row with dense_peak_flop_per_s or memory_bytes_per_s"},
    Bad{"Nesting", std::string(1000, '['), "nested deeper than 64"},
    Bad{"Empty", "", "is empty, expected JSON"},
    Bad{"Bytes", "\xff\xfe{}", "is no JSON: "},
    Bad{"List", "[]", "the document: expected an object, found a list"},
    Bad{"NoRows", R"({"accelerators": []})", "accelerators: expected 1 to 1000 rows"},
    Bad{"NoSections", "{}", "the document: has neither accelerators nor cpus"},
    Bad{"UnknownSection", R"({"gpus": []})",
        "gpus: expected a key that is one of: accelerators, cpus, ops_per_clock_per_unit"}};
INSTANTIATE_TEST_SUITE_P(Values, BadDatasheet, ::testing::ValuesIn(values), named);

const std::vector<Bad> names{
    Bad{"NoName", R"({"accelerators": [{"match": ["X"]}]})",
        "accelerators[0].name: expected a string, found nothing"},
    Bad{"NoMatch", R"({"accelerators": [{"name": "X", "memory_bytes_per_s": 1e12}]})",
        "accelerators[0].match: expected names that devices give themselves, at least one"},
    Bad{"EmptyMatch", R"({"accelerators": [{"name": "X", "match": ["X", ""]}]})",
        "accelerators[0].match[1]: expected a name with letters or digits, found \"\""},
    Bad{"RepeatedKey", with_peaks(R"("bf16": 1e12, "bf16": 2e12)"),
        "the key \"bf16\" stands twice in one object"},
    Bad{"RepeatedType", with_peaks(R"("f32": 1e12, "fp32": 2e12)"),
        "accelerators[0].dense_peak_flop_per_s.fp32: expected one figure for fp32"},
    Bad{"RepeatedName",
        R"({"accelerators": [{"name": "X", "match": ["X"], "memory_bytes_per_s": 1e12},
                                 {"name": "X", "match": ["Y"], "memory_bytes_per_s": 1e12}]})",
        "accelerators[1].name: \"X\" stands here twice"},
    Bad{"RepeatedMatch",
        R"({"accelerators": [{"name": "X", "match": ["A-1"], "memory_bytes_per_s": 1e12},
                                 {"name": "Y", "match": ["a 1"], "memory_bytes_per_s": 1e12}]})",
        "accelerators[1].match: \"a 1\" means \"X\", too, and no memory_bytes tells which"},
    Bad{"BothPeaksOfACpu",
        R"({"cpus": [{"name": "X", "match": ["X"], "core_peak_flop_per_s": {"f64": 1e11},
                          "host_peak_flop_per_s": {"f64": 1e12}}]})",
        "cpus[0].host_peak_flop_per_s: expected either this or core_peak_flop_per_s"}};
INSTANTIATE_TEST_SUITE_P(Names, BadDatasheet, ::testing::ValuesIn(names), named);

}  // namespace
}  // namespace shortfall
