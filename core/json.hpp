// For codecs: one place in a JSON document that is being read. It knows its path, so that whatever
// is wrong there can be named; paths are spelled only when they are needed.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace shortfall {

using Json = nlohmann::ordered_json;  // the order of parameters is part of a case's key

// "an object", "a list", "a string", "a number", "true or false", "null".
std::string_view kind_of(const Json& json);

// Refers to its parent, which must outlive it.
class Node {
 public:
  Node(const Json& document, const std::string& source) : source_(&source), json_(&document) {}

  // A key or an element; a key that is not there gives a Node that nothing can be read from.
  Node operator[](std::string_view key) const;
  Node operator[](std::size_t index) const;

  bool is_null() const { return json_ && json_->is_null(); }
  bool is_absent() const { return json_ == nullptr || json_->is_null(); }  // not there, or null
  bool is_text() const { return json_ && json_->is_string(); }

  // Each throws BadUsage if this is something else.
  double number() const;
  std::int64_t integer(std::int64_t least, std::int64_t most) const;
  std::uint64_t natural() const;
  bool boolean() const;
  const std::string& text() const;
  const Json& object() const;
  const Json& list() const;

  // "report.json: results[3].status: expected ..., found ...".
  [[noreturn]] void reject(std::string_view expected) const;

 private:
  Node(const Json* json, const Node* parent, std::string_view key, std::size_t index)
      : source_(parent->source_), json_(json), parent_(parent), key_(key), index_(index) {}
  std::string path() const;
  std::string found() const;

  const std::string* source_;
  const Json* json_;  // null: not there
  const Node* parent_ = nullptr;
  std::string_view key_ = {};  // empty: an element
  std::size_t index_ = 0;
};

// Throws BadUsage on what is no JSON or is nested deeper than 64.
Json parsed(std::string_view text, const std::string& source);

// Adds to `repeats` the path of every key that stands twice in one object: "rows[3].arch.layers".
// The last one counts.
Json parsed_noting_repeats(std::string_view text, const std::string& source,
                           std::vector<std::string>& repeats);

// For what people write: refuses a key that stands twice in one object, too.
Json parsed_without_repeats(std::string_view text, const std::string& source);

}  // namespace shortfall
