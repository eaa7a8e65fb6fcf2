// Reads --expect FILE. Trusts nothing.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/error.hpp"
#include "core/json.hpp"
#include "core/text.hpp"
#include "diagnosis/expect.hpp"

namespace shortfall {
namespace {

struct UnitScale {
  std::string_view unit;
  double scale;
};
using Units = std::span<const UnitScale>;

constexpr std::array<UnitScale, 9> memory_units{{{"B", 1},
                                                 {"KiB", 1024.0},
                                                 {"MiB", 1048576.0},
                                                 {"GiB", 1073741824.0},
                                                 {"TiB", 1099511627776.0},
                                                 {"kB", 1e3},
                                                 {"MB", 1e6},
                                                 {"GB", 1e9},
                                                 {"TB", 1e12}}};
// Of bits alone: a port of 400 Gbit/s has 50 GB/s, and who writes GB/s may mean either.
constexpr std::array<UnitScale, 4> rate_units{
    {{"bit/s", 1}, {"Mbit/s", 1e6}, {"Gbit/s", 1e9}, {"Tbit/s", 1e12}}};
constexpr std::array<UnitScale, 2> transfer_units{{{"GT/s", 1e9}, {"MT/s", 1e6}}};

std::vector<std::string> names_of(Units units) {
  std::vector<std::string> names;
  for (const UnitScale& unit : units) names.emplace_back(unit.unit);
  return names;
}

std::string wanted(Units units, std::string_view example) {
  return fmt::format(
      "a figure with its unit, such as \"{}\" or {{\"value\": ..., \"unit\": ...}}; "
      "units: {}",
      example, join(names_of(units), ", "));
}

// Rejects keys that nobody reads, with those that are meant.
void check_keys(const Node& node, const std::vector<std::string>& known) {
  for (const auto& [key, value] : node.object().items()) {
    if (std::ranges::find(known, key) != known.end()) continue;
    const Node stranger = node[key];
    stranger.reject(fmt::format("no such key (nearest: {}; known: {})",
                                join(nearest(key, known, 2), ", "), join(known, ", ")));
  }
}

std::optional<double> scale_of(std::string_view unit, Units units) {
  const auto found = std::ranges::find(units, unit, &UnitScale::unit);
  return found == units.end() ? std::nullopt : std::optional(found->scale);
}

double scaled_or_reject(const Node& node, std::optional<double> number, std::string_view unit,
                        Units units, std::string_view example) {
  const auto scale = scale_of(unit, units);
  if (!number || !scale || !(*number > 0) || !std::isfinite(*number * *scale)) {
    node.reject("more than zero: " + wanted(units, example));
  }
  return *number * *scale;
}

// {"value": 400, "unit": "Gbit/s"}, or "400 Gbit/s" with or without the blank.
double figure_with_unit(const Node& node, const Json& json, Units units, std::string_view example) {
  if (json.is_object()) {
    check_keys(node, {"value", "unit"});
    return scaled_or_reject(node, node["value"].number(), node["unit"].text(), units, example);
  }
  if (!json.is_string()) node.reject(wanted(units, example));
  const std::string& text = node.text();
  const std::size_t digits = std::min(text.find_first_not_of("0123456789.eE+-"), text.size());
  const std::size_t unit = std::min(text.find_first_not_of(' ', digits), text.size());
  return scaled_or_reject(node, parse_number(std::string_view(text).substr(0, digits)),
                          std::string_view(text).substr(unit), units, example);
}

// "Gen5 x16", "Gen5", "x16".
PcieLink link_in_words(const Node& node) {
  const auto refuse = [&] { node.reject("a link such as \"Gen5 x16\" (Gen1 to Gen6, x1 to x32)"); };
  PcieLink link;
  for (const std::string& word : split(node.text(), ' ')) {
    const bool is_generation = word.starts_with("Gen");
    if (!is_generation && !word.starts_with('x')) refuse();
    const auto number = parse_integer(std::string_view(word).substr(is_generation ? 3 : 1));
    if (!number || *number < 1 || *number > (is_generation ? 6 : 32)) refuse();
    const bool is_told = is_generation ? link.per_lane.value > 0 : link.lanes > 0;
    if (is_told) refuse();
    if (is_generation) {
      link.per_lane = pcie_lanes.at(static_cast<std::size_t>(*number - 1));
    } else {
      link.lanes = static_cast<int>(*number);
    }
  }
  return link;
}

PcieLink link_at(const Node& node, const Json& json) {
  if (!json.is_object()) return link_in_words(node);
  check_keys(node, {"transfers_per_s", "lanes"});
  PcieLink link;
  if (json.contains("transfers_per_s")) {
    const Node transfers = node["transfers_per_s"];
    link.per_lane = {
        figure_with_unit(transfers, json["transfers_per_s"], transfer_units, "32 GT/s")};
  }
  if (json.contains("lanes")) link.lanes = static_cast<int>(node["lanes"].integer(1, 32));
  if (link == PcieLink{}) node.reject("\"transfers_per_s\" or \"lanes\"");
  return link;
}

Expectation::Rates rates_at(const Node& node) {
  check_keys(node, {"rdma", "ethernet", "pcie"});
  Expectation::Rates rates;
  for (const auto& [key, json] : node.object().items()) {
    const Node child = node[key];
    if (key == "pcie") {
      rates.pcie = link_at(child, json);
    } else {
      auto& rate = key == "rdma" ? rates.rdma : rates.ethernet;
      rate = BitRate{figure_with_unit(child, json, rate_units, "400 Gbit/s")};
    }
  }
  return rates;
}

void take_hosts(const Node& node, const Json& json, Expectation& into) {
  if (!json.is_array()) {
    if (!json.is_number()) node.reject("the number of hosts, or a list of their names");
    into.hosts = static_cast<int>(node.integer(1, std::numeric_limits<int>::max()));
    return;
  }
  if (json.empty()) node.reject("at least one name");
  for (std::size_t i = 0; i < json.size(); ++i) {
    const Node name = node[i];
    if (name.text().empty()) name.reject("the name of a host");
    if (std::ranges::count(into.host_names, name.text()) > 0) name.reject("each name once");
    into.host_names.push_back(name.text());
  }
}

struct CountKey {
  std::string_view key;
  std::optional<int> Expectation::*count;
  int least;
};
constexpr std::array<CountKey, 5> count_keys{{{"gpus_per_host", &Expectation::gpus_per_host, 0},
                                              {"nics_per_host", &Expectation::nics_per_host, 0},
                                              {"numa_nodes", &Expectation::numa_nodes, 1},
                                              {"cores", &Expectation::cores, 1},
                                              {"ranks_per_host", &Expectation::ranks_per_host, 1}}};

void take(const Node& node, std::string_view key, const Json& json, Expectation& into) {
  const auto count = std::ranges::find(count_keys, key, &CountKey::key);
  if (count != count_keys.end()) {
    into.*count->count =
        static_cast<int>(node.integer(count->least, std::numeric_limits<int>::max()));
  } else if (key == "hosts") {
    take_hosts(node, json, into);
  } else if (key == "gpu") {
    if (node.text().empty()) node.reject("a part of the GPU's name, such as \"H100\"");
    into.gpu = node.text();
  } else if (key == "memory") {
    into.memory = Bytes{figure_with_unit(node, json, memory_units, "1.5 TiB")};
  } else {
    into.link_rates = rates_at(node);
  }
}

}  // namespace

Expectation parsed_expectation(std::string_view json, const std::string& source) {
  const Json document = parsed(json, source);
  const Node root(document, source);
  std::vector<std::string> known{"hosts", "gpu", "memory", "link_rates"};
  for (const CountKey& count : count_keys) known.emplace_back(count.key);
  check_keys(root, known);
  Expectation expectation;
  for (const auto& [key, value] : document.items()) take(root[key], key, value, expectation);
  return expectation;
}

}  // namespace shortfall
