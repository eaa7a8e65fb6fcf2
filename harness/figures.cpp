#include "harness/figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/statistics.hpp"
#include "core/text.hpp"

namespace shortfall {
namespace {

// One figure in a line, its value to the last bit.
std::string encode(const std::vector<Figure>& figures) {
  std::string text;
  for (const Figure& f : figures) text += fmt::format("{}\t{:a}\n", f.name, f.value);
  return text;
}

std::vector<Figure> decode(const std::string& text) {
  std::vector<Figure> figures;
  for (const std::string& line : split(text, '\n')) {
    const auto words = split(line, '\t');
    if (words.size() == 2) figures.push_back({words[0], std::stod(words[1])});
  }
  return figures;
}

struct OfRank {
  int rank;
  double value;
};

FigureOfRanks summary_of(const std::string& name, const std::vector<OfRank>& all,
                         const World& job) {
  std::vector<double> values;
  for (const OfRank& one : all) values.push_back(one.value);
  const auto [least, most] = std::ranges::minmax_element(all, {}, &OfRank::value);
  return {name, least->value, median(values), most->value, most->rank, job.host(most->rank)};
}

}  // namespace

std::vector<FigureOfRanks> over_ranks(World& job, const std::vector<Figure>& mine) {
  std::vector<std::string> names;
  std::map<std::string, std::vector<OfRank>> values;
  const std::vector<std::string> texts = gather(job, encode(mine));
  for (std::size_t rank = 0; rank < texts.size(); ++rank) {
    for (const Figure& figure : decode(texts[rank])) {
      auto& all = values[figure.name];
      if (all.empty()) names.push_back(figure.name);
      all.push_back({static_cast<int>(rank), figure.value});
    }
  }
  std::vector<FigureOfRanks> result;
  for (const std::string& name : names) result.push_back(summary_of(name, values[name], job));
  return result;
}

}  // namespace shortfall
