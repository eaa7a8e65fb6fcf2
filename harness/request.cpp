#include "harness/request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/error.hpp"
#include "core/text.hpp"

namespace shortfall {
namespace {

constexpr std::int64_t largest_integer = std::int64_t{1} << 30;  // its square fits into 64 bits

struct Wish {          // one axis, as the user wants it
  std::string option;  // for messages: "--set n"
  std::string axis;
  std::vector<std::string> values;
};

std::vector<std::string> words(const std::vector<Value>& values) {
  std::vector<std::string> all;
  for (const Value& value : values) all.push_back(text_of(value));
  return all;
}

template <class Items, class Name>
std::vector<std::string> names_of(const Items& items, Name name) {
  std::set<std::string> names;
  for (const auto& item : items) names.insert(name(item));
  return {names.begin(), names.end()};
}

std::vector<Wish> wishes_of(const Request& request) {
  std::vector<Wish> wishes;
  if (request.sizes) {
    const auto& [first, last, factor] = *request.sizes;
    wishes.push_back({"--sizes", "bytes", words(powers(first, last, factor))});
  }
  if (!request.dtypes.empty()) wishes.push_back({"--dtype", "dtype", request.dtypes});
  for (const auto& [axis, values] : request.sets) wishes.push_back({"--set " + axis, axis, values});
  return wishes;
}

Value number_of(const Wish& wish, const std::string& text, bool is_bytes) {
  const auto number = is_bytes ? parse_size(text) : parse_integer(text);
  const std::int64_t most = is_bytes ? std::int64_t{1} << 62 : largest_integer;
  if (!number || *number < 1 || *number > most) {
    throw BadUsage(fmt::format("{}={}: not {} from 1 to {}", wish.option, text,
                               is_bytes ? "a size (such as 64KiB)" : "a whole number", most));
  }
  return *number;
}

std::string word_of(const Wish& wish, const std::string& text) {
  if (wish.axis != "dtype") return text;
  const auto type = dtype_named(text);
  if (!type)
    throw BadUsage(
        fmt::format("{}={}: unknown type. One of: {}", wish.option, text, dtype_names()));
  return std::string(name_of(*type));
}

// The wanted values as this axis takes them; of words, those that it takes.
std::vector<Value> values_for(const Wish& wish, const Axis& axis) {
  std::vector<Value> values;
  for (const std::string& text : wish.values) {
    if (axis.kind == Axis::Kind::word) {
      const std::string word = word_of(wish, text);
      if (axis.takes(word)) values.emplace_back(word);
    } else {
      values.push_back(number_of(wish, text, axis.kind == Axis::Kind::bytes));
    }
  }
  return values;
}

// The axes of the wanted name, of all chosen benchmarks.
std::vector<const Axis*> axes_for(const Wish& wish, const std::vector<Chosen>& chosen) {
  std::set<std::string> names;
  std::vector<const Axis*> wanted;
  for (const Chosen& c : chosen) {
    for (const Axis& axis : c.axes) {
      names.insert(axis.name);
      if (axis.name == wish.axis) wanted.push_back(&axis);
    }
  }
  if (wanted.empty()) {
    throw BadUsage(fmt::format("{}: none of the chosen benchmarks has an axis '{}'. They have: {}",
                               wish.option, wish.axis, fmt::join(names, ", ")));
  }
  return wanted;
}

// Why nobody takes a word: what an open axis says of it, else the words that there are.
std::string refusal_of(const std::string& word, const std::vector<const Axis*>& axes) {
  std::set<std::string> allowed;
  for (const Axis* const axis : axes) {
    if (axis->refuses) return axis->refuses(word);
    for (const Value& value : axis->of(Profile::full)) allowed.insert(text_of(value));
  }
  return fmt::format("none of the chosen benchmarks has it. One of: {}", fmt::join(allowed, ", "));
}

void check_somebody_has(const Wish& wish, const std::vector<Chosen>& chosen) {
  const std::vector<const Axis*> axes = axes_for(wish, chosen);
  for (const std::string& value : wish.values) {
    const bool is_taken = std::ranges::any_of(axes, [&](const Axis* axis) {
      return axis->kind != Axis::Kind::word || axis->takes(word_of(wish, value));
    });
    if (is_taken) continue;
    throw BadUsage(fmt::format("{}={}: {}", wish.option, value, refusal_of(value, axes)));
  }
}

// False if the benchmark has the axis but none of the values.
bool grant(const Wish& wish, Chosen& chosen) {
  const auto axis = std::ranges::find(chosen.axes, wish.axis, &Axis::name);
  if (axis == chosen.axes.end()) return true;
  const std::vector<Value> values = values_for(wish, *axis);
  axis->values = {values, values, values};
  axis->is_option = false;
  chosen.is_changed = true;
  return !values.empty();
}

std::vector<Chosen> named(const Request& request, const std::vector<Benchmark>& all) {
  std::vector<Chosen> chosen;
  for (const std::string& name : request.benchmarks) benchmark_named(name, all);
  for (const std::string& suite : request.suites) {
    if (std::ranges::count(suite_names, suite) == 0) {
      throw BadUsage(fmt::format("--suite={}: unknown suite. One of: {}", suite,
                                 fmt::join(suite_names, ", ")));
    }
  }
  for (const Benchmark& b : all) {
    const auto suite = suite_names[static_cast<std::size_t>(b.suite)];
    const bool by_name =
        request.benchmarks.empty() || std::ranges::count(request.benchmarks, b.name) > 0;
    const bool by_suite = request.suites.empty() || std::ranges::count(request.suites, suite) > 0;
    if (by_name && by_suite) chosen.push_back({&b, b.axes});
  }
  if (chosen.empty()) {
    throw BadUsage(fmt::format("--suite={}: none of the chosen benchmarks is in it",
                               fmt::join(request.suites, ",")));
  }
  return chosen;
}

}  // namespace

const Benchmark& benchmark_named(const std::string& name, const std::vector<Benchmark>& all) {
  const auto found = std::ranges::find(all, name, &Benchmark::name);
  if (found != all.end()) return *found;
  const auto names = names_of(all, [](const Benchmark& b) { return b.name; });
  throw BadUsage(fmt::format("{}: unknown benchmark. Did you mean: {}? 'shortfall list' shows all.",
                             name, fmt::join(nearest(name, names), ", ")));
}

std::vector<Chosen> choose(const Request& request, const std::vector<Benchmark>& all,
                           std::vector<LeftOut>& excluded) {
  std::vector<Chosen> chosen = named(request, all);
  std::erase_if(chosen, [&](const Chosen& c) {
    if (c.benchmark->not_here.empty()) return false;
    excluded.push_back({c.benchmark->name, c.benchmark->not_here});
    return true;
  });
  if (chosen.empty()) return chosen;
  for (const Wish& wish : wishes_of(request)) {
    check_somebody_has(wish, chosen);
    std::erase_if(chosen, [&](Chosen& c) {
      if (grant(wish, c)) return false;
      excluded.push_back({c.benchmark->name, fmt::format("does not come with {}={}", wish.axis,
                                                         fmt::join(wish.values, ","))});
      return true;
    });
  }
  return chosen;
}

}  // namespace shortfall
