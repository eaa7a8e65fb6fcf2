// `list --json`.
#include "app/backends_in_use.hpp"
#include "app/list.hpp"
#include "core/json.hpp"
#include "core/overloaded.hpp"

namespace shortfall {
namespace {

Json json(const Value& value) {
  return std::visit([](const auto& v) { return Json(v); }, value);
}

Json json(const Axis::Values& sweeps) {
  Json all = Json::object();
  for (std::size_t profile = 0; profile < sweeps.size(); ++profile) {
    Json& values = all[std::string(profile_names[profile])] = Json::array();
    for (const Value& value : sweeps[profile]) values.push_back(json(value));
  }
  return all;
}

Json json(const Axis& axis) {
  Json all = {{"name", axis.name}};
  all.update(json(axis.values));
  if (axis.on_accelerators) all["on_accelerators"] = json(*axis.on_accelerators);
  if (!axis.form.empty()) all["form"] = axis.form;
  return all;
}

Json json(const Benchmark& b) {
  Json axes = Json::array();
  for (const Axis& axis : b.axes) axes.push_back(json(axis));
  return {{"name", b.name},
          {"suite", suite_names[static_cast<std::size_t>(b.suite)]},
          {"summary", b.summary},
          {"ranks", b.needs.ranks},
          {"runs", runs_names[static_cast<std::size_t>(b.runs)]},
          {"axes", axes}};
}

Json json(const Backend& b) {
  Json roles = Json::array();
  if (b.open_device) roles.push_back("device");
  if (b.open_communicator) roles.push_back("collectives");
  if (b.open_link) roles.push_back("links");
  const std::string why = why_unusable(b);
  return {{"name", b.name},
          {"summary", b.summary},
          {"roles", roles},
          {"usable", why.empty()},
          {"reason", why.empty() ? Json(nullptr) : Json(why)}};
}

Json json(const Workload& workload) {
  return {{"name", workload.name}, {"summary", workload.summary}};
}

Json json(const DeviceSheet& sheet) {
  Json peaks = Json::object();
  for (const auto& [name, peak] : sheet.peak) peaks[name] = peak.value;
  return {{"name", sheet.name},
          {"vendor", sheet.vendor},
          {"architecture", sheet.architecture},
          {"match", sheet.match},
          {"dense_peak_flop_per_s", peaks},
          {"memory_bytes_per_s", sheet.memory ? Json(sheet.memory->value) : Json(nullptr)},
          {"confidence", sheet.confidence},
          {"sources", sheet.sources},
          {"notes", sheet.notes}};
}

}  // namespace

std::string list_json(const std::vector<Benchmark>& benchmarks,
                      const std::vector<Backend>& backends, const std::vector<Workload>& workloads,
                      const std::vector<DeviceSheet>& datasheets) {
  Json all = {{"benchmarks", Json::array()},
              {"backends", Json::array()},
              {"workloads", Json::array()},
              {"datasheets", Json::array()},
              {"gates", Json::array()}};
  for (const Benchmark& b : benchmarks) all["benchmarks"].push_back(json(b));
  for (const Backend& b : backends) all["backends"].push_back(json(b));
  for (const Workload& w : workloads) all["workloads"].push_back(json(w));
  for (const DeviceSheet& sheet : datasheets) all["datasheets"].push_back(json(sheet));
  return all.dump(2) + "\n";
}

}  // namespace shortfall
