// Real kinds of machines beside each other.
#include <gtest/gtest.h>

#include "diagnosis/drift.hpp"
#include "diagnosis/links.hpp"
#include "tests/unit/recorded_root.hpp"
#include "topology/survey.hpp"

namespace shortfall {
namespace {

class RecordedHosts : public RecordedRoot {
 protected:
  Host host_of(std::string_view tree, const std::string& name) {
    std::filesystem::remove_all(root.path);
    expand(tree);
    Host host = survey_host(root);
    host.name = name;
    host.ranks = 8;
    return host;
  }
};

std::vector<std::string> texts_of(const std::vector<Drift>& drift) {
  std::vector<std::string> texts;
  for (const Drift& d : drift)
    texts.push_back(d.host + " " + d.attribute + " " + d.value + " " + d.majority);
  return texts;
}

TEST_F(RecordedHosts, OfOneKindHaveNoDrift) {
  for (const char* tree : {"dgx_h100", "mi300x", "cloud_vm"}) {
    const std::vector<Host> hosts{host_of(tree, "a"), host_of(tree, "b"), host_of(tree, "c")};

    EXPECT_EQ(texts_of(drift_of(hosts)), std::vector<std::string>()) << tree;
  }
}

TEST_F(RecordedHosts, OfDifferentKindsAreNotCompared) {
  EXPECT_EQ(texts_of(drift_of({host_of("dgx_h100", "a"), host_of("mi300x", "b")})),
            std::vector<std::string>());
}

TEST_F(RecordedHosts, TellTheDegradedOne) {
  const std::vector<Host> hosts{host_of("dgx_h100", "a"), host_of("dgx_h100_degraded", "b"),
                                host_of("dgx_h100", "c")};

  EXPECT_EQ(texts_of(drift_of(hosts)),
            (std::vector<std::string>{"b gpus[0000:52:00.0].slot.current x8 x16",
                                      "b nics[mlx5_10].ports[0].state DOWN ACTIVE"}));
}

TEST_F(RecordedHosts, TellWithoutOthersWhatIsDegraded) {
  Machine machine;
  machine.hosts = {host_of("dgx_h100_degraded", "b"), host_of("mi300x", "c"),
                   host_of("cloud_vm", "d")};
  std::vector<std::string> found;
  for (const Finding& f : degraded_links(machine))
    found.push_back(f.host + " " + f.device + " " + f.reason);

  // A port without a cable may be unused, and the speed of an idle GPU's link says nothing.
  EXPECT_EQ(found, (std::vector<std::string>{
                       "b 0000:52:00.0 its link has x8, while device and port both can do x16"}));
}

}  // namespace
}  // namespace shortfall
