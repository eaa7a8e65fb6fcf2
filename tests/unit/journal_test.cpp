// journal.jsonl: a line for each case, and a last one that may have been cut off.
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "report/json.hpp"
#include "tests/unit/sample_report.hpp"

namespace shortfall {
namespace {

std::string journal() {
  std::string lines;
  for (const Entry& entry : sample::entries()) lines += journal_line(entry.result) + '\n';
  return lines;
}

TEST(Journal, HasOneLineForEachResult) {
  for (const Entry& entry : sample::entries()) {
    EXPECT_EQ(journal_line(entry.result).find('\n'), std::string::npos);
  }
}

TEST(Journal, ReadBackGivesTheSameLines) {
  const std::string once = journal();

  std::string twice;
  for (const Result& result : journal_from(once, "j")) twice += journal_line(result) + '\n';

  EXPECT_EQ(twice, once);
}

TEST(Journal, DropsALastLineThatWasCutOffAnywhere) {
  const std::string whole = journal();
  const std::size_t last_line = whole.rfind('\n', whole.size() - 2) + 1;
  for (std::size_t length = last_line; length < whole.size(); length += 41) {
    EXPECT_EQ(journal_from(whole.substr(0, length), "j").size(), sample::entries().size() - 1);
  }
}

TEST(Journal, MayBeEmpty) { EXPECT_TRUE(journal_from("", "j").empty()); }

TEST(Journal, NamesTheLineThatIsWrong) {
  const std::string line = journal_line(sample::entries()[0].result) + '\n';

  try {
    journal_from(line + "{\"key\": 3}\n" + line, "j");
    ADD_FAILURE() << "was accepted";
  } catch (const BadUsage& problem) {
    EXPECT_STREQ(problem.what(), "j: line 2: key: expected a string, found 3");
  }
}

}  // namespace
}  // namespace shortfall
