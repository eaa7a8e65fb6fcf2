// Work of libraries that know nothing of streams, between what a stream does before and after it.
#include "backends/after_stream.hpp"

#include <gtest/gtest.h>

#include "backends/stream.hpp"

namespace shortfall {
namespace {

using Steps = std::vector<std::string>;

struct ToldStream final : Stream {
  explicit ToldStream(Steps& steps_) : steps(steps_) {}
  void reserve_stamps(std::size_t) override {}
  Stamp stamp() override { return {0}; }
  Seconds elapsed(Stamp, Stamp) override { return {}; }
  Seconds at(Stamp) override { return {}; }
  void release() override { steps.emplace_back("released"); }
  bool done() override {
    steps.emplace_back("asked");
    return --busy < 0;
  }
  Steps& steps;
  int busy = 2;
};

struct ToldMemory final : Buffer {
  explicit ToldMemory(Steps& steps_) : steps(steps_) {}
  void* address() override { return nullptr; }
  Bytes size() const override { return {}; }
  MemoryKind kind() const override { return MemoryKind::cuda; }
  void take_in_arrivals() override { steps.emplace_back("taken in"); }
  Steps& steps;
};

struct ToldWork final : Prepared {
  explicit ToldWork(Steps& steps_) : steps(steps_) {}
  void enqueue(Stream&) override { steps.emplace_back("worked"); }
  void collect() override { steps.emplace_back("collected"); }
  Details details() const override { return {{"via", "copies"}}; }
  Steps& steps;
};

struct AfterStreams : testing::Test {
  Steps steps;
  ToldStream stream{steps};
  ToldMemory output{steps};
  std::unique_ptr<Prepared> work =
      after_stream(std::make_unique<ToldWork>(steps), output, {"memory", "of a GPU"});
};

TEST_F(AfterStreams, WorkBeginsWhenTheStreamIsReleasedAndEmpty) {
  work->enqueue(stream);

  EXPECT_EQ(steps, (Steps{"released", "asked", "asked", "asked", "worked"}));
}

TEST_F(AfterStreams, WhatHasArrivedIsTakenInBeforeItIsCollected) {
  work->collect();

  EXPECT_EQ(steps, (Steps{"taken in", "collected"}));
}

TEST_F(AfterStreams, DetailsSayWhatThisIsAbout) {
  EXPECT_EQ(work->details(), (Details{{"via", "copies"}, {"memory", "of a GPU"}}));
}

}  // namespace
}  // namespace shortfall
