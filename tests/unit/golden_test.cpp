// The images of a report made by hand, compared byte by byte with the files of tests/golden.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "report/json.hpp"
#include "reporters/csv.hpp"
#include "reporters/machine_svg.hpp"
#include "reporters/machine_text.hpp"
#include "reporters/table.hpp"
#include "tests/unit/sample_report.hpp"

namespace shortfall {
namespace {

// Where SHORTFALL_REGENERATE is set, the file is written anew instead: then read what git diff
// says.
void compare_with_golden(const std::string& file, const std::string& content) {
  const auto path = std::filesystem::path(SHORTFALL_SOURCE_DIR) / "tests" / "golden" / file;
  if (std::getenv("SHORTFALL_REGENERATE")) {
    write_atomically(path, content);
    GTEST_SKIP() << path << " was written anew";
  }
  EXPECT_EQ(content, read_file(path))
      << "If this change is meant: SHORTFALL_REGENERATE=1 build/release/tests/shortfall_tests "
         "--gtest_filter='Golden.*', and look at the difference";
}

template <class Write>
std::string written(Write write) {
  std::ostringstream out;
  write(out);
  return out.str();
}

TEST(Golden, Json) { compare_with_golden("report.json", json_of(sample::report())); }

TEST(Golden, Table) {
  compare_with_golden("table.txt",
                      written([](std::ostream& out) { write_table(out, sample::report()); }));
}

TEST(Golden, Csv) {
  compare_with_golden("table.csv",
                      written([](std::ostream& out) { write_csv(out, sample::report()); }));
}

TEST(Golden, Machine) {
  compare_with_golden("machine.txt",
                      written([](std::ostream& out) { write_machine(out, sample::machine()); }));
}

TEST(Golden, MachineSvg) {
  const Machine machine = sample::machine();
  compare_with_golden("machine.svg", machine_svg(machine.hosts[2], machine.links));
}

}  // namespace
}  // namespace shortfall
