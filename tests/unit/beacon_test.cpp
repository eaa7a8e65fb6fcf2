// What beacons say, and what rank 0 makes of it.
#include "backends/beacon.hpp"

#include <gtest/gtest.h>

#include "backends/beacon/ledger.hpp"
#include "backends/beacon/messages.hpp"

namespace shortfall::beacon {
namespace {

Word word_of(int rank, Phase phase, const std::string& what = "") {
  return {.rank = rank, .host = "node07", .phase = phase, .what = what, .in_phase = {31}};
}

std::string without_newline(std::string line) {
  line.pop_back();
  return line;
}

TEST(BeaconWord, ArrivesAsItWasSent) {
  const std::string line = line_of(word_of(3, Phase::run, "all_reduce/bytes=8"));

  const auto word = word_from(without_newline(line));

  ASSERT_TRUE(word);
  EXPECT_EQ(word->rank, 3);
  EXPECT_EQ(word->host, "node07");
  EXPECT_EQ(word->phase, Phase::run);
  EXPECT_EQ(word->what, "all_reduce/bytes=8");
  EXPECT_EQ(word->in_phase, Seconds{31});
}

TEST(BeaconWord, StaysOneLineWhateverIsDescribed) {
  const std::string line =
      line_of(word_of(1, Phase::run, "two\nlines\tand \xff" + std::string(5000, 'x')));

  const auto word = word_from(without_newline(line));

  ASSERT_TRUE(word);
  EXPECT_EQ(word->what.substr(0, 16), "two lines and ?x");
  EXPECT_LT(line.size(), 1024U);
}

class NoBeaconWord : public testing::TestWithParam<const char*> {};

TEST_P(NoBeaconWord, IsDropped) { EXPECT_FALSE(word_from(GetParam())); }

INSTANTIATE_TEST_SUITE_P(Of, NoBeaconWord,
                         testing::Values("", "GET / HTTP/1.1", "1\tnode07\trun\t5",
                                         "1\tnode07\tfly\t5\t", "x\tnode07\trun\t5\t",
                                         "-1\tnode07\trun\t5\t", "1\tnode07\trun\t-5\t",
                                         "1\t\trun\t5\t", "1\tnode07\trun\t5\ta\tb"));

TEST(BeaconHello, TellsTheRank) {
  const auto rank = rank_of_hello(without_newline(hello("job 7", 3)), "job 7", 4);

  EXPECT_EQ(rank, 3);
}

TEST(BeaconHello, IsNotForAnotherJob) {
  const std::string line = without_newline(hello("job 7", 3));

  EXPECT_FALSE(rank_of_hello(line, "job 8", 4));
  EXPECT_FALSE(rank_of_hello(line, "job 7", 3));  // which has no rank 3
}

TEST(BeaconHello, IsNotOfRank0WhichListens) {
  EXPECT_FALSE(rank_of_hello(without_newline(hello("job 7", 0)), "job 7", 4));
}

TEST(BeaconPorts, AreNineInARowWithinTheirRange) {
  const auto ports = ports_of("1978662913/b1e2");

  ASSERT_EQ(ports.size(), 9U);
  EXPECT_EQ(ports.back(), ports.front() + 8);
  EXPECT_GE(ports.front(), 20000);
  EXPECT_LE(ports.front(), 51999);
}

TEST(BeaconPorts, DifferBetweenJobs) {
  EXPECT_NE(ports_of("1978662913/b1e2"), ports_of("1978662913/b1e3"));
}

TEST(BeaconLines, AreCutFromPieces) {
  Lines lines;

  lines.add("one\ntw");
  const auto first = lines.next();
  const auto early = lines.next();
  lines.add("o\n");
  const auto second = lines.next();

  EXPECT_EQ(first, "one");
  EXPECT_FALSE(early);
  EXPECT_EQ(second, "two");
}

TEST(BeaconLines, MayBeTooLong) {
  Lines lines;

  lines.add(std::string(2000, 'x') + "\n");

  EXPECT_FALSE(lines.next());
  EXPECT_TRUE(lines.is_too_long());
}

TEST(Ledger, KnowsTheLastWordOfARank) {
  Ledger ledger(2, {100});
  ledger.hear(word_of(1, Phase::prepare), {101});
  ledger.hear(word_of(1, Phase::run, "gemm/m=64"), {102});

  const Sighting sighting = ledger.sightings({103})[1];

  EXPECT_EQ(sighting.phase, Phase::run);
  EXPECT_EQ(sighting.what, "gemm/m=64");
  EXPECT_EQ(sighting.silent, Seconds{1});
  EXPECT_FALSE(sighting.is_silent);
}

TEST(Ledger, CallsARankSilentTwoSecondsAfterItsLastWord) {
  Ledger ledger(2, {100});
  ledger.hear(word_of(1, Phase::run), {101});

  EXPECT_FALSE(ledger.sightings({102.9})[1].is_silent);
  EXPECT_TRUE(ledger.sightings({103})[1].is_silent);
}

TEST(Ledger, CallsARankSilentThatWasNotHeardTwoSecondsAfterTheStart) {
  const Ledger ledger(2, {100});

  EXPECT_FALSE(ledger.sightings({101.9})[1].is_silent);
  EXPECT_TRUE(ledger.sightings({102})[1].is_silent);
}

TEST(Ledger, CallsARankSilentAtOnceWhenItsConnectionEnds) {
  Ledger ledger(2, {100});
  ledger.hear(word_of(1, Phase::run, "gemm/m=64"), {101});

  ledger.lose(1, {101.5});

  const Sighting sighting = ledger.sightings({101.6})[1];
  EXPECT_TRUE(sighting.is_silent);
  EXPECT_NEAR(sighting.silent.value, 0.1, 1e-9);
  EXPECT_EQ(sighting.what, "gemm/m=64 (connection closed)");
}

TEST(Ledger, DoesNotMissARankThatHasReachedItsEnd) {
  Ledger ledger(2, {100});
  ledger.hear(word_of(1, Phase::end), {101});

  ledger.lose(1, {101.5});

  EXPECT_FALSE(ledger.sightings({200})[1].is_silent);
}

TEST(Ledger, ForgetsALossWhenTheRankIsHeardAgain) {
  Ledger ledger(2, {100});
  ledger.lose(1, {101});

  ledger.hear(word_of(1, Phase::run), {101.5});

  EXPECT_FALSE(ledger.sightings({101.6})[1].is_silent);
}

TEST(Ledger, IgnoresRanksBeyondTheJob) {
  Ledger ledger(2, {100});

  ledger.hear(word_of(2, Phase::run), {101});

  EXPECT_EQ(ledger.sightings({101}).size(), 2U);
}

TEST(DescribedSighting, SaysWhereARankIsAndForHowLong) {
  const Sighting sighting{1, "node07", Phase::run, "all_reduce/bytes=8", {31.2}, {0.1}, false};

  EXPECT_EQ(describe(sighting), "rank 1 on node07: run all_reduce/bytes=8 for 31 s");
}

TEST(DescribedSighting, SaysWhereASilentRankWasSeenLast) {
  const Sighting sighting{3, "node09", Phase::check, "gemm/m=64", {1}, {12.3}, true};

  EXPECT_EQ(describe(sighting), "rank 3 on node09: silent for 12 s, last seen in check gemm/m=64");
}

TEST(DescribedSighting, SaysThatASilentRankWasNeverHeard) {
  const Sighting sighting{3, "", Phase::start, "", {0}, {2.5}, true};

  EXPECT_EQ(describe(sighting), "rank 3: silent for 2.5 s, never heard");
}

TEST(DescribedSighting, IsPatientWithARankThatMayStillCome) {
  const Sighting sighting{3, "", Phase::start, "", {0}, {0.5}, false};

  EXPECT_EQ(describe(sighting), "rank 3: not heard yet");
}

}  // namespace
}  // namespace shortfall::beacon
