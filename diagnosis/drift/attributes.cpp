#include "diagnosis/drift/attributes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"

namespace shortfall {

std::string text_of(const std::vector<Gid>& gids) {
  std::vector<std::pair<std::string, std::string>> tables;  // type and its indices
  for (const Gid& gid : gids) {
    auto table = std::ranges::find(tables, gid.type, &decltype(tables)::value_type::first);
    if (table == tables.end()) table = tables.insert(table, {gid.type, ""});
    table->second += (table->second.empty() ? "" : ", ") + std::to_string(gid.index);
  }
  std::vector<std::string> parts;
  for (const auto& [type, indices] : tables) {
    parts.push_back(fmt::format("{} at {}", type.empty() ? "no type" : type, indices));
  }
  return join(parts, "; ");
}

void Lister::enter(const char* key) {
  lengths_.push_back(path_.size());
  if (!path_.empty()) path_ += '.';
  path_ += key;
}

void Lister::enter(std::size_t index) {
  lengths_.push_back(path_.size());
  path_ += '[' + std::to_string(index) + ']';
}

void Lister::leave() {
  path_.resize(lengths_.back());
  lengths_.pop_back();
}

void Lister::tell(const std::string& name, const std::string& value) {
  attributes_.push_back({.path = path_ + '.' + name,
                         .text = value.empty() ? "\"\"" : value,
                         .figure = {},
                         .is_variable = true});
}

void Lister::tell(double number) { add(fmt::format("{:g}", number), number); }

void Lister::add(std::string text, std::optional<double> figure) {
  if (text.empty()) text = "none";
  attributes_.push_back({.path = path_, .text = std::move(text), .figure = figure});
}

}  // namespace shortfall
