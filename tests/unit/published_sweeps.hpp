// Published sweeps of collectives: tests/data/collective_sweeps.json.
#pragma once

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "model/collectives/sweep_fit.hpp"

namespace shortfall {

struct PublishedSweep {
  int ranks, hosts;
  std::vector<SweepPoint> points;
};

// The time of an all-reduce whose bus bandwidth is known (nccl-tests' definition).
inline Seconds all_reduce_time(Bytes bytes, int ranks, Bandwidth bus) {
  const double n = ranks;
  return bytes * (2 * (n - 1) / n) / bus;
}

inline Seconds published_time(const std::string& unit, double value, Bytes bytes, int ranks) {
  if (unit == "time_us") return {value * 1e-6};
  if (unit == "busbw_gb_per_s") return all_reduce_time(bytes, ranks, {value * 1e9});
  constexpr double whole = 50e9;  // any: shares say nothing of it
  if (unit == "share_of_busbw") return all_reduce_time(bytes, ranks, {value * whole});
  throw std::runtime_error("unknown unit " + unit);
}

// All sweeps of that name, ascending by ranks.
inline std::vector<PublishedSweep> published_sweeps(const std::string& name) {
  std::ifstream file(std::string(SHORTFALL_SOURCE_DIR) + "/tests/data/collective_sweeps.json");
  const auto document = nlohmann::json::parse(file);
  std::vector<PublishedSweep> found;
  for (const auto& sweep : document.at("sweeps")) {
    if (sweep.at("name") != name) continue;
    PublishedSweep one{sweep.at("ranks"), sweep.at("hosts"), {}};
    for (std::size_t i = 0; i < sweep.at("bytes").size(); ++i) {
      const Bytes bytes{sweep.at("bytes")[i].get<double>()};
      const double value = sweep.at("values")[i];
      one.points.push_back({bytes, published_time(sweep.at("unit"), value, bytes, one.ranks)});
    }
    found.push_back(std::move(one));
  }
  if (found.empty()) throw std::runtime_error("no published sweep is called " + name);
  return found;
}

}  // namespace shortfall
