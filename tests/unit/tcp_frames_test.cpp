// What ranks say to each other, cut from what comes over a connection.
#include <gtest/gtest.h>

#include <vector>

#include "backends/tcp/frame.hpp"
#include "backends/tcp/hello.hpp"

namespace shortfall::tcp {
namespace {

TEST(TcpHello, ArrivesAsItWasSent) {
  const auto hello =
      hello_from(text_of({.job = "77:29500", .rank = 3, .size = 8, .host = "node07"}));

  ASSERT_TRUE(hello);
  EXPECT_EQ(hello->job, "77:29500");
  EXPECT_EQ(hello->rank, 3);
  EXPECT_EQ(hello->size, 8);
  EXPECT_EQ(hello->host, "node07");
  EXPECT_EQ(hello->version, protocol);
}

TEST(TcpHello, IsNothingElse) {
  for (const std::string& text :
       {std::string(), std::string("1\t2\t3\tnode07"), std::string("x\t2\t3\tnode07\tjob"),
        std::string("1\t-2\t3\tnode07\tjob"), std::string(5000, '\t')}) {
    EXPECT_FALSE(hello_from(text)) << text;
  }
}

TEST(TcpFrames, AreCutFromPieces) {
  const std::string text = encoded({FrameKind::vote, 7, "yes"}) + encoded({FrameKind::barrier, 8});
  Frames frames;
  std::vector<Frame> cut;

  for (const char c : text) {
    frames.add(std::string(1, c));
    while (auto frame = frames.next()) cut.push_back(*frame);
  }

  ASSERT_EQ(cut.size(), 2U);
  EXPECT_EQ(cut[0].kind, FrameKind::vote);
  EXPECT_EQ(cut[0].number, 7U);
  EXPECT_EQ(cut[0].bytes, "yes");
  EXPECT_EQ(cut[1].bytes, "");
  EXPECT_FALSE(frames.is_nonsense());
}

TEST(TcpFrames, OfAStrangerAreOneAndShort) {
  Frames frames(Frames::Of::stranger);
  frames.add(encoded({FrameKind::hello, 0, "me"}) + encoded({FrameKind::gather, 1, "mine"}));

  EXPECT_EQ(frames.next().value().bytes, "me");
  EXPECT_FALSE(frames.next());

  frames.trust();
  EXPECT_EQ(frames.next().value().bytes, "mine");
}

TEST(TcpFrames, AreNoneThatStrangersDoNotSay) {
  Frames frames(Frames::Of::stranger);
  frames.add(encoded({FrameKind::gather, 1, "mine"}));

  EXPECT_FALSE(frames.next());
  EXPECT_TRUE(frames.is_nonsense());
}

TEST(TcpFrames, AreNoLongerThanTheirKind) {
  for (const FrameKind kind : {FrameKind::barrier, FrameKind::alarm, FrameKind::slowest}) {
    Frames frames;
    frames.add(encoded({kind, 1, std::string(17, 'x')}));

    EXPECT_FALSE(frames.next());
    EXPECT_TRUE(frames.is_nonsense()) << what(kind);
  }
}

TEST(TcpFrames, AreNoneInNonsense) {
  Frames frames;
  frames.add("GET / HTTP/1.1\r\n");

  EXPECT_FALSE(frames.next());
  EXPECT_TRUE(frames.is_nonsense());
}

}  // namespace
}  // namespace shortfall::tcp
