#include "model/plan/asked_json.hpp"

#include "core/json.hpp"

namespace shortfall {
namespace {

// nullptr: not one run in a form that has names.
Json* only_row(Json& document) {
  if (document.is_array()) return document.size() == 1 ? &document[0] : nullptr;
  if (!document.is_object()) return nullptr;
  const auto rows = document.find("rows");
  if (rows == document.end()) return &document;
  const bool has_names = !document.contains("columns");
  return has_names && rows->is_array() && rows->size() == 1 ? &(*rows)[0] : nullptr;
}

void forget_split(Json& row) {
  for (const char* const key : {"tp", "pp", "vp", "dp", "cp", "ep", "micro_batch", "fsdp_or_zero",
                                "shards", "recompute", "sequence_parallel"}) {
    row.erase(key);
  }
  row["gpus"] = 1;
}

}  // namespace

RunRow run_to_plan_from(std::string_view text, const std::string& source) {
  Json document = parsed_without_repeats(text, source);
  Json* const row = only_row(document);
  const bool counts_gpus =
      row && row->is_object() && (row->contains("outer") || row->contains("device_classes"));
  if (row && row->is_object() && !counts_gpus) forget_split(*row);
  return single_run_from(document.dump(), source);
}

}  // namespace shortfall
