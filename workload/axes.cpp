#include "workload/axes.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "core/text.hpp"
#include "harness/groups.hpp"
#include "harness/step_case.hpp"

namespace shortfall {
namespace {

// It stands in a key, between commas.
void refuse_unless_name(const std::string& word) {
  if (!word.empty() && word.find_first_of(",=/\t\n") == std::string::npos) return;
  throw BadUsage("'" + word + "' is no name of a workload: it has none of , = / in it");
}

void refuse_unless_joint(const std::string& word) {
  constexpr int nobody = 0;
  try {
    partition(word, HostOfRank(1, nobody));
  } catch (const Error&) {
    throw BadUsage("'" + word +
                   "' is no group. It is world, halves, pairs, next_pairs, within_host, "
                   "across_hosts, rails, A-B, [first_]blocks_of_N or [first_]every_N");
  }
  if (is_joint(word)) return;
  throw BadUsage("'" + word + "': its ranks work for themselves, and exchange nothing");
}

}  // namespace

std::vector<Axis> whole_step_axes() {
  return {asked_for("workload", {}, "NAME", refuse_unless_name), choice("group", {"world"})};
}

Axis asked_for(const std::string& name, const std::vector<std::string>& usual,
               const std::string& form, std::function<void(const std::string&)> parse) {
  return open_ended(choice(name, usual), form, std::move(parse));
}

Axis asked_for(const std::string& name, const std::vector<std::string>& words) {
  const std::string all = join(words, ", ");
  return asked_for(name, {}, all, [words, all](const std::string& word) {
    if (std::ranges::count(words, word) == 0) {
      throw BadUsage("'" + word + "' is none of: " + all);
    }
  });
}

Axis sizes_asked_for() {
  return {.name = "bytes", .kind = Axis::Kind::bytes, .values = {}, .form = "SIZE"};
}

Axis step_types() {
  return asked_for("dtype", {std::string(name_of(DType::f32))}, "TYPE",
                   [](const std::string& word) {
                     if (dtype_named(word)) return;
                     throw BadUsage("'" + word + "' is none of: " + dtype_names());
                   });
}

Axis joint_groups() { return asked_for("group", {"world"}, "GROUP", refuse_unless_joint); }

Benchmark step_of(std::string name, std::string summary, std::vector<Axis> axes) {
  // Longer than a time slice, so that on cores that several ranks share a sample holds the slices
  // of all of them: see docs/methodology.md.
  constexpr Seconds sample_time{0.02};
  return {.name = name,
          .suite = Suite::workload,
          .summary = std::move(summary),
          .axes = std::move(axes),
          .operation =
              [name](const Params& params) {
                const auto operation = step_operation(name, params);
                if (operation) return *operation;
                throw BadUsage(key_of(name, params) + ": says nothing that can be done");
              },
          .sample_time = sample_time,
          .is_step = true};
}

}  // namespace shortfall
