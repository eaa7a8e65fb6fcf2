// Trusts nothing that stands in the document; what its figures mean is checked later.
#include "topology/datasheets/datasheets_json.hpp"

#include <cmath>
#include <map>

#include "core/dtype.hpp"
#include "core/json.hpp"
#include "core/text.hpp"
#include "topology/datasheets/datasheets.hpp"
#include "topology/datasheets/link_promises.hpp"
#include "topology/datasheets/match_name.hpp"

namespace shortfall {
namespace {

using Names = std::vector<std::string>;

// Smaller figures are in another unit: TFLOP/s, GB/s, MHz, GB.
constexpr double least_flop_per_s = 1e8, least_bytes_per_s = 1e6, least_hz = 1e6, least_bytes = 1e4;
constexpr std::int64_t most_rows = 1'000, most_names = 20, most_units = 1'000'000,
                       most_links = 1'000, most_joined = 100'000;

bool speaks_of_sparsity(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text.find("spars") != std::string::npos || text.find("2:4") != std::string::npos;
}

[[noreturn]] void reject_sparse(const Node& node) {
  node.reject(
      "dense figures, for a sparse peak also counts what is not multiplied (it is twice the dense "
      "one)");
}

[[noreturn]] void reject_key(const Node& node, const Names& known) {
  node.reject("a key that is one of: " + join(known, ", "));
}

void check_keys(const Node& node, const Names& known) {
  for (const auto& [key, value] : node.object().items()) {
    const Node child = node[key];
    if (speaks_of_sparsity(key)) reject_sparse(child);
    if (std::ranges::find(known, key) == known.end()) reject_key(child, known);
  }
}

double quantity(const Node& node, double least, const std::string& unit) {
  const double value = node.number();
  if (!std::isfinite(value) || value < least) {
    node.reject("a number of " + unit + ", at least " + scaled(least, unit));
  }
  return value;
}

double quantity_or_zero(const Node& node, double least, const std::string& unit) {
  return node.is_absent() ? 0 : quantity(node, least, unit);
}

int count_or_zero(const Node& node, std::int64_t most) {
  return node.is_absent() ? 0 : static_cast<int>(node.integer(1, most));
}

std::string text_or_empty(const Node& node) { return node.is_absent() ? "" : node.text(); }

Names texts(const Node& node) {
  Names all;
  if (node.is_absent()) return all;
  for (std::size_t i = 0; i < node.list().size(); ++i) all.push_back(node[i].text());
  return all;
}

Names names_to_match(const Node& node) {
  Names all = texts(node);
  if (static_cast<std::int64_t>(all.size()) > most_names) {
    node.reject("at most " + std::to_string(most_names) + " names");
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (words_in(all[i]).empty()) node[i].reject("a name with letters or digits");
  }
  return all;
}

// "f32" and "float32" are fp32, too; "" = unknown.
std::string peak_name(const std::string& name) {
  if (std::ranges::find(peak_names, name) != peak_names.end()) return name;
  const auto type = dtype_named(name);
  if (!type) return "";
  const std::map<DType, std::string> others{{DType::f64, "fp64"},
                                            {DType::f32, "fp32"},
                                            {DType::f16, "fp16"},
                                            {DType::bf16, "bf16"},
                                            {DType::int8, "int8"}};
  const auto found = others.find(*type);
  return found == others.end() ? "" : found->second;
}

// The types of `node` with what `value_of` reads of each; null is as good as absent.
template <class Value>
std::vector<std::pair<std::string, Value>> by_type(const Node& node, const auto& value_of) {
  std::vector<std::pair<std::string, Value>> all;
  if (node.is_absent()) return all;
  for (const auto& [key, json] : node.object().items()) {
    const Node child = node[key];
    const bool is_sparse =
        speaks_of_sparsity(key) || (json.is_string() && speaks_of_sparsity(child.text()));
    if (is_sparse) reject_sparse(child);
    const std::string name = peak_name(key);
    if (name.empty()) reject_key(child, {peak_names.begin(), peak_names.end()});
    if (json.is_null()) continue;
    const auto same = std::ranges::find(all, name, &std::pair<std::string, Value>::first);
    if (same != all.end()) child.reject("one figure for " + name + ", which stands here twice");
    all.emplace_back(name, value_of(child));
  }
  return all;
}

Peaks peaks_of(const Node& node) {
  return by_type<Throughput>(node, [](const Node& child) {
    return Throughput{quantity(child, least_flop_per_s, "FLOP/s")};
  });
}

std::vector<Bytes> sizes_of(const Node& row) {
  const Node node = row["memory_bytes"];
  if (node.is_absent()) return {};
  if (!row.object().find("memory_bytes")->is_array()) {
    return {Bytes{quantity(node, least_bytes, "B")}};
  }
  std::vector<Bytes> all;
  for (std::size_t i = 0; i < node.list().size(); ++i) {
    all.push_back({quantity(node[i], least_bytes, "B")});
  }
  return all;
}

std::optional<ScaleUp> scale_up_of(const Node& node) {
  if (node.is_absent()) return std::nullopt;
  check_keys(node, {"kind", "generation", "links", "link_bytes_per_s", "joins"});
  return ScaleUp{.kind = node["kind"].text(),
                 .generation = count_or_zero(node["generation"], most_links),
                 .links = static_cast<int>(node["links"].integer(1, most_links)),
                 .of_one_link = {quantity(node["link_bytes_per_s"], least_bytes_per_s, "B/s")},
                 .joins = count_or_zero(node["joins"], most_joined)};
}

std::optional<HostLink> host_link_of(const Node& node) {
  if (node.is_absent()) return std::nullopt;
  check_keys(node, {"kind", "bytes_per_s"});
  return HostLink{node["kind"].text(), {quantity(node["bytes_per_s"], least_bytes_per_s, "B/s")}};
}

PcieLink pcie_of(const Node& node) {
  if (node.is_absent()) return {};
  check_keys(node, {"generation", "lanes"});
  const auto lane = pcie_lane(static_cast<int>(node["generation"].integer(1, 7)));
  return {lane.value_or(Transfers{}), static_cast<int>(node["lanes"].integer(1, 32))};
}

void read_common(const Node& row, const std::string& file, Sheet& sheet) {
  sheet.name = row["name"].text();
  if (words_in(sheet.name).empty()) row["name"].reject("a name with letters or digits");
  if (speaks_of_sparsity(sheet.name)) reject_sparse(row["name"]);
  sheet.match = names_to_match(row["match"]);
  if (sheet.match.empty()) row["match"].reject("names that devices give themselves, at least one");
  sheet.except = names_to_match(row["except"]);
  if (!row["memory_bytes_per_s"].is_absent()) {
    sheet.memory = Bandwidth{quantity(row["memory_bytes_per_s"], least_bytes_per_s, "B/s")};
  }
  sheet.sources = texts(row["sources"]);
  sheet.confidence = text_or_empty(row["confidence"]);
  const bool is_known = sheet.confidence.empty() || sheet.confidence == "high" ||
                        sheet.confidence == "medium" || sheet.confidence == "low";
  if (!is_known) row["confidence"].reject("one of: high, medium, low");
  sheet.notes = text_or_empty(row["notes"]);
  sheet.file = file;
}

DeviceSheet device_of(const Node& row, const std::string& file) {
  check_keys(row, {"name", "match", "except", "vendor", "architecture", "units", "clock_hz",
                   "tensor_clock_hz", "dense_peak_flop_per_s", "memory_bytes_per_s", "memory_bytes",
                   "l2_bytes", "scale_up", "pcie", "host_link", "tdp_w", "sources", "confidence",
                   "notes"});
  DeviceSheet sheet;
  read_common(row, file, sheet);
  sheet.vendor = text_or_empty(row["vendor"]);
  sheet.architecture = text_or_empty(row["architecture"]);
  sheet.units = count_or_zero(row["units"], most_units);
  sheet.clock = {quantity_or_zero(row["clock_hz"], least_hz, "Hz")};
  sheet.tensor_clock = {quantity_or_zero(row["tensor_clock_hz"], least_hz, "Hz")};
  sheet.peak = peaks_of(row["dense_peak_flop_per_s"]);
  sheet.sizes = sizes_of(row);
  sheet.l2 = {quantity_or_zero(row["l2_bytes"], least_bytes, "B")};
  sheet.scale_up = scale_up_of(row["scale_up"]);
  sheet.pcie = pcie_of(row["pcie"]);
  sheet.host_link = host_link_of(row["host_link"]);
  sheet.tdp_w = quantity_or_zero(row["tdp_w"], 1, "W");
  if (sheet.peak.empty() && !sheet.memory) {
    row.reject("a row with dense_peak_flop_per_s or memory_bytes_per_s");
  }
  return sheet;
}

CpuSheet cpu_of(const Node& row, const std::string& file) {
  check_keys(row, {"name", "match", "except", "core_peak_flop_per_s", "host_peak_flop_per_s",
                   "memory_bytes_per_s", "sources", "confidence", "notes"});
  CpuSheet sheet;
  read_common(row, file, sheet);
  sheet.core_peak = peaks_of(row["core_peak_flop_per_s"]);
  sheet.host_peak = peaks_of(row["host_peak_flop_per_s"]);
  if (!sheet.core_peak.empty() && !sheet.host_peak.empty()) {
    row["host_peak_flop_per_s"].reject("either this or core_peak_flop_per_s");
  }
  if (sheet.core_peak.empty() && sheet.host_peak.empty() && !sheet.memory) {
    row.reject("a row with core_peak_flop_per_s, host_peak_flop_per_s or memory_bytes_per_s");
  }
  return sheet;
}

std::vector<OpsPerClock> ops_of(const Node& node) {
  std::vector<OpsPerClock> all;
  if (node.is_absent()) return all;
  for (const auto& [architecture, ops] : node.object().items()) {
    const Node child = node[architecture];
    if (speaks_of_sparsity(architecture)) reject_sparse(child);
    all.push_back({architecture, by_type<double>(child, [](const Node& value) {
                     return quantity(value, 1, "operations per clock");
                   })});
  }
  return all;
}

template <class AnySheet>
std::vector<AnySheet> rows_of(const Node& node, const std::string& file, const auto& read) {
  std::vector<AnySheet> rows;
  if (node.is_absent()) return rows;
  if (node.list().empty() || static_cast<std::int64_t>(node.list().size()) > most_rows) {
    node.reject("1 to " + std::to_string(most_rows) + " rows");
  }
  for (std::size_t i = 0; i < node.list().size(); ++i) rows.push_back(read(node[i], file));
  return rows;
}

}  // namespace

Datasheets datasheets_from(std::string_view text, const std::string& source, bool of_user) {
  const Json json = parsed_without_repeats(text, source);
  const Node document(json, source);
  check_keys(document, {"accelerators", "cpus", "ops_per_clock_per_unit", "notes"});
  const std::string file = of_user ? source : "";
  Datasheets sheets;
  sheets.ops = ops_of(document["ops_per_clock_per_unit"]);
  sheets.accelerators = rows_of<DeviceSheet>(document["accelerators"], file, device_of);
  sheets.cpus = rows_of<CpuSheet>(document["cpus"], file, cpu_of);
  return sheets;
}

}  // namespace shortfall
