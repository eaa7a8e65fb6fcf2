#include "model/training/section_json.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"

namespace shortfall {
namespace {

constexpr std::size_t longest_name = 200, longest_key = 60;

bool is_printable(const std::string& text) {
  return std::ranges::all_of(text, [](char c) { return c < 0 || (c >= ' ' && c != '\x7f'); });
}

void refuse_unknown(const Node& node, std::initializer_list<std::string_view> keys) {
  for (const auto& [key, value] : node.object().items()) {
    if (key.starts_with('_') || std::ranges::find(keys, key) != keys.end()) continue;
    const std::vector<std::string> all(keys.begin(), keys.end());
    node[key].reject(fmt::format("a key that is known (nearest: {}; all: {})",
                                 join(nearest(key.substr(0, longest_key), all), ", "),
                                 join(all, ", ")));
  }
}

}  // namespace

const std::string& name_from(const Node& node) {
  const std::string& text = node.text();
  if (text.empty() || text.size() > longest_name || !is_printable(text)) {
    node.reject(fmt::format("1 to {} printable characters", longest_name));
  }
  return text;
}

RunSection::RunSection(const Node& node, std::string prefix, Untold& untold,
                       std::initializer_list<std::string_view> keys)
    : node_(node), prefix_(std::move(prefix)), untold_(untold) {
  refuse_unknown(node, keys);
}

void RunSection::assume(std::string_view key, const std::string& value) const {
  untold_.assumed.push_back(prefix_ + std::string(key) + " = " + value);
}

std::int64_t RunSection::needed(std::string_view key, std::int64_t most) const {
  const Node value = node_[key];
  if (!value.is_null()) return value.integer(1, most);
  untold_.missing.push_back(prefix_ + std::string(key));
  return 0;
}

std::string RunSection::needed_name(std::string_view key) const {
  const Node value = node_[key];
  if (!value.is_null()) return name_from(value);
  untold_.missing.push_back(prefix_ + std::string(key));
  return "";
}

std::int64_t RunSection::count_or(std::string_view key, std::int64_t usual, std::int64_t most,
                                  std::int64_t least) const {
  const Node value = node_[key];
  if (!value.is_absent()) return value.integer(least, most);
  assume(key, std::to_string(usual));
  return usual;
}

bool RunSection::flag_or(std::string_view key, bool usual) const {
  const Node value = node_[key];
  if (!value.is_absent()) return value.boolean();
  assume(key, usual ? "true" : "false");
  return usual;
}

std::optional<std::int64_t> RunSection::count(std::string_view key, std::int64_t most) const {
  const Node value = node_[key];
  if (value.is_absent()) return std::nullopt;
  return value.integer(1, most);
}

std::optional<double> RunSection::figure(std::string_view key, double most) const {
  const Node value = node_[key];
  if (value.is_absent()) return std::nullopt;
  const double number = value.number();
  if (number <= 0) value.reject("a number greater than 0");
  if (number > most) value.reject(fmt::format("a number up to {:g}", most));
  return number;
}

std::string RunSection::name(std::string_view key) const {
  const Node value = node_[key];
  return value.is_absent() ? "" : name_from(value);
}

std::string RunSection::text(std::string_view key) const {
  const Node value = node_[key];
  return value.is_absent() ? "" : value.text();
}

}  // namespace shortfall
