// A part of every host of a class (its CPU, its third GPU), compared as a whole first: attributes
// are listed once for each variant, not for each host.
#pragma once

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "diagnosis/attributes.hpp"
#include "diagnosis/vote.hpp"

namespace shortfall {

class Section {
 public:
  // `visit(walk)` visits what is compared of the host, by a Walk.
  template <class Visit>
  void add(int host, Visit visit) {
    KeyWriter writer;
    Walk key_walk(writer);
    visit(key_walk);
    const auto [place, is_new] = places_.try_emplace(std::move(writer).key(), variants_.size());
    if (is_new) {
      Lister lister;
      Walk walk(lister);
      visit(walk);
      variants_.push_back({std::move(lister).attributes(), {}});
    }
    variants_[place->second].hosts.push_back(host);
  }

  // Each attribute's path, and what the vote on it gave.
  std::vector<std::pair<std::string, Tally>> tallies() const;

 private:
  struct Variant {
    std::vector<Attribute> attributes;
    Positions hosts;
  };
  std::unordered_map<std::string, std::size_t> places_;
  std::vector<Variant> variants_;
};

}  // namespace shortfall
