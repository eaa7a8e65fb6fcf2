// Runs of one node as a table without names, as vTrain publishes its own: 8 x A100, GPT.
#pragma once

#include "core/json.hpp"

namespace shortfall {

// The columns that such a document has, and what stands in each row as a training run.
class RunTable {
 public:
  explicit RunTable(const Node& document);

  // `where` begins what BadUsage says.
  Json run_of(const Json& row, std::size_t index, const std::string& where) const;

 private:
  std::vector<std::string> columns_;
};

}  // namespace shortfall
