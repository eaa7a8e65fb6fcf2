// The codec of report.json and journal.jsonl: the one place that knows their keys.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "report/report.hpp"

namespace shortfall {

// The whole document, indented by two blanks, with a line end. Not-a-number and infinity become
// null.
std::string json_of(const Report& report);

// Throws BadUsage, naming `source`, on what is no report of this schema version: bad JSON, nesting
// deeper than 64, missing or mistyped keys (with the key's path). Unknown keys are ignored.
Report report_from(std::string_view json, const std::string& source);

// One line of the journal, without its end.
std::string journal_line(const Result& result);

// Every complete line; a last line that was cut off is dropped. Throws BadUsage as above.
std::vector<Result> journal_from(std::string_view lines, const std::string& source);

// The JSON Schema (2020-12) of report.json, as embedded from report/schema.json.
std::string_view report_schema();

// The document of `machine --json`: the report's `machine`, and what is to be said of it.
std::string json_of(const Machine& machine, const std::vector<Finding>& findings);

// By a temporary file, fsync and rename: readers see the old content or the new one, whole. Throws
// Error.
void write_atomically(const std::filesystem::path& file, std::string_view content);

// Throws BadUsage, naming the file, if it cannot be read.
std::string read_file(const std::filesystem::path& file);

}  // namespace shortfall
