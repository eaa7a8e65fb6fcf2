#include <algorithm>
#include <array>

#include "core/error.hpp"
#include "core/text.hpp"
#include "model/limits/reference.hpp"
#include "model/limits/reference_sections_json.hpp"

namespace shortfall {
namespace {

struct Section {
  std::string_view name;
  void (*check)(const Node& entries, ReferenceInputs& inputs, SectionCheck& check);
};

constexpr std::array<Section, 10> sections{{{"gpus", check_gpus},
                                            {"matmul", check_matmul},
                                            {"matmul_io", check_matmul_io},
                                            {"scaling", check_scaling},
                                            {"comm", check_comm},
                                            {"p2p_comm_cost", check_passing},
                                            {"training_results", check_training},
                                            {"closed_form", check_closed_form},
                                            {"frontier", check_frontier},
                                            {"summary", check_summary}}};

}  // namespace

bool ReferenceCheck::holds() const {
  return std::ranges::all_of(sections, [](const SectionCheck& one) { return one.holds(); });
}

ReferenceCheck check_reference(std::string_view json, const std::string& source) {
  const Json document = parsed(json, source);
  const Node root(document, source);
  ReferenceCheck result;
  ReferenceInputs inputs = inputs_from(root, result.remarks);
  for (const auto& [name, content] : root.object().items()) {
    const auto section = std::ranges::find(sections, name, &Section::name);
    if (section != sections.end()) {
      SectionCheck check{.name = name};
      section->check(root[name], inputs, check);
      result.sections.push_back(std::move(check));
    } else if (name != "constants") {
      result.remarks.push_back("section '" + name + "' was not recomputed: " +
                               (name.starts_with('_') ? "a comment" : "not known"));
    }
  }
  if (result.sections.empty()) {
    std::vector<std::string> known;
    for (const Section& one : sections) known.emplace_back(one.name);
    throw BadUsage(source + ": holds nothing to recompute. Sections: " + join(known, ", "));
  }
  return result;
}

}  // namespace shortfall
