// Enqueuing that may fail half-way.
#pragma once

#include "harness/runner.hpp"

namespace shortfall {

// Runs `calls`, which enqueue work on `stream` and may wait for it. If they throw, operations of
// this rank may already wait for other ranks on its device, and whoever frees a buffer then waits
// for the device: so they are given up first.
template <class Function>
void or_give_up(const Bench& bench, Stream& stream, Seconds patience, Function calls) {
  try {
    calls();
  } catch (const Lost&) {
    throw;  // nobody is left to go on with
  } catch (const Stuck&) {
    throw;  // it was given up, in vain
  } catch (const std::exception& wrong) {
    stream.abandon_graphs();
    bench.groups.abort_connections();
    drain(stream, patience, wrong.what());
    throw;
  }
}

}  // namespace shortfall
