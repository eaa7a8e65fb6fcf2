// Ranks of a job as threads that meet over the loopback.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "backends/joining.hpp"
#include "backends/sockets.hpp"

namespace shortfall::tcp {

// One that nobody holds: asked of the system, as each test runs in a process of its own.
inline int free_port() { return port_of(listen_on(0, true)); }

inline Launched rank_of_job(int rank, int size, int port) {
  return {.launcher = "torchrun",
          .rank = rank,
          .size = size,
          .local_rank = rank,
          .local_size = size,
          .job = "test",
          .first = "127.0.0.1",
          .brings_mpi = false,
          .master = "127.0.0.1",
          .master_port = port};
}

inline constexpr Seconds long_enough{20};  // where nothing goes wrong
inline constexpr Seconds short_patience{0.3};

// What each of several threads threw; empty if nothing.
inline std::vector<std::string> in_threads(int count, const std::function<void(int)>& body) {
  std::vector<std::string> thrown(static_cast<std::size_t>(count));
  std::vector<std::jthread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      try {
        body(i);
      } catch (const std::exception& e) {
        thrown[static_cast<std::size_t>(i)] = e.what();
      }
    });
  }
  threads.clear();
  return thrown;
}

// Whether all of the words stand in the text.
template <class... Words>
testing::AssertionResult says(const std::string& text, const Words&... words) {
  for (const std::string& wanted : {std::string(words)...}) {
    if (text.find(wanted) == std::string::npos)
      return testing::AssertionFailure() << '"' << text << "\" does not say: " << wanted;
  }
  return testing::AssertionSuccess();
}

// Every rank joins, does it, and leaves when all have done it.
inline std::vector<std::string> on_ranks(int size, const std::function<void(World&)>& body) {
  const int port = free_port();
  std::vector<std::unique_ptr<World>> worlds(static_cast<std::size_t>(size));
  return in_threads(size, [&](int rank) {
    auto& world = worlds[static_cast<std::size_t>(rank)];
    world = join_by_tcp(rank_of_job(rank, size, port), long_enough);
    world->set_deadline({long_enough});
    body(*world);
  });
}

// One answer of every rank, by rank.
template <class T>
std::vector<T> answers_of_ranks(int size, const std::function<T(World&)>& ask) {
  static_assert(!std::is_same_v<T, bool>, "threads cannot write bits of one word side by side");
  std::vector<T> answers(static_cast<std::size_t>(size));
  for (const std::string& thrown : on_ranks(size, [&](World& world) {
         answers[static_cast<std::size_t>(world.rank())] = ask(world);
       })) {
    if (!thrown.empty()) throw std::runtime_error(thrown);
  }
  return answers;
}

}  // namespace shortfall::tcp
