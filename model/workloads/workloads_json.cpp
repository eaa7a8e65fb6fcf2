#include <array>
#include <string_view>

#include "core/error.hpp"
#include "core/json.hpp"
#include "core/text.hpp"
#include "model/training/run_json.hpp"
#include "model/workloads/workloads.hpp"

namespace shortfall {

// Embedded from model/workloads/.
std::string_view gpt3_175b_workload();
std::string_view llama3_8b_workload();
std::string_view llama3_70b_workload();
std::string_view llama3_405b_workload();
std::string_view mixtral_8x7b_workload();
std::string_view deepseek_v3_workload();
std::string_view gpt2_124m_workload();
std::string_view nano_10m_workload();

namespace {

struct Entry {
  std::string_view name;
  std::string_view (*text)();
};
constexpr std::array<Entry, 8> entries{{{"gpt3-175b", gpt3_175b_workload},
                                        {"llama3-8b", llama3_8b_workload},
                                        {"llama3-70b", llama3_70b_workload},
                                        {"llama3-405b", llama3_405b_workload},
                                        {"mixtral-8x7b", mixtral_8x7b_workload},
                                        {"deepseek-v3", deepseek_v3_workload},
                                        {"gpt2-124m", gpt2_124m_workload},
                                        {"nano-10m", nano_10m_workload}}};

}  // namespace

std::vector<Workload> workloads() {
  std::vector<Workload> all;
  for (const Entry& entry : entries) {
    const std::string name(entry.name);
    const Json json = parsed(entry.text(), name);
    all.push_back({name, Node(json, name)["_summary"].text()});
  }
  return all;
}

TrainingRun workload_named(const std::string& name) {
  std::vector<std::string> names;
  for (const Entry& entry : entries) {
    if (entry.name == name) return *single_run_from(entry.text(), "workload " + name).run;
    names.emplace_back(entry.name);
  }
  constexpr std::size_t longest_name = 60;
  const std::string wanted = name.substr(0, longest_name);
  throw BadUsage("workload '" + wanted + "': not known. Nearest: " +
                 join(nearest(wanted, names), ", ") + ". All: " + join(names, ", "));
}

}  // namespace shortfall
