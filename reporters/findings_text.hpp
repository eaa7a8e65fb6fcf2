// Findings for people: what, where, why, what to do.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "report/report.hpp"

namespace shortfall {

struct TableStyle {
  bool is_coloured = false;  // by ANSI escapes: for terminals alone
};

enum class Paint { good, bad, doubtful };
std::string painted(std::string text, Paint paint, TableStyle style);

// Nothing where there are none.
void write_findings(std::ostream& out, const std::vector<Finding>& findings, TableStyle style = {});

}  // namespace shortfall
