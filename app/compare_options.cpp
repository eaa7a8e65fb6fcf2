#include "app/compare_options.hpp"

#include <CLI/CLI.hpp>

#include "core/error.hpp"
#include "core/text.hpp"

namespace shortfall {
namespace {

constexpr const char* examples = R"(
  shortfall compare --baseline before.json --candidate after.json
  shortfall compare --baseline a1.json a2.json a3.json --candidate b1.json b2.json b3.json
  shortfall compare --baseline before --candidate after --floor 2 --strict --json

Which causes changed the MFU by how much, and which cases became slower or faster. A REPORT
is a report.json, or the folder that holds it. The formulas are in docs/compare.md.)";

constexpr const char* exit_status =
    "\nExit status: 0 nothing became slower, 2 a case did, or its data are wrong now, 3 (only "
    "with\n"
    "--strict) something is unclear or on one side alone, 64 bad usage.";

}  // namespace

CLI::App& add_compare(CLI::App& app, CompareOptions& o, CompareTexts& t) {
  CLI::App& compare = *app.add_subcommand("compare", "what changed between runs, and why");
  compare.description(examples);
  compare.footer(exit_status);
  compare.add_option("--baseline", o.baseline, "REPORT...: as it was")->required();
  compare.add_option("--candidate", o.candidate, "REPORT...: as it is")->required();
  compare.add_option("--floor", t.floor, "PERCENT of its time below which no change is told  [5]");
  compare.add_flag("--strict", o.is_strict,
                   "exit status 3 if something is unclear or on one side alone");
  compare.add_flag("--force", o.is_forced, "compare runs of different machines, too");
  compare.add_flag("--json", o.json, "one JSON document");
  return compare;
}

CompareOptions checked(CompareOptions options, const CompareTexts& texts) {
  constexpr double most = 1000;
  const auto percent = parse_number(texts.floor);
  if (!percent || !(*percent >= 0) || *percent > most) {
    throw BadUsage("--floor=" + texts.floor + ": must be a number of percent from 0 to 1000");
  }
  options.floor = *percent / 100;
  return options;
}

}  // namespace shortfall
