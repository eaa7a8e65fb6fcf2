// Rank 0 has the hosts of a large job to read and to compare before the first case begins.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>

#include "diagnosis/drift.hpp"
#include "made_up_cluster.hpp"
#include "topology/encode.hpp"

namespace shortfall {
namespace {

// As they arrive from 10,000 hosts, `different` of which differ from all others in something.
std::vector<std::string> encoded_cluster(int different) {
  std::vector<std::string> texts;
  for (int i = 0; i < 10000; ++i) {
    Host host = made_up_host(i);
    if (i < different) host.environment[0].second = std::to_string(i);
    if (i < different) host.gpus[3].facts.firmware = std::to_string(i % 50);
    if (i < different) host.nics[5].slot.address = std::to_string(i);
    texts.push_back(encode(host));
  }
  return texts;
}

double peak_mebibytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void expect_quick_vote(int different, std::size_t least_drift) {
  const auto texts = encoded_cluster(different);
  const auto start = std::chrono::steady_clock::now();
  std::vector<Host> hosts;
  hosts.reserve(texts.size());
  for (const std::string& text : texts) hosts.push_back(decode_host(text));
  const auto decoded = std::chrono::steady_clock::now();
  const auto drift = drift_of(hosts);
  const auto findings = drift_findings(drift);
  const auto end = std::chrono::steady_clock::now();

  const double seconds = std::chrono::duration<double>(end - start).count();
  const double of_vote = std::chrono::duration<double>(end - decoded).count();
  fmt::print(
      "10000 hosts, {} differ: {:.2f} s, of it the vote {:.2f} s; {} bytes each; peak {:.0f} MiB\n",
      different, seconds, of_vote, texts[0].size(), peak_mebibytes());
  EXPECT_GE(drift.size(), least_drift);
  EXPECT_LE(findings.size(), 257U);
  EXPECT_LT(seconds, 60);  // seconds at most; sanitizers and busy machines take longer
}

TEST(DriftSpeed, OfTenThousandEqualHosts) { expect_quick_vote(0, 0); }

TEST(DriftSpeed, OfTenThousandHostsOfWhichHalfDiffer) { expect_quick_vote(5000, 128); }

TEST(DriftSpeed, OfTenThousandHostsThatAllDiffer) { expect_quick_vote(10000, 0); }

}  // namespace
}  // namespace shortfall
