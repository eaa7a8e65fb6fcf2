// Reads documents of training runs: {"rows": [...]}, a list of rows, one run, or a table with
// {"columns": [...], "rows": [[...]]} of one node's runs. The form is in docs/training_runs.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/training/training_run.hpp"

namespace shortfall {

struct RunRow {
  std::string id;
  std::string where;               // "runs.json: row 4 (kort22-gpt-22B-full)"
  std::optional<TrainingRun> run;  // nothing: there can be no prediction
  std::string why_not;             // then, a sentence that begins with `where`
  bool is_faulty = false;          // what stands there can be no run; else too little stands there
};

// One for each row, in order. Throws BadUsage if the document has no rows that could be told apart.
std::vector<RunRow> runs_from(std::string_view text, const std::string& source);

// Throws BadUsage with the first fault: for those who want all rows or none.
void refuse_faulty(const std::vector<RunRow>& rows);

// Of a document with one run that can be predicted; BadUsage for others.
RunRow single_run_from(std::string_view text, const std::string& source);

}  // namespace shortfall
