// One object of a document of training runs, while it is read: refuses keys that nobody documented,
// and remembers which values were not told.
#pragma once

#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"

namespace shortfall {

// What is shown again: 1 to 200 printable characters. BadUsage for others.
const std::string& name_from(const Node& node);

struct Untold {
  std::vector<std::string> assumed;  // "vp = 1"
  std::vector<std::string> missing;  // null, and without a default
};

// null says that nobody knows; a default is then taken, and noted. A key that is absent is as good
// as null, except where there is no default: that is refused.
class RunSection {
 public:
  // `prefix` stands before names in notes: "arch.". Keys that begin with '_' are comments.
  RunSection(const Node& node, std::string prefix, Untold& untold,
             std::initializer_list<std::string_view> keys);

  Node operator[](std::string_view key) const { return node_[key]; }
  bool tells(std::string_view key) const { return !node_[key].is_absent(); }
  void assume(std::string_view key, const std::string& value) const;

  // 0, and noted as missing, if null.
  std::int64_t needed(std::string_view key, std::int64_t most) const;
  // "", and noted as missing, if null.
  std::string needed_name(std::string_view key) const;

  std::int64_t count_or(std::string_view key, std::int64_t usual, std::int64_t most,
                        std::int64_t least = 1) const;
  bool flag_or(std::string_view key, bool usual) const;
  std::optional<std::int64_t> count(std::string_view key, std::int64_t most) const;
  // More than 0.
  std::optional<double> figure(std::string_view key,
                               double most = std::numeric_limits<double>::max()) const;
  std::string name(std::string_view key) const;  // "" = not told
  std::string text(std::string_view key) const;  // the same, of any length

 private:
  const Node& node_;
  std::string prefix_;
  Untold& untold_;
};

}  // namespace shortfall
