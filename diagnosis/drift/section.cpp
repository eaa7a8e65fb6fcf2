#include "diagnosis/drift/section.hpp"

namespace shortfall {
namespace {

struct Poll {
  std::vector<SharedValue> ballots;
  std::vector<bool> has_voted;  // by variant
  bool is_variable = false;
};

std::string absent_text(std::string_view path) {
  return path.starts_with("environment.") ? "not set" : "none";
}

}  // namespace

std::vector<std::pair<std::string, Tally>> Section::tallies() const {
  std::unordered_map<std::string_view, Poll> polls;
  for (std::size_t i = 0; i < variants_.size(); ++i) {
    for (const Attribute& attribute : variants_[i].attributes) {
      Poll& poll = polls[attribute.path];
      poll.ballots.push_back(
          {attribute.text, attribute.figure, attribute.is_rounded, variants_[i].hosts});
      poll.is_variable = attribute.is_variable;
      if (attribute.is_variable) poll.has_voted.resize(variants_.size());
      if (attribute.is_variable) poll.has_voted[i] = true;
    }
  }
  std::vector<std::pair<std::string, Tally>> tallies;
  for (auto& [path, poll] : polls) {
    for (std::size_t i = 0; poll.is_variable && i < variants_.size(); ++i) {
      if (!poll.has_voted[i])
        poll.ballots.push_back({absent_text(path), {}, false, variants_[i].hosts});
    }
    tallies.emplace_back(path, vote(std::move(poll.ballots)));
  }
  return tallies;
}

}  // namespace shortfall
