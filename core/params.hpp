// Named values of one case ("bytes" = 1048576, "dtype" = "f32") and the axes they are swept along.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/dtype.hpp"
#include "core/units.hpp"

namespace shortfall {

using Value = std::variant<std::int64_t, std::string>;

std::string text_of(const Value& value);

// How much of each axis is swept. What a smaller profile leaves out is listed in the report.
enum class Profile { quick, standard, full };
inline constexpr std::array<std::string_view, 3> profile_names{"quick", "standard", "full"};

struct Axis {
  enum class Kind { bytes, integer, word };
  using Values = std::array<std::vector<Value>, 3>;  // by profile
  std::string name;
  Kind kind = Kind::word;
  Values values;
  bool is_option = false;  // its values are tried one at a time, beside the usual ones of others
  // Words beyond the full profile's. Empty: there are none.
  std::string form = {};                                        // for people: "sparse:SHARE"
  std::function<std::string(const std::string&)> refuses = {};  // why not this word; "" = taken
  std::optional<Values> on_accelerators = {};                   // nothing: the same
  bool only_on_accelerators = false;

  bool takes(const std::string& word) const;
  const std::vector<Value>& of(Profile profile) const {
    return values[static_cast<std::size_t>(profile)];
  }
};

class Params {
 public:
  using Entry = std::pair<std::string, Value>;

  Params() = default;
  explicit Params(std::vector<Entry> entries) : entries_(std::move(entries)) {}

  // Each throws Error if there is no such parameter or it is of another kind.
  std::int64_t integer(const std::string& name) const;
  const std::string& text(const std::string& name) const;
  Bytes bytes(const std::string& name) const { return {static_cast<double>(integer(name))}; }
  DType dtype() const;  // of the parameter "dtype"

  bool has(const std::string& name) const { return find(name) != nullptr; }
  void add(std::string name, Value value) {
    entries_.emplace_back(std::move(name), std::move(value));
  }
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }
  friend bool operator==(const Params&, const Params&) = default;

 private:
  const Value* find(const std::string& name) const;
  const Value& at(const std::string& name) const;

  std::vector<Entry> entries_;
};

// Stable name of one case: benchmark/axis=value,axis=value. Bytes and counts are plain numbers.
std::string key_of(const std::string& benchmark, const Params& params);

// Powers of `step` from `first` to `last`, both included when they are reached exactly.
std::vector<Value> powers(std::int64_t first, std::int64_t last, int step);

struct Sweep {
  Bytes last;
  int step;
};
Axis geometric(std::string name, Bytes first, Sweep quick, Sweep standard, Sweep full);

Axis integers(std::string name, std::vector<std::int64_t> quick, std::vector<std::int64_t> standard,
              std::vector<std::int64_t> full);
Axis choice(std::string name, const std::vector<std::string>& values);
Axis dtypes(const std::vector<DType>& types);

// A copy of `axis` whose quick and standard profiles sweep only these words: an option.
Axis usually(Axis axis, const std::vector<std::string>& words);

// A copy of `axis` with other values where arrays lie in the memory of an accelerator.
Axis accelerated(Axis axis, std::vector<Value> quick, std::vector<Value> standard,
                 std::vector<Value> full);

// A copy of `axis` that is none on hosts.
Axis only_accelerated(Axis axis);

// The axis as it is swept on accelerators.
Axis on_accelerator(Axis axis);

// A copy of `axis` that also takes what `parse` can read, words of a `form` such as "sparse:SHARE".
// `parse` throws BadUsage, which says what is allowed.
Axis open_ended(Axis axis, std::string form, std::function<void(const std::string&)> parse);

// Every combination of the axes' values; the last axis varies fastest. Options are combined with
// one another only in their usual value (the first of the standard profile): every other value of
// an option comes once, or a full profile would never end.
std::vector<Params> combinations(const std::vector<Axis>& axes, Profile profile);

}  // namespace shortfall
