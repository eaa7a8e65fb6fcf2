#include "model/training/run_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>

#include "core/error.hpp"
#include "core/text.hpp"
#include "model/training/check_run.hpp"
#include "model/training/row_json.hpp"
#include "model/training/table_json.hpp"

namespace shortfall {
namespace {

// Fourteen times the longest table that is known, and few enough to be answered in seconds.
constexpr std::size_t most_rows = 20'000;

// Where a row stands in its document.
struct Place {
  std::size_t index = 0;
  std::string path;   // "rows[3]"; "" = the document is the run
  std::string words;  // "runs.json: row 4"
};

// Answers are told apart by their id: of two rows with the same one, the second is at fault.
void refuse_repeated_ids(std::vector<RunRow>& rows) {
  std::unordered_map<std::string_view, std::size_t> first;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RunRow& row = rows[i];
    const auto [place, is_new] = first.try_emplace(row.id, i);
    if (is_new || row.is_faulty) continue;
    row.run.reset();
    row.why_not = fmt::format("{}: id: expected each id once, found it in row {}, too", row.where,
                              place->second + 1);
    row.is_faulty = true;
  }
}

class Document {
 public:
  Document(std::string_view text, const std::string& source) : source_(source) {
    json_ = parsed_noting_repeats(text, source, repeats_);
    find_rows();
    refuse_repeats_outside_of_rows();
  }

  std::vector<RunRow> rows() const {
    if (rows_ == nullptr) return {row_of(json_, {.words = source_})};
    std::vector<RunRow> all;
    for (std::size_t i = 0; i < rows_->size(); ++i) {
      all.push_back(row_of((*rows_)[i], {.index = i,
                                         .path = fmt::format("{}[{}]", path_of_rows(), i),
                                         .words = fmt::format("{}: row {}", source_, i + 1)}));
    }
    refuse_repeated_ids(all);
    return all;
  }

 private:
  void find_rows() {
    const Node document(json_, source_);
    if (json_.is_array()) {
      rows_ = &document.list();
    } else if (document.object().contains("rows")) {
      refuse_unknown_keys(document);
      rows_ = &document["rows"].list();
      if (document.object().contains("columns")) table_.emplace(document);
    }
    if (rows_ == nullptr) return;
    if (rows_->empty()) {
      throw BadUsage(source_ + ": expected at least one training run, found an empty list");
    }
    if (rows_->size() > most_rows) {
      throw BadUsage(fmt::format("{}: rows: expected at most {}, found {}: split the document",
                                 source_, most_rows, rows_->size()));
    }
  }

  static void refuse_unknown_keys(const Node& document) {
    constexpr std::array<std::string_view, 4> known{"rows", "columns", "count", "source"};
    for (const auto& [key, value] : document.object().items()) {
      if (key.starts_with('_') || std::ranges::find(known, key) != known.end()) continue;
      document[key].reject("a key that is one of: rows, columns, count, source, or begins with _");
    }
  }

  std::string path_of_rows() const { return json_.is_array() ? "" : "rows"; }

  // Those of a row are the row's own fault.
  void refuse_repeats_outside_of_rows() const {
    if (rows_ == nullptr) return;
    for (const std::string& path : repeats_) {
      if (path.starts_with(path_of_rows() + "[")) continue;
      throw BadUsage(source_ + ": " + path + ": expected each key once, found it twice");
    }
  }

  void refuse_repeats_in(const RunRow& row, const Place& place) const {
    const std::string before = place.path.empty() ? "" : place.path + ".";
    for (const std::string& path : repeats_) {
      if (!path.starts_with(before)) continue;
      throw BadUsage(row.where + ": " + path.substr(before.size()) +
                     ": expected each key once, found it twice");
    }
  }

  RunRow row_of(const Json& json, const Place& place) const {
    RunRow row{.id = fmt::format("unnamed-{:04}", place.index + 1), .where = place.words};
    try {
      if (table_) {
        read_into(row, table_->run_of(json, place.index, place.words), place);
      } else {
        read_into(row, json, place);
      }
    } catch (const BadUsage& fault) {
      row.why_not = fault.what();
      row.is_faulty = true;
    }
    return row;
  }

  void read_into(RunRow& row, const Json& json, const Place& place) const {
    if (!json.is_object()) {
      throw BadUsage(fmt::format("{}: expected an object, found {}", row.where, kind_of(json)));
    }
    const Node unnamed(json, place.words);
    if (const Node id = unnamed["id"]; !id.is_absent()) {
      row.id = name_from(id);
      row.where += " (" + row.id + ")";
    }
    refuse_repeats_in(row, place);
    const Node node(json, row.where);
    ReadRow read = read_row(node, row.id);
    if (!read.missing.empty()) {
      row.why_not = fmt::format("{}: cannot be predicted without {}, which {} null", row.where,
                                join(read.missing, ", "), read.missing.size() == 1 ? "is" : "are");
      return;
    }
    if (const auto fault = fault_in(read.run)) {
      throw BadUsage(row.where + ": " + fault->field + ": " + fault->problem);
    }
    row.run = std::move(read.run);
  }

  const std::string& source_;
  std::vector<std::string> repeats_;
  Json json_;
  const Json* rows_ = nullptr;  // nullptr: the document is one run
  std::optional<RunTable> table_;
};

}  // namespace

std::vector<RunRow> runs_from(std::string_view text, const std::string& source) {
  return Document(text, source).rows();
}

void refuse_faulty(const std::vector<RunRow>& rows) {
  const auto faulty = std::ranges::find(rows, true, &RunRow::is_faulty);
  if (faulty != rows.end()) throw BadUsage(faulty->why_not);
}

RunRow single_run_from(std::string_view text, const std::string& source) {
  std::vector<RunRow> rows = runs_from(text, source);
  if (rows.size() != 1) {
    throw BadUsage(fmt::format("{}: expected one training run, found {}", source, rows.size()));
  }
  if (!rows.front().run) throw BadUsage(rows.front().why_not);
  return std::move(rows.front());
}

}  // namespace shortfall
