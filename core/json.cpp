#include "core/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <set>
#include <vector>

#include "core/error.hpp"

namespace shortfall {
namespace {

constexpr std::size_t deepest = 64;
constexpr std::size_t longest_quote = 60;
// Json keeps keys in their order and seeks them one after the other: more would take minutes.
constexpr std::size_t most_keys = 5'000;
constexpr std::size_t most_repeats = 100;

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

// Without the library's "[json.exception.parse_error.101] ", and without the bytes of a text that
// is no UTF-8.
std::string plain(std::string message) {
  const std::size_t end = message.find("] ");
  if (end != std::string::npos) message.erase(0, end + 2);
  std::ranges::replace_if(
      message, [](char c) { return c < 0 || c == '\x7f'; }, '?');
  return message;
}

std::string cut(std::string text) {
  return text.size() > longest_quote ? text.substr(0, longest_quote) + "..." : text;
}

// ASCII, without what a terminal would obey.
std::string printable(std::string_view key) {
  const std::string quoted = Json(key).dump(-1, ' ', true);
  return cut(quoted.substr(1, quoted.size() - 2));
}

// Where a parser is, told from its events.
class Trail {
 public:
  void value() {
    if (!open_.empty() && open_.back().is_list) ++open_.back().elements;
  }
  void open(bool is_list) {
    value();
    open_.push_back({.is_list = is_list});
  }
  void close() { open_.pop_back(); }

  // Whether this object has had it.
  bool has_again(const std::string& key) {
    open_.back().key = key;
    return !open_.back().keys.insert(key).second;
  }

  std::string path() const {
    std::string path;
    for (const Level& level : open_) {
      if (level.is_list && level.elements > 0) path += fmt::format("[{}]", level.elements - 1);
      if (level.is_list || level.keys.empty()) continue;
      path += (path.empty() ? "" : ".") + printable(level.key);
    }
    return path;
  }

  std::size_t depth() const { return open_.size(); }
  std::size_t keys() const { return open_.empty() ? 0 : open_.back().keys.size(); }

 private:
  struct Level {
    bool is_list;
    std::size_t elements = 0;
    std::string key = {};
    std::set<std::string> keys = {};
  };
  std::vector<Level> open_;
};

// Refuses what no document of this program is. Looks at a document before it is built, for the
// library's own callback while it builds goes through a list from its start at each of its objects.
template <class OnRepeat>
class Inspection final : public nlohmann::json_sax<Json> {
 public:
  // `on_repeat` is told the path and the name of every key that stands twice in one object.
  Inspection(const std::string& source, const OnRepeat& on_repeat)
      : source_(source), on_repeat_(on_repeat) {}

  bool null() override { return value(); }
  bool boolean(bool) override { return value(); }
  bool number_integer(Json::number_integer_t) override { return value(); }
  bool number_unsigned(Json::number_unsigned_t) override { return value(); }
  bool number_float(Json::number_float_t, const std::string&) override { return value(); }
  bool string(std::string&) override { return value(); }
  bool binary(Json::binary_t&) override { return value(); }
  bool start_object(std::size_t) override { return open(false); }
  bool start_array(std::size_t) override { return open(true); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(std::string& name) override {
    if (trail_.has_again(name)) on_repeat_(trail_.path(), printable(name));
    if (trail_.keys() <= most_keys) return true;
    throw BadUsage(
        fmt::format("{}: more than {} keys in one object: no document of this program "
                    "has them",
                    source_, most_keys));
  }

  bool parse_error(std::size_t, const std::string&,
                   const nlohmann::detail::exception& problem) override {
    const std::string path = trail_.path();
    throw BadUsage(fmt::format("{}: is no JSON: {}{}", source_, plain(problem.what()),
                               path.empty() ? "" : ", in " + path + " or behind it"));
  }

 private:
  bool value() {
    trail_.value();
    return true;
  }
  bool open(bool is_list) {
    trail_.open(is_list);
    if (trail_.depth() <= deepest) return true;
    throw BadUsage(
        fmt::format("{}: nested deeper than {}: no document of this program is", source_, deepest));
  }
  bool close() {
    trail_.close();
    return true;
  }

  const std::string& source_;
  const OnRepeat& on_repeat_;
  Trail trail_;
};

Json parsed_with(std::string_view text, const std::string& source, const auto& on_repeat) {
  if (text.empty()) throw BadUsage(source + ": is empty, expected JSON");
  Inspection inspection(source, on_repeat);
  (void)Json::sax_parse(text.begin(), text.end(), &inspection);
  return Json::parse(text.begin(), text.end());
}

}  // namespace

std::string_view kind_of(const Json& json) {
  if (json.is_object()) return "an object";
  if (json.is_array()) return "a list";
  if (json.is_string()) return "a string";
  if (json.is_number()) return "a number";
  return json.is_boolean() ? "true or false" : "null";
}

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
  return before.empty() ? printable(key_) : before + "." + printable(key_);
}

std::string Node::found() const {
  if (!json_) return "nothing";
  if (json_->is_structured()) return std::string(kind_of(*json_));
  return cut(json_->dump(-1, ' ', true));  // ASCII: may be cut anywhere
}

void Node::reject(std::string_view expected) const {
  const std::string where = path();
  throw BadUsage(fmt::format("{}: {}: expected {}, found {}", *source_,
                             where.empty() ? "the document" : where, expected, found()));
}

Json parsed(std::string_view text, const std::string& source) {
  return parsed_with(text, source, [](const std::string&, const std::string&) {});
}

Json parsed_noting_repeats(std::string_view text, const std::string& source,
                           std::vector<std::string>& repeats) {
  return parsed_with(text, source, [&](const std::string& path, const std::string&) {
    repeats.push_back(path);
    if (repeats.size() <= most_repeats) return;
    throw BadUsage(fmt::format("{}: more than {} keys stand twice in their object, the last one {}",
                               source, most_repeats, path));
  });
}

Json parsed_without_repeats(std::string_view text, const std::string& source) {
  return parsed_with(text, source, [&](const std::string& path, const std::string& key) {
    throw BadUsage(
        fmt::format("{}: the key \"{}\" stands twice in one object: {}", source, key, path));
  });
}

}  // namespace shortfall
