#include "reporters/pair_matrix.hpp"

#include <fmt/ostream.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "core/group_words.hpp"
#include "reporters/case_text.hpp"
#include "reporters/lines.hpp"

namespace shortfall {
namespace {

constexpr std::size_t width = 100, cell_width = 9;
using Pair = std::pair<int, int>;

struct Matrix {
  std::string title;
  std::map<Pair, std::string> cells;
  std::map<std::string, std::vector<Pair>> reasons;  // why not, and of which pairs
  int ranks = 0;
};

std::optional<Pair> pair_of(const Result& result) {
  return result.params.has("group") ? host_pair_from(result.params.text("group")) : std::nullopt;
}

// GB/s of what moves data, else nanoseconds.
std::string cell_of(const Entry& entry, const Measured& measured) {
  const Seconds median = measured.timing.of_primary().median;
  const Rates moved = rates(entry.result.work, median);
  return moved.algorithm ? fmt::format("{:.1f}", moved.algorithm->value / 1e9)
                         : fmt::format("{:.0f}", median.value * 1e9);
}

std::string title_of(const Result& result) {
  Result of_all = result;
  of_all.params = {};
  for (const auto& [name, value] : result.params) {
    if (name != "group") of_all.params.add(name, value);
  }
  const bool moves = result.work.payload.value > 0;
  return fmt::format("{}, {}", label_of(of_all),
                     moves ? "GB/s from row to column" : "ns, by row from the memory of column");
}

void enter(Matrix& matrix, const Entry& entry, const Pair& pair) {
  matrix.ranks = std::max({matrix.ranks, pair.first + 1, pair.second + 1});
  const Outcome& outcome = entry.result.outcome;
  if (const auto* const measured = std::get_if<Measured>(&outcome)) {
    const bool is_wrong = measured->verification.status == Verification::Status::failed;
    if (is_wrong) {  // how fast it was means nothing
      matrix.reasons["wrong data, see below"].push_back(pair);
    } else {
      matrix.cells[pair] = cell_of(entry, *measured);
    }
  } else if (const auto* const skipped = std::get_if<Skipped>(&outcome)) {
    matrix.reasons[skipped->reason].push_back(pair);
  } else {
    matrix.reasons["failed, see below"].push_back(pair);
  }
}

void write(std::ostream& out, const Matrix& matrix) {
  fmt::print(out, "\n  {}\n{:>{}}", matrix.title, "", cell_width);
  for (int to = 0; to < matrix.ranks; ++to) fmt::print(out, "{:>{}}", to, cell_width);
  out << '\n';
  for (int from = 0; from < matrix.ranks; ++from) {
    fmt::print(out, "{:>{}}", from, cell_width);
    for (int to = 0; to < matrix.ranks; ++to) {
      const auto found = matrix.cells.find({from, to});
      fmt::print(out, "{:>{}}", found == matrix.cells.end() ? "-" : found->second, cell_width);
    }
    out << '\n';
  }
  for (const auto& [reason, pairs] : matrix.reasons) {
    std::string text = "-";
    for (const auto& [from, to] : pairs) text += fmt::format(" {}-{}", from, to);
    out << wrapped(text + ": " + reason, width, 4);
  }
}

}  // namespace

bool is_in_a_matrix(const Entry& entry) {
  const auto* const measured = std::get_if<Measured>(&entry.result.outcome);
  const bool is_wrong = measured && measured->verification.status == Verification::Status::failed;
  return pair_of(entry.result) && !is_wrong &&
         !std::holds_alternative<Failed>(entry.result.outcome);
}

void write_pair_matrices(std::ostream& out, const std::vector<Entry>& entries) {
  std::vector<Matrix> all;
  for (const Entry& entry : entries) {
    const auto pair = pair_of(entry.result);
    if (!pair) continue;
    const std::string title = title_of(entry.result);
    auto found = std::ranges::find(all, title, &Matrix::title);
    if (found == all.end()) found = all.insert(all.end(), {.title = title});
    enter(*found, entry, *pair);
  }
  for (const Matrix& matrix : all) write(out, matrix);
}

}  // namespace shortfall
