// Surveys of trees whose files hold anything: whatever they say, a survey comes to its end.
#include <gtest/gtest.h>

#include <random>

#include "tests/unit/recorded_root.hpp"
#include "topology/encode.hpp"
#include "topology/loaded_links.hpp"
#include "topology/survey.hpp"

namespace shortfall {
namespace {

using Random = std::mt19937;

std::size_t below(std::size_t end, Random& random) {
  return std::uniform_int_distribution<std::size_t>(0, end - 1)(random);
}

std::string anything(std::string /*text*/, Random& random) {
  std::string bytes(below(64, random), '\0');
  for (char& byte : bytes) byte = static_cast<char>(below(256, random));
  return bytes;
}

// Digits and signs that parsers take for more than they are.
std::string extreme(std::string text, Random& random) {
  const std::vector<std::string> values{"-1",
                                        "0",
                                        "9223372036854775808",
                                        "-99999999999",
                                        "1e308",
                                        "nan",
                                        "0x",
                                        "0xffffffffffffffff",
                                        ":",
                                        " GT/s",
                                        "4:",
                                        "-inf Gb/sec",
                                        "0-",
                                        "Model:",
                                        "inf GT/s",
                                        "1e999 Gb/sec"};
  return below(4, random) == 0 ? values[below(values.size(), random)] : text;
}

std::string cut_off(std::string text, Random& random) {
  return text.substr(0, below(text.size() + 1, random));
}

std::string one_byte_off(std::string text, Random& random) {
  if (!text.empty()) text[below(text.size(), random)] = static_cast<char>(below(256, random));
  return text;
}

class DamagedTree : public RecordedRoot,
                    public ::testing::WithParamInterface<std::string (*)(std::string, Random&)> {};

TEST_P(DamagedTree, IsSurveyedToItsEnd) {
  Random random(2024);
  expand("dgx_h100", [&](std::string text) { return GetParam()(std::move(text), random); });
  Host host = survey_host(root);

  note_links(host, root);

  EXPECT_EQ(decode_host(encode(host)), host);
  for (const Gpu& gpu : host.gpus) {
    EXPECT_LE(gpu.slot.current.lanes, 32);
    EXPECT_LE(gpu.slot.current.per_lane, Transfers{128e9});
  }
  for (const Nic& nic : host.nics) {
    for (const RdmaPort& port : nic.ports) EXPECT_GE(port.rate, BitRate{});
  }
}

INSTANTIATE_TEST_SUITE_P(All, DamagedTree,
                         ::testing::Values(anything, extreme, cut_off, one_byte_off));

class StrangeTree : public MadeUpRoot {};

TEST_F(StrangeTree, MayHaveLinksInACircle) {
  link("/sys/bus/pci/devices/0000:17:00.0", "0000:17:00.0");
  link("/sys/class/net/eth0", "eth0");
  link("/sys/class/infiniband/mlx5_0", "../infiniband/mlx5_0");

  const Host host = survey_host(root);

  EXPECT_TRUE(host.gpus.empty());
}

TEST_F(StrangeTree, MayHaveFilesForFoldersAndFoldersForFiles) {
  file("/sys/bus/pci/devices/0000:17:00.0/class/x", "");
  file("/sys/class/net", "eth0");
  file("/sys/class/infiniband/mlx5_0/ports", "1");
  file("/proc/driver/nvidia/gpus/0000:17:00.0/information/x", "");

  const Host host = survey_host(root);

  EXPECT_TRUE(host.gpus.empty());
  EXPECT_TRUE(host.nics.at(0).ports.empty());
}

TEST_F(StrangeTree, MayHaveNamesThatAreNoAddresses) {
  for (const std::string name :
       {"17", "0000:17:00", "0000:17:00.0.0", "000g:17:00.0", "...", ":"}) {
    file("/sys/bus/pci/devices/" + name + "/class", "0x030200\n");
    file("/sys/bus/pci/devices/" + name + "/vendor", "0x10de\n");
  }

  EXPECT_TRUE(survey_host(root).gpus.empty());
}

}  // namespace
}  // namespace shortfall
