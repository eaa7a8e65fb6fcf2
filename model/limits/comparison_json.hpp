// Holds recomputed values against those of a reference file.
#pragma once

#include <optional>

#include "core/json.hpp"
#include "core/units.hpp"
#include "model/limits/network.hpp"
#include "model/limits/reference.hpp"

namespace shortfall {

// One entry of a section: adds what it finds to the section's check.
class Comparison {
 public:
  Comparison(SectionCheck& check, const Node& entry, std::string place)
      : check_(check), entry_(entry), place_(std::move(place)) {}

  void close(std::string_view key, double got) const;
  template <class Unit>
  void close(std::string_view key, Quantity<Unit> got) const {
    close(key, got.value);
  }
  // Null where there is nothing.
  void close(std::string_view key, std::optional<Flops> got) const;

  // Counts are whole; those above 2^64 are compared as the nearest double.
  void same(std::string_view key, long double got) const;
  void same(std::string_view key, bool got) const;
  void same(std::string_view key, const LevelSplit& got, std::size_t levels) const;
  void same_null(std::string_view key) const;

  // What cannot be recomputed at all, in words.
  void mismatch(std::string_view key, const std::string& text) const;

 private:
  void count_error(std::string_view key, double want, double got) const;

  SectionCheck& check_;
  const Node& entry_;
  std::string place_;
};

// "matmul[3]"
std::string place_of(std::string_view section, std::size_t index);

// Calls visit(entry, comparison) for every entry of a list.
void for_each_entry(const Node& entries, SectionCheck& check, auto&& visit) {
  for (std::size_t i = 0; i < entries.list().size(); ++i) {
    const Node entry = entries[i];
    ++check.entries;
    visit(entry, Comparison(check, entry, place_of(check.name, i)));
  }
}

// A list of whole numbers >= 1, one for each level.
LevelSplit split_from(const Node& list, std::size_t levels);

// A number from `least` up; finite.
double number_from(const Node& node, double least);
double positive_from(const Node& node);

}  // namespace shortfall
