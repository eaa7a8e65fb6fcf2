// What a sentinel does when a signal comes or a case outlasts its time.
#include "backends/sentinel.hpp"

#include <gtest/gtest.h>
#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <future>
#include <stdexcept>
#include <thread>

namespace shortfall {
namespace {

// Not how long things take, but when a test that hangs gives up.
constexpr auto too_long = std::chrono::seconds(20);

class SentinelTest : public testing::Test {
 protected:
  SentinelTest() {
    sentinel().end_by([this](int status) { ended_.set_value(status); });
  }

  Sentinel& sentinel() { return *sentinel_; }
  void hear(std::function<void(const std::string&)> last_words) {
    sentinel().on_end(std::move(last_words));
  }
  void close_sentinel() { sentinel_.reset(); }
  static void send(int signal) { kill(getpid(), signal); }
  int wait_for_end() {
    return end_.wait_for(too_long) == std::future_status::ready ? end_.get() : -1;
  }
  bool has_ended() {
    return end_.wait_for(std::chrono::milliseconds(5)) == std::future_status::ready;
  }

 private:
  std::promise<int> ended_;
  std::future<int> end_ = ended_.get_future();
  std::unique_ptr<Sentinel> sentinel_ = open_sentinel({.words_after_signal = {0.05}});
};

TEST_F(SentinelTest, EndsWithStatus3AfterASignal) {
  send(SIGTERM);

  EXPECT_EQ(wait_for_end(), 3);
}

TEST_F(SentinelTest, NamesTheSignal) {
  std::string heard;
  hear([&](const std::string& reason) { heard = reason; });

  send(SIGINT);

  wait_for_end();
  EXPECT_EQ(heard, "interrupted by SIGINT");
}

TEST_F(SentinelTest, GivesTheReasonOfAWatchThatRanOut) {
  std::string heard;
  hear([&](const std::string& reason) { heard = reason; });

  sentinel().watch("all_reduce/bytes=8 took longer than --case-timeout 60 s", {0.001});

  EXPECT_EQ(wait_for_end(), 3);
  EXPECT_EQ(heard, "all_reduce/bytes=8 took longer than --case-timeout 60 s");
}

TEST_F(SentinelTest, SaysNothingAboutCasesThatEndInTime) {
  sentinel().watch("first", {0.002});
  sentinel().watch("second", {1000});

  EXPECT_FALSE(has_ended());
}

TEST_F(SentinelTest, NoticesASecondCaseWithLessTime) {
  std::string heard;
  hear([&](const std::string& reason) { heard = reason; });
  sentinel().watch("first", {1000});

  sentinel().watch("second", {0.001});

  wait_for_end();
  EXPECT_EQ(heard, "second");
}

TEST_F(SentinelTest, EndsNoCaseAfterItStoodDown) {
  sentinel().watch("first", {0.002});

  sentinel().stand_down();

  EXPECT_FALSE(has_ended());
}

TEST_F(SentinelTest, ObeysSignalsAfterItStoodDown) {
  sentinel().stand_down();

  send(SIGUSR1);

  EXPECT_EQ(wait_for_end(), 3);
}

TEST_F(SentinelTest, SaysItsLastWordsOnceThoughASecondSignalComes) {
  std::atomic<int> times = 0;
  hear([&](const std::string&) {
    ++times;
    send(SIGINT);
  });
  std::signal(SIGINT, SIG_IGN);  // for what is left of it when the mask is given back

  send(SIGTERM);

  EXPECT_EQ(wait_for_end(), 3);
  close_sentinel();
  std::signal(SIGINT, SIG_DFL);
  EXPECT_EQ(times, 1);
}

TEST_F(SentinelTest, EndsThoughLastWordsThrow) {
  hear([](const std::string&) { throw std::runtime_error("disk full"); });

  send(SIGTERM);

  EXPECT_EQ(wait_for_end(), 3);
}

TEST_F(SentinelTest, EndsThoughLastWordsHang) {
  std::promise<void> released;
  hear([&](const std::string&) { released.get_future().wait_for(too_long); });

  send(SIGTERM);

  const int status = wait_for_end();
  released.set_value();
  EXPECT_EQ(status, 3);
}

TEST_F(SentinelTest, WaitsForItsGraceBeforeTheEnd) {
  std::promise<void> spoken;
  hear([&](const std::string&) { spoken.set_value(); });
  sentinel().wait_before_end({.after_signal = {0.05}, .after_overdue = {0}});

  send(SIGTERM);

  spoken.get_future().wait();
  EXPECT_FALSE(has_ended());
  EXPECT_EQ(wait_for_end(), 3);
}

TEST_F(SentinelTest, KeepsTheOwnerOfTheLastWordsFromLeavingWhileTheyAreSaid) {
  std::promise<void> begun;
  std::atomic<bool> is_said = false;
  hear([&](const std::string&) {
    begun.set_value();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    is_said = true;
  });
  send(SIGTERM);
  begun.get_future().wait();

  sentinel().stand_down();

  EXPECT_TRUE(is_said);
}

TEST(Sentinel, GivesTheSignalsBackWhenItIsDestroyed) {
  sigset_t during, after;

  auto sentinel = open_sentinel();
  pthread_sigmask(SIG_BLOCK, nullptr, &during);
  sentinel.reset();
  pthread_sigmask(SIG_BLOCK, nullptr, &after);

  EXPECT_TRUE(sigismember(&during, SIGTERM));
  EXPECT_FALSE(sigismember(&after, SIGTERM));
}

TEST(Sentinel, IgnoresHangUpsAndBrokenPipes) {
  const auto sentinel = open_sentinel();

  raise(SIGHUP);
  raise(SIGPIPE);

  SUCCEED();  // else this process would be gone
}

class SentinelDeathTest : public testing::Test {
 protected:
  SentinelDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }

  // Lives on after a signal unless the sentinel ends it.
  static void interrupt(std::function<void(int)> how) {
    const auto sentinel = open_sentinel({.end = {0.01}});
    if (how) sentinel->end_by(std::move(how));
    kill(getpid(), SIGTERM);
    std::promise<void>().get_future().wait_for(too_long);
  }
};

TEST_F(SentinelDeathTest, EndsTheProcess) {
  EXPECT_EXIT(interrupt({}), testing::ExitedWithCode(3), "");
}

TEST_F(SentinelDeathTest, EndsTheProcessAtOnceWhenTold) {
  EXPECT_EXIT(open_sentinel()->end_now("rank 1 is lost"), testing::ExitedWithCode(3), "");
}

TEST_F(SentinelDeathTest, EndsTheProcessThoughTheWayToEndItThrows) {
  const auto fail = [](int) { throw std::runtime_error("no MPI"); };

  EXPECT_EXIT(interrupt(fail), testing::ExitedWithCode(3), "");
}

TEST_F(SentinelDeathTest, EndsTheProcessThoughTheWayToEndItHangs) {
  const auto hang = [](int) { pause(); };

  EXPECT_EXIT(interrupt(hang), testing::ExitedWithCode(3), "");
}

}  // namespace
}  // namespace shortfall
