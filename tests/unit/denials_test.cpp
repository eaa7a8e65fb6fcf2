// What may not be read is named, with the answer.
#include <gtest/gtest.h>

#include "tests/unit/made_up_root.hpp"
#include "topology/devices/acs.hpp"
#include "topology/survey.hpp"

namespace shortfall {
namespace {

using Unread = std::vector<std::pair<std::string, std::string>>;

TEST(Denials, OfTheSameFileOfSeveralDevicesStandInOneEntry) {
  EXPECT_EQ(folded({{"/sys/a/config", "no"},
                    {"/sys/b/config", "no"},
                    {"/sys/c/config", "never"},
                    {"/proc/1/environ", "no"}}),
            (Unread{{"/sys/c/config", "never"},
                    {"/sys/a/config and 1 more", "no"},
                    {"/proc/1/environ", "no"}}));
}

TEST(Denials, AreNotNotedWhereNobodyAsks) { note_denial({}, "/x", "no"); }

using DeniedParts = MadeUpRoot;

TEST_F(DeniedParts, AConfigurationSpaceOfWhichOnlyTheStartMayBeReadIsNamed) {
  const std::string bridge = "0000:00:01.0";
  file("/sys/bus/pci/devices/" + bridge + "/config", std::string(64, 'x'));
  root.denials = std::make_shared<Denials>();

  EXPECT_EQ(detours_transfers({"pci0000:00", bridge}, root), std::nullopt);

  ASSERT_EQ(root.denials->size(), 1U);
  EXPECT_EQ(root.denials->begin()->first, "/sys/bus/pci/devices/" + bridge + "/config");
}

TEST_F(DeniedParts, OfAMachineWithoutSecretsAreNone) {
  file("/proc/cpuinfo", "processor : 0\n");

  EXPECT_TRUE(survey_host(root).unread.empty());
}

}  // namespace
}  // namespace shortfall
