#include "model/limits/comparison_json.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace shortfall {
namespace {

constexpr std::size_t most_examples = 5;
constexpr std::int64_t largest_count = std::int64_t{1} << 61;

double relative_error(double want, double got) {
  if (want == got) return 0;
  const double error = std::abs(got - want) / std::abs(want);
  return std::isnan(error) ? std::numeric_limits<double>::infinity() : error;
}

bool is_same_count(const Json& want, long double got) {
  if (want.is_number_unsigned()) return static_cast<long double>(want.get<std::uint64_t>()) == got;
  if (want.is_number_integer()) return static_cast<long double>(want.get<std::int64_t>()) == got;
  return want.get<double>() == static_cast<double>(got);
}

void add_example(SectionCheck& check, std::string text) {
  if (check.examples.size() < most_examples) check.examples.push_back(std::move(text));
}

}  // namespace

void Comparison::count_error(std::string_view key, double want, double got) const {
  ++check_.values;
  const double error = relative_error(want, got);
  const std::string at = place_ + "." + std::string(key);
  if (error > check_.largest_error) {
    check_.largest_error = error;
    check_.largest_at = at;
  }
  if (error > reference_tolerance) {
    ++check_.off;
    add_example(check_, fmt::format("{}: {} in the file, {} recomputed", at, want, got));
  }
}

void Comparison::close(std::string_view key, double got) const {
  count_error(key, entry_[key].number(), got);
}

void Comparison::close(std::string_view key, std::optional<Flops> got) const {
  const Node node = entry_[key];
  if (got && !node.is_null()) return close(key, got->value);
  ++check_.values;
  if (!got && node.is_null()) return;
  mismatch(key, got ? fmt::format("null in the file, {} recomputed", got->value)
                    : fmt::format("{} in the file, nothing recomputed", node.number()));
}

void Comparison::same(std::string_view key, long double got) const {
  ++check_.values;
  const double want = entry_[key].number();  // rejects what is none
  if (is_same_count(entry_.object().at(std::string(key)), got)) return;
  mismatch(key,
           fmt::format("{:.0f} in the file, {:.0f} recomputed", want, static_cast<double>(got)));
}

void Comparison::same(std::string_view key, bool got) const {
  ++check_.values;
  const bool want = entry_[key].boolean();
  if (want != got) mismatch(key, fmt::format("{} in the file, {} recomputed", want, got));
}

void Comparison::same(std::string_view key, const LevelSplit& got, std::size_t levels) const {
  ++check_.values;
  const LevelSplit want = split_from(entry_[key], levels);
  if (want == got) return;
  const auto text = [&](const LevelSplit& split) {
    return fmt::format(
        "[{}]",
        fmt::join(split.begin(), split.begin() + static_cast<std::ptrdiff_t>(levels), ", "));
  };
  mismatch(key, fmt::format("{} in the file, {} recomputed", text(want), text(got)));
}

void Comparison::same_null(std::string_view key) const {
  ++check_.values;
  if (!entry_[key].is_absent()) mismatch(key, "a value in the file, none recomputed");
}

void Comparison::mismatch(std::string_view key, const std::string& text) const {
  ++check_.mismatches;
  add_example(check_, fmt::format("{}.{}: {}", place_, key, text));
}

std::string place_of(std::string_view section, std::size_t index) {
  return fmt::format("{}[{}]", section, index);
}

LevelSplit split_from(const Node& list, std::size_t levels) {
  if (list.list().size() != levels) {
    list.reject(fmt::format("{} numbers, one for each level of the network", levels));
  }
  LevelSplit split = unsplit;
  std::int64_t room = largest_count;  // so that the product can be counted, too
  for (std::size_t level = 0; level < levels; ++level) {
    split[level] = list[level].integer(1, room);
    room /= split[level];
  }
  return split;
}

double number_from(const Node& node, double least) {
  const double value = node.number();
  if (!std::isfinite(value) || value < least) {
    node.reject(fmt::format("a finite number from {}", least));
  }
  return value;
}

double positive_from(const Node& node) {
  const double value = node.number();
  if (!std::isfinite(value) || value <= 0) node.reject("a finite number above 0");
  return value;
}

}  // namespace shortfall
