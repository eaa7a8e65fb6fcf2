#include <algorithm>
#include <chrono>
#include <string>

#include "backends/communicator.hpp"
#include "core/error.hpp"

namespace shortfall {
namespace {

using Clock = std::chrono::steady_clock;

Clock::time_point after(Seconds time) {
  return Clock::now() +
         std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(time.value));
}

std::string nothing_after(Seconds waited) {
  return "nothing after " + std::to_string(waited.value) + " s";
}

bool has_ended(Stream& stream) {
  try {
    return stream.done();
  } catch (const std::exception&) {  // in its way
    return true;
  }
}

void give_up(Stream& stream, Communicator& communicator, Seconds patience, const std::string& why) {
  stream.abandon_graphs();
  const std::string failure = communicator.abort();
  drain(stream, patience,
        communicator.name() + (failure.empty() ? "" : " (" + failure + ")") + ": " + why);
}

void check(Stream& stream, Communicator& communicator, Seconds patience) {
  try {
    communicator.poll();
  } catch (const std::exception& wrong) {
    give_up(stream, communicator, patience, wrong.what());
    throw;
  }
}

[[noreturn]] void fail(Stream& stream, Communicator& communicator, Seconds waited) {
  if (!communicator.survives_abort()) {
    communicator.abort();
    throw Lost("wait for " + communicator.name(), nothing_after(waited));
  }
  const FaultOf hung = communicator.hung(waited);
  give_up(stream, communicator, waited, hung.what());
  throw hung;
}

}  // namespace

FaultOf Communicator::hung(Seconds waited) const {
  return {-1, "wait for " + name(), nothing_after(waited)};
}

void drain(Stream& stream, Seconds patience, const std::string& why) {
  const auto end = after(std::min(Seconds{5}, patience * 0.5));
  while (!has_ended(stream)) {
    if (Clock::now() > end)
      throw Stuck("give up what was enqueued", "it goes on all the same; before that: " + why);
  }
}

void wait(Stream& stream, Communicator* communicator, Seconds patience) {
  if (stream.done()) return;  // blocking libraries: no clock is read on the timed path
  constexpr Seconds between_checks{1e-3};
  const auto deadline = after(patience);
  auto next_check = after(between_checks);
  while (!stream.done()) {
    const auto now = Clock::now();
    if (communicator && now > next_check) {
      check(stream, *communicator, patience);
      next_check = after(between_checks);
    }
    if (now < deadline) continue;
    if (communicator) fail(stream, *communicator, patience);
    throw Lost("wait for the device", nothing_after(patience));
  }
}

}  // namespace shortfall
