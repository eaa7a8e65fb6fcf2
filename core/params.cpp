#include "core/params.hpp"

#include <algorithm>
#include <utility>

#include "core/error.hpp"
#include "core/overloaded.hpp"

namespace shortfall {
namespace {

std::vector<Value> values_of(const std::vector<std::int64_t>& numbers) {
  return {numbers.begin(), numbers.end()};
}

template <class Kind>
const Kind& as(const Value& value, const std::string& name) {
  const auto* const held = std::get_if<Kind>(&value);
  if (!held)
    throw Error("read parameter '" + name + "'", "'" + text_of(value) + "' is of another kind");
  return *held;
}

// Every combination of one value of each axis; the last axis varies fastest.
std::vector<Params> product(const std::vector<Axis>& axes,
                            const std::vector<std::vector<Value>>& values) {
  std::vector<Params> rows{Params{}};
  for (std::size_t i = 0; i < axes.size(); ++i) {
    std::vector<Params> longer;
    for (const Params& row : rows) {
      for (const Value& value : values[i]) {
        longer.push_back(row);
        longer.back().add(axes[i].name, value);
      }
    }
    rows = std::move(longer);
  }
  return rows;
}

}  // namespace

std::string text_of(const Value& value) {
  return std::visit(Overloaded{[](std::int64_t number) { return std::to_string(number); },
                               [](const std::string& word) { return word; }},
                    value);
}

bool Axis::takes(const std::string& word) const {
  return std::ranges::count(of(Profile::full), Value(word)) > 0 ||
         (refuses && refuses(word).empty());
}

const Value* Params::find(const std::string& name) const {
  const auto entry = std::ranges::find(entries_, name, &Entry::first);
  return entry == entries_.end() ? nullptr : &entry->second;
}

const Value& Params::at(const std::string& name) const {
  const Value* const value = find(name);
  if (!value) throw Error("read parameter '" + name + "'", "this case has no such parameter");
  return *value;
}

std::int64_t Params::integer(const std::string& name) const {
  return as<std::int64_t>(at(name), name);
}

const std::string& Params::text(const std::string& name) const {
  return as<std::string>(at(name), name);
}

DType Params::dtype() const {
  const auto type = dtype_named(text("dtype"));
  if (!type) throw Error("read parameter 'dtype'", text("dtype") + " is none of: " + dtype_names());
  return *type;
}

std::string key_of(const std::string& benchmark, const Params& params) {
  std::string key = benchmark;
  char before = '/';
  for (const auto& [name, value] : params) {
    key += before + name + '=' + text_of(value);
    before = ',';
  }
  return key;
}

std::vector<Value> powers(std::int64_t first, std::int64_t last, int step) {
  std::vector<Value> values;
  for (std::int64_t b = first; b <= last; b *= step) {
    values.emplace_back(b);
    if (b > last / step) break;  // the next would be too large, or overflow
  }
  return values;
}

Axis geometric(std::string name, Bytes first, Sweep quick, Sweep standard, Sweep full) {
  const auto sweep = [&](Sweep s) {
    return powers(static_cast<std::int64_t>(first.value), static_cast<std::int64_t>(s.last.value),
                  s.step);
  };
  return {std::move(name), Axis::Kind::bytes, {sweep(quick), sweep(standard), sweep(full)}};
}

Axis integers(std::string name, std::vector<std::int64_t> quick, std::vector<std::int64_t> standard,
              std::vector<std::int64_t> full) {
  return {std::move(name),
          Axis::Kind::integer,
          {values_of(quick), values_of(standard), values_of(full)}};
}

Axis choice(std::string name, const std::vector<std::string>& values) {
  const std::vector<Value> all(values.begin(), values.end());
  return {std::move(name), Axis::Kind::word, {all, all, all}};
}

Axis dtypes(const std::vector<DType>& types) {
  std::vector<std::string> names;
  for (const DType type : types) names.emplace_back(name_of(type));
  return choice("dtype", names);
}

Axis usually(Axis axis, const std::vector<std::string>& words) {
  const std::vector<Value> values(words.begin(), words.end());
  axis.values[static_cast<std::size_t>(Profile::quick)] = values;
  axis.values[static_cast<std::size_t>(Profile::standard)] = values;
  axis.is_option = true;
  return axis;
}

Axis accelerated(Axis axis, std::vector<Value> quick, std::vector<Value> standard,
                 std::vector<Value> full) {
  axis.on_accelerators = {std::move(quick), std::move(standard), std::move(full)};
  return axis;
}

Axis only_accelerated(Axis axis) {
  axis.on_accelerators = std::exchange(axis.values, {});
  axis.only_on_accelerators = true;
  return axis;
}

Axis on_accelerator(Axis axis) {
  if (axis.on_accelerators) axis.values = *std::exchange(axis.on_accelerators, std::nullopt);
  return axis;
}

Axis open_ended(Axis axis, std::string form, std::function<void(const std::string&)> parse) {
  axis.form = std::move(form);
  axis.refuses = [parse = std::move(parse)](const std::string& word) -> std::string {
    try {
      parse(word);
      return {};
    } catch (const BadUsage& refusal) {
      return refusal.what();
    }
  };
  return axis;
}

std::vector<Params> combinations(const std::vector<Axis>& axes, Profile profile) {
  std::vector<std::vector<Value>> usual;
  for (const Axis& axis : axes) {
    const auto& standard = axis.of(Profile::standard);
    const bool is_fixed = axis.is_option && !axis.of(profile).empty() && !standard.empty();
    usual.push_back(is_fixed ? std::vector{standard.front()} : axis.of(profile));
  }
  std::vector<Params> rows = product(axes, usual);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (!axes[i].is_option) continue;
    auto values = usual;
    values[i] = axes[i].of(profile);
    std::erase_if(values[i], [&](const Value& value) { return value == usual[i].front(); });
    for (Params& row : product(axes, values)) rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace shortfall
