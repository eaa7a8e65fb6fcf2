#include "core/json.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <optional>
#include <set>
#include <vector>

#include "core/error.hpp"

namespace shortfall {
namespace {

constexpr int deepest = 64;
constexpr std::size_t longest_quote = 60;

// Also of 2.0 and 2e3, which other programs write for whole numbers.
std::optional<std::int64_t> whole_number(const Json& json) {
  if (json.is_number_unsigned()) {
    const auto value = json.get<std::uint64_t>();
    if (value > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
    return static_cast<std::int64_t>(value);
  }
  if (json.is_number_integer()) return json.get<std::int64_t>();
  if (!json.is_number_float()) return std::nullopt;
  const auto value = json.get<double>();
  constexpr double exact = 9007199254740992;  // 2^53
  if (std::trunc(value) != value || std::abs(value) > exact) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

// Without the library's "[json.exception.parse_error.101] ".
std::string_view plain(std::string_view message) {
  const std::size_t end = message.find("] ");
  return end == std::string_view::npos ? message : message.substr(end + 2);
}

using Parse = Json::parse_event_t;

// `look` sees every event of the parser, and may throw.
Json parsed_with(std::string_view text, const std::string& source, const auto& look) {
  const auto check = [&](int around, Parse event, const Json& json) {
    const bool is_deeper = event == Parse::object_start || event == Parse::array_start;
    if (is_deeper && around >= deepest) {
      throw BadUsage(fmt::format("{}: nested deeper than {}: no document of this program is",
                                 source, deepest));
    }
    look(event, json);
    return true;
  };
  if (text.empty()) throw BadUsage(source + ": is empty, expected JSON");
  try {
    return Json::parse(text.begin(), text.end(), check);
  } catch (const nlohmann::json::exception& problem) {
    throw BadUsage(fmt::format("{}: is no JSON: {}", source, plain(problem.what())));
  }
}

}  // namespace

Node Node::operator[](std::string_view key) const {
  const Json& all = object();
  const auto found = all.find(std::string(key));
  return {found == all.end() ? nullptr : &*found, this, key, 0};
}

Node Node::operator[](std::size_t index) const { return {&list().at(index), this, {}, index}; }

double Node::number() const {
  if (!json_ || !json_->is_number()) reject("a number");
  return json_->get<double>();
}

std::int64_t Node::integer(std::int64_t least, std::int64_t most) const {
  const auto value = json_ ? whole_number(*json_) : std::nullopt;
  if (!value || *value < least || *value > most) {
    reject(fmt::format("a whole number from {} to {}", least, most));
  }
  return *value;
}

std::uint64_t Node::natural() const {
  if (json_ && json_->is_number_unsigned()) return json_->get<std::uint64_t>();
  const auto value = json_ ? whole_number(*json_) : std::nullopt;
  if (!value || *value < 0) reject("a whole number from 0 to 18446744073709551615");
  return static_cast<std::uint64_t>(*value);
}

bool Node::boolean() const {
  if (!json_ || !json_->is_boolean()) reject("true or false");
  return json_->get<bool>();
}

const std::string& Node::text() const {
  if (!json_ || !json_->is_string()) reject("a string");
  return json_->get_ref<const std::string&>();
}

const Json& Node::object() const {
  if (!json_ || !json_->is_object()) reject("an object");
  return *json_;
}

const Json& Node::list() const {
  if (!json_ || !json_->is_array()) reject("a list");
  return *json_;
}

std::string Node::path() const {
  if (!parent_) return "";
  const std::string before = parent_->path();
  if (key_.empty()) return fmt::format("{}[{}]", before, index_);
  return before.empty() ? std::string(key_) : fmt::format("{}.{}", before, key_);
}

std::string Node::found() const {
  if (!json_) return "nothing";
  if (json_->is_object()) return "an object";
  if (json_->is_array()) return "a list";
  std::string value = json_->dump(-1, ' ', true);  // ASCII: may be cut anywhere
  if (value.size() > longest_quote) value = value.substr(0, longest_quote) + "...";
  return value;
}

void Node::reject(std::string_view expected) const {
  const std::string where = path();
  throw BadUsage(fmt::format("{}: {}: expected {}, found {}", *source_,
                             where.empty() ? "the document" : where, expected, found()));
}

Json parsed(std::string_view text, const std::string& source) {
  return parsed_with(text, source, [](Parse, const Json&) {});
}

Json parsed_without_repeats(std::string_view text, const std::string& source) {
  std::vector<std::set<std::string>> keys;  // of the objects that are open
  return parsed_with(text, source, [&](Parse event, const Json& json) {
    if (event == Parse::object_start) keys.emplace_back();
    if (event == Parse::object_end) keys.pop_back();
    if (event == Parse::key && !keys.back().insert(json.get<std::string>()).second) {
      throw BadUsage(fmt::format("{}: the key {} stands twice in one object", source,
                                 json.dump(-1, ' ', true)));
    }
  });
}

}  // namespace shortfall
