#include "model/training/table_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/error.hpp"
#include "core/text.hpp"

namespace shortfall {
namespace {

struct Column {
  std::string_view name, key;
  bool is_of_architecture = false;
};
constexpr std::array<Column, 10> counts{{{"gpus", "gpus"},
                                         {"gbs", "global_batch_seqs"},
                                         {"mbs", "micro_batch"},
                                         {"hidden", "hidden", true},
                                         {"heads", "heads", true},
                                         {"layers", "layers", true},
                                         {"seq", "seq_len"},
                                         {"tp", "tp"},
                                         {"dp", "dp"},
                                         {"pp", "pp"}}};
constexpr std::string_view time_column = "iter_ms";

std::vector<std::string> known_columns() {
  std::vector<std::string> all;
  for (const Column& column : counts) all.emplace_back(column.name);
  all.emplace_back(time_column);
  return all;
}

// vTrain (MICRO 2024): GPT trained by Megatron-LM in fp16 on 8 A100 of 80 GB. Its validation sets
// turn checkpointing of activations on; the vocabulary is GPT-2's, padded as Megatron does for 8
// ways. Its table of several nodes is described alike.
Json common_to_all() {
  return {{"arch",
           {{"vocab", 51200}, {"gated_mlp", false}, {"moe", nullptr}, {"tied_embedding", true}}},
          {"model", "GPT"},
          {"year", 2024},
          {"gpu", "A100-SXM4-80GB"},
          {"fsdp_or_zero", "none"},
          {"recompute", "full"},
          {"precision", "fp16"},
          {"schedule", "1F1B"},
          {"vp", 1},
          {"cp", 1},
          {"ep", 1},
          {"sequence_parallel", false}};
}

Json seconds_of(const Json& milliseconds, const std::string& where) {
  if (milliseconds.is_null()) return nullptr;
  const std::string name = where + ": " + std::string(time_column);
  constexpr double milli = 1e-3;
  return Node(milliseconds, name).number() * milli;
}

}  // namespace

RunTable::RunTable(const Node& document) {
  const std::vector<std::string> known = known_columns();
  const Node node = document["columns"];
  for (std::size_t i = 0; i < node.list().size(); ++i) {
    const Node column = node[i];
    const bool is_known = std::ranges::find(known, column.text()) != known.end();
    if (!is_known) column.reject("one of: " + join(known, ", "));
    if (std::ranges::find(columns_, column.text()) != columns_.end()) {
      column.reject("each column once");
    }
    columns_.push_back(column.text());
  }
  for (const std::string& name : known) {
    const bool is_there = std::ranges::find(columns_, name) != columns_.end();
    if (!is_there && name != time_column) node.reject("the column " + name + " among them");
  }
}

Json RunTable::run_of(const Json& row, std::size_t index, const std::string& where) const {
  const std::size_t found = row.is_array() ? row.size() : 0;
  if (found != columns_.size()) {
    throw BadUsage(fmt::format("{}: expected a list of {} numbers, one of each column, found {}",
                               where, columns_.size(),
                               row.is_array() ? std::to_string(found) : kind_of(row)));
  }
  Json run = common_to_all();
  run["id"] = fmt::format("vtrain1-{:04}", index + 1);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const auto column = std::ranges::find(counts, columns_[i], &Column::name);
    if (column == counts.end()) {
      run["derived"]["iter_s"] = seconds_of(row[i], where);
      continue;
    }
    const std::string key(column->key);
    (column->is_of_architecture ? run["arch"][key] : run[key]) = row[i];
  }
  return run;
}

}  // namespace shortfall
