// The shortfall as people read it.
#include "reporters/shortfall_text.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "core/text.hpp"
#include "reporters/lines.hpp"
#include "reporters/loss_words.hpp"
#include "reporters/shortfall_bar.hpp"
#include "reporters/shortfall_losses_text.hpp"
#include "reporters/table.hpp"
#include "tests/unit/sample_report.hpp"

namespace shortfall {
namespace {

std::string page_of(const Shortfall& shortfall) {
  std::ostringstream out;
  write_shortfall(out, shortfall);
  return out.str();
}

// With one blank for each line end and what follows it.
std::string unwrapped(const std::string& text) {
  std::string all;
  for (const char c : text) {
    if (c != '\n' && (c != ' ' || all.empty() || all.back() != ' ')) all += c;
    if (c == '\n' && !all.empty() && all.back() != ' ') all += ' ';
  }
  return all;
}

bool contains(const std::string& text, const std::string& part) {
  return unwrapped(text).find(part) != std::string::npos;
}

TEST(ShortfallSentence, TellsWhatIsDeliveredAndTheLargestLossesAndWhoIsBehindOthers) {
  EXPECT_EQ(shortfall_sentence(sample::shortfall()),
            "Of 80.0 GFLOP/s per rank on the datasheet, 31.2 GFLOP/s reach this training step "
            "(39.0 %). 18.0 points go to memory, 12.0 to tensor-parallel traffic, 9.5 to shapes; "
            "8.0 to parameters and gradients (ranks 0-1 to rank 2), 5.5 to waiting for the slowest "
            "rank (rank 1 on node02). The step was 3.0 points faster than the model explains.");
}

TEST(ShortfallSentence, OfAStepThatWasNotExecutedSaysSo) {
  Shortfall s = sample::shortfall();
  s.measured_step.reset();

  EXPECT_TRUE(shortfall_sentence(s).starts_with(
      "Of 80.0 GFLOP/s per rank on the datasheet, 31.2 GFLOP/s would reach this training step "
      "(39.0 %, predicted: the step was not executed)."));
}

TEST(ShortfallSentence, WithoutADatasheetHasNoShareOfIt) {
  Shortfall s = sample::shortfall();
  s.datasheet = {};

  EXPECT_TRUE(shortfall_sentence(s).starts_with("The datasheet does not tell how many FLOP/s"));
  EXPECT_FALSE(contains(shortfall_sentence(s), "inf"));
}

TEST(ShortfallSentence, NamesGainsOfKnownKinds) {
  Shortfall s = sample::shortfall();
  s.waterfall = {sample::row("delivered", "", 101), sample::row("shapes", "", -1)};

  EXPECT_TRUE(shortfall_sentence(s).ends_with("(39.0 %). 1.0 points come back by shapes."));
}

TEST(ShortfallSentence, CallsUnknownLossesByTheirLabel) {
  Shortfall s = sample::shortfall();
  s.waterfall = {sample::row("delivered", "", 40), sample::row("new", "a new\x1b[31m loss", 60)};

  EXPECT_TRUE(contains(shortfall_sentence(s), "60.0 points go to a new [31m loss."));
}

TEST(ShortfallBar, IsAsWideAsToldAndInProportion) {
  const std::string bar = bar_of({sample::row("delivered", "", 50), sample::row("memory", "", 25),
                                  sample::row("tensor", "", 15), sample::row("data", "", 10)},
                                 45);

  EXPECT_EQ(bar, "|## delivered 50.0 ###|--memory--|tensor|---|");
}

TEST(ShortfallBar, LeavesOutWhatGivesTimeBackAndWhatIsTooNarrow) {
  const auto rows = sample::waterfall();

  const std::string bar = bar_of(rows, 98);

  EXPECT_EQ(columns(bar), 98U) << bar;
  EXPECT_EQ(bar.find("residual"), std::string::npos) << bar;
  EXPECT_NE(bar.find(" delivered 39.0 "), std::string::npos) << bar;
  EXPECT_NE(bar.find("memory 18.0"), std::string::npos) << bar;
}

TEST(ShortfallBar, OfNothingIsEmpty) {
  EXPECT_EQ(bar_of({}, 98), "");
  EXPECT_EQ(bar_of({sample::row("delivered", "", 0)}, 98), "");
}

TEST(ShortfallPage, IsNotWiderThan100Columns) {
  Shortfall s = sample::shortfall();
  s.waterfall[4].label = std::string(300, 'x');
  s.waterfall[4].id = std::string(300, 'y');
  for (const std::string& line : split(page_of(s), '\n')) EXPECT_LE(columns(line), 100U) << line;
}

TEST(ShortfallPage, TellsPredictionsBesideMeasurements) {
  const std::string page = page_of(sample::shortfall());

  EXPECT_TRUE(contains(page, "one step 1.03 s predicted, 1 s measured: error +3.0 %"));
  EXPECT_TRUE(contains(page,
                       "decode a token of each of 4 sequences with 512 tokens before it: 12.5 ms "
                       "predicted, 13.1 ms measured: error -4.6 %"));
  EXPECT_TRUE(contains(page, "parts backward mlp 420 ms predicted, 450 ms measured; forward mlp"));
}

TEST(ShortfallPage, NamesWhoIsBehindALossAndWhatWouldBeWithoutIt) {
  EXPECT_TRUE(contains(page_of(sample::shortfall()),
                       "rank 1 on node02: its products take 1.09 times as long as the median "
                       "rank's. MFU 39.0 % -> 41.3 % if it were as the others"));
}

TEST(ShortfallPage, NamesWhatWasScaledAndTheRunItself) {
  const std::string page = page_of(sample::shortfall());

  EXPECT_TRUE(contains(page, "scaled layers 32 -> 2: its memory; seq_len 8192 -> 512: its time"));
  EXPECT_TRUE(contains(page, "llama3-8b itself, on 8 devices like these ranks'"));
}

TEST(ShortfallPage, TellsOnlyWhatIsSlowerTogether) {
  const std::string page = page_of(sample::shortfall());

  EXPECT_TRUE(contains(page, "group=all takes 1.90 times as long as alone"));
  EXPECT_FALSE(contains(page, "step_product"));
}

TEST(ShortfallPage, OfABareStepHasNoEmptyParts) {
  Shortfall s = sample::shortfall();
  s.workload.changes.clear();
  s.decode.reset();
  s.at_scale.reset();
  s.extrapolated.clear();
  for (ShortfallRow& row : s.waterfall) row.culprit.reset();

  const std::string page = page_of(s);

  for (const char* absent : {"decode", "at scale", "scaled", "beyond", "who is behind"}) {
    EXPECT_FALSE(contains(page, absent)) << absent;
  }
}

TEST(ShortfallPage, StandsInTheTableWhereThereIsAShortfallAlone) {
  Report report = sample::report();
  std::ostringstream with, without;
  write_table(with, report);
  report.shortfall.reset();
  write_table(without, report);

  EXPECT_TRUE(contains(with.str(), "shortfall of llama3-8b (Llama 3 8B), scaled down"));
  EXPECT_FALSE(contains(without.str(), "shortfall of"));
}

TEST(LossWords, OfEachKindOfLossAdviseSomething) {
  for (const ShortfallRow& row : sample::waterfall()) {
    const LossWords words = words_of_loss(row.id);
    EXPECT_FALSE(words.name.empty()) << row.id;
    EXPECT_EQ(words.advice.empty(), row.id == "delivered") << row.id;
  }
  EXPECT_TRUE(words_of_loss("no such loss").name.empty());
}

TEST(Shortened, CutsBetweenCharactersAndKeepsTerminalsSafe) {
  EXPECT_EQ(shortened("Zürich", 6), "Zürich");
  EXPECT_EQ(shortened("Zürichsee", 6), "Zür...");
  EXPECT_EQ(shortened("a\x1b[0m\n", 6), "a [0m ");
}

}  // namespace
}  // namespace shortfall
