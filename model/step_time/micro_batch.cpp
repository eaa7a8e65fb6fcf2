#include "model/step_time/micro_batch.hpp"

#include <algorithm>
#include <cmath>

namespace shortfall {
namespace {

constexpr Seconds none{};

Seconds products_beside(const PassCost& pass) { return pass.products - pass.attention; }

}  // namespace

// The queue of a device evens out what its host does too late only in part: where both take as
// long, it takes a quarter longer than either. No lead is kept from pass to pass, nor from layers
// to ends: frameworks wait for their devices between these, to read times, sizes and the loss
// (timers of Megatron-LM around each pass, its broadcast of each batch).
Seconds waiting_for(Seconds host, Seconds device) {
  if (host <= none) return none;
  const double cubes =
      device.value * device.value * device.value + host.value * host.value * host.value;
  return Seconds{std::cbrt(cubes)} - device;
}

Seconds outlasting(Seconds exchange, Seconds beside, double pieces) {
  return std::max(exchange / std::max(pieces, 1.0), exchange - beside);
}

Seconds PieceTime::waiting_for_host() const {
  if (!has(Loss::dispatch)) return none;
  return waiting_for(forward_.dispatch, forward()) +
         waiting_for(again_.dispatch + backward_.dispatch, backward());
}

Seconds PieceTime::pass(const PassCost& pass) const {
  const Seconds memory = has(Loss::memory) ? pass.memory : none;
  return products(pass) + memory + exchanges(pass);
}

Seconds PieceTime::products(const PassCost& pass) const {
  if (!has(Loss::shapes)) return none;
  return pass.products - (has(Loss::recompute) ? none : pass.beyond_model);
}

Seconds PieceTime::exchanges(const PassCost& pass) const {
  Seconds time;
  if (has(Loss::tensor)) time = time + exposed_tensor(pass);
  if (has(Loss::context)) {
    time = time + (pass.context - pass.hideable_context) +
           std::max(none, pass.hideable_context - pass.attention);
  }
  if (has(Loss::experts)) time = time + pass.experts;
  if (has(Loss::interference)) time = time + pass.slowed;
  return time;
}

// Piece by piece beside the products that need it: the first piece is seen.
Seconds PieceTime::exposed_tensor(const PassCost& pass) const {
  const auto pieces = static_cast<double>(reality_.run->split.tensor);
  const Seconds first = pass.hideable_tensor / pieces;
  return (pass.tensor - pass.hideable_tensor) + first +
         std::max(none, pass.hideable_tensor - first - products_beside(pass));
}

// Gathering again is an exchange and stays where that is.
Seconds PieceTime::again() const {
  const Seconds computed = has(Loss::recompute) ? again_.products + again_.memory : none;
  return computed + (again_.products > none ? exchanges(again_) : gathered_again());
}

// Beside the gradients of weights, which are half of the products of a backward pass.
Seconds PieceTime::gathered_again() const {
  if (!has(Loss::tensor)) return none;
  const Seconds beside =
      reality_.run->software.is_in_sequence ? none : products_beside(backward_) / 2;
  return std::max(none, again_.tensor - beside) + (has(Loss::context) ? again_.context : none);
}

Seconds MicroBatchTime::time() const {
  const bool sends = static_cast<int>(Loss::pipeline) < first_ideal_;
  return forward() + backward() + layers_.waiting_for_host() + ends_.waiting_for_host() +
         (sends ? cost_.layers[0].pipeline + cost_.layers[2].pipeline : none);
}

Seconds MicroBatchTime::waiting_for_parameters() const {
  const Seconds beside_forward = cost_.layers[0].parameters,
                beside_backward = cost_.layers[1].parameters + cost_.layers[2].parameters;
  if (beside_forward + beside_backward <= none) return none;
  if (is_in_sequence_) return beside_forward + beside_backward;
  return outlasting(beside_forward, forward(), cost_.layer_count) +
         outlasting(beside_backward, backward(), cost_.layer_count);
}

}  // namespace shortfall
