// Rates of a result, and files that are whole or not there.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "core/error.hpp"
#include "report/json.hpp"
#include "report/report.hpp"

namespace shortfall {
namespace {

namespace fs = std::filesystem;

class Files : public testing::Test {
 protected:
  Files() {
    std::string name = (fs::temp_directory_path() / "shortfall-files-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~Files() override { fs::remove_all(folder_); }
  std::size_t count() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  fs::path folder_;
};

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const std::exception& problem) {
    return problem.what();
  }
  return "";
}

TEST(Rates, AreWorkOverTime) {
  const Work work{.flop = {10}, .memory = {20}, .payload = {30}, .link = {40}, .cycles = {50}};

  const Rates found = rates(work, {2});

  EXPECT_EQ(found.flop, Throughput{5});
  EXPECT_EQ(found.memory, Bandwidth{10});
  EXPECT_EQ(found.algorithm, Bandwidth{15});
  EXPECT_EQ(found.bus, Bandwidth{20});
  EXPECT_EQ(found.cycles, Frequency{25});
}

TEST(Rates, AreAbsentWhereTheWorkHasNoneOfIt) {
  const Rates found =
      rates({.flop = {1}, .memory = {}, .payload = {}, .link = {}, .cycles = {}}, {1});

  EXPECT_FALSE(found.memory || found.algorithm || found.bus || found.cycles);
}

TEST(Rates, AreAbsentWhereNoTimePassed) {
  EXPECT_FALSE(
      rates({.flop = {1}, .memory = {}, .payload = {}, .link = {}, .cycles = {}}, {0}).flop);
}

TEST(Rates, OfSeveralRanksAddUp) {
  const Rates one{
      .flop = Throughput{2}, .memory = {}, .algorithm = {}, .bus = Bandwidth{3}, .cycles = {}};

  const Rates all = one * 4;

  EXPECT_EQ(all.flop, Throughput{8});
  EXPECT_EQ(all.bus, Bandwidth{12});
  EXPECT_FALSE(all.memory);
}

TEST(ActiveRanks, AreThoseThatWereTimed) {
  Measured alone;
  alone.per_rank.n = 1;
  alone.per_rank.all = {{0.5}, {0}, {0}};

  EXPECT_EQ(active_ranks(alone), 1U);
}

TEST_F(Files, WrittenAreReadBackByteForByte) {
  const std::string content = std::string("a\0b\r\n\xff", 6);

  write_atomically(folder_ / "x", content);

  EXPECT_EQ(read_file(folder_ / "x"), content);
}

TEST_F(Files, WritingReplacesWhatWasThereAndLeavesNothingElse) {
  write_atomically(folder_ / "x", "a longer text");

  write_atomically(folder_ / "x", "new");

  EXPECT_EQ(read_file(folder_ / "x"), "new");
  EXPECT_EQ(count(), 1U);
}

TEST_F(Files, WritingPassesOverATemporaryFileThatAKilledProcessLeft) {
  const std::string left = "x." + std::to_string(::getpid()) + "-0.tmp";
  std::ofstream(folder_ / left) << "half";

  write_atomically(folder_ / "x", "whole");

  EXPECT_EQ(read_file(folder_ / "x"), "whole");
  EXPECT_EQ(read_file(folder_ / left), "half");
}

TEST_F(Files, WritingIntoAMissingFolderNamesIt) {
  const auto write = [&] { write_atomically(folder_ / "no" / "x", "text"); };

  EXPECT_THROW(write(), Error);
  EXPECT_NE(message_of(write).find((folder_ / "no" / "x").string()), std::string::npos);
}

TEST_F(Files, WritingOverAFolderFailsAndLeavesNothingElse) {
  fs::create_directory(folder_ / "x");

  EXPECT_THROW(write_atomically(folder_ / "x", "text"), Error);

  EXPECT_EQ(count(), 1U);
}

TEST_F(Files, ReadingAFolderIsBadUsageThatSaysSo) {
  const auto read = [&] { read_file(folder_); };

  EXPECT_THROW(read(), BadUsage);
  EXPECT_EQ(message_of(read), "cannot read " + folder_.string() + ": Is a directory");
}

TEST_F(Files, ReadingAMissingFileIsBadUsageThatSaysSo) {
  const auto read = [&] { read_file(folder_ / "x"); };

  EXPECT_THROW(read(), BadUsage);
  EXPECT_EQ(message_of(read),
            "cannot read " + (folder_ / "x").string() + ": No such file or directory");
}

}  // namespace
}  // namespace shortfall
