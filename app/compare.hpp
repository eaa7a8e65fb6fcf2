// `shortfall compare`: what changed between two sides of reports.
#pragma once

#include <string>
#include <vector>

namespace shortfall {

struct CompareOptions {
  std::vector<std::string> baseline, candidate;  // reports, or the folders that hold them
  double floor = 0.05;                           // a share
  bool is_strict = false, is_forced = false, json = false;
};

// The exit status.
int compare(const CompareOptions& options);

}  // namespace shortfall
