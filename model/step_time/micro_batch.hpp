// What one micro-batch takes on one stage of the pipeline.
#pragma once

#include "model/step_time/reality.hpp"

namespace shortfall {

// Some blocks of a stage, in sequence, with the losses before `first_ideal`.
class PieceTime {
 public:
  PieceTime(const Passes& passes, const Reality& reality, int first_ideal)
      : forward_(passes[0]),
        again_(passes[1]),
        backward_(passes[2]),
        reality_(reality),
        first_ideal_(first_ideal) {}

  // On the device; backward with what is done again before it.
  Seconds forward() const { return pass(forward_); }
  Seconds backward() const { return pass(backward_) + again(); }
  // Of the device, for a host that does not hand over its work in time.
  Seconds waiting_for_host() const;

 private:
  bool has(Loss loss) const { return static_cast<int>(loss) < first_ideal_; }
  Seconds pass(const PassCost& pass) const;
  Seconds products(const PassCost& pass) const;
  Seconds exchanges(const PassCost& pass) const;
  Seconds exposed_tensor(const PassCost& pass) const;
  Seconds again() const;
  Seconds gathered_again() const;

  const PassCost& forward_;
  const PassCost& again_;
  const PassCost& backward_;
  const Reality& reality_;
  int first_ideal_;
};

class MicroBatchTime {
 public:
  MicroBatchTime(const StageCost& cost, const Reality& reality, int first_ideal)
      : cost_(cost),
        layers_(cost.layers, reality, first_ideal),
        ends_(cost.ends, reality, first_ideal),
        is_in_sequence_(reality.run->software.is_in_sequence),
        first_ideal_(first_ideal) {}

  // What runs on the device, what its host lets it wait, and sending to neighbours.
  Seconds time() const;
  Seconds forward() const { return layers_.forward() + ends_.forward(); }
  Seconds backward() const { return layers_.backward() + ends_.backward(); }
  // Parameters and gradients that are exchanged beside each pass, as far as they outlast it.
  Seconds waiting_for_parameters() const;

 private:
  const StageCost& cost_;
  PieceTime layers_, ends_;
  bool is_in_sequence_;
  int first_ideal_;
};

// What a device waits in a pass for the host that hands it its work.
Seconds waiting_for(Seconds host, Seconds device);

// An exchange beside something else, in pieces: before the first one there is nothing to do beside.
Seconds outlasting(Seconds exchange, Seconds beside, double pieces);

}  // namespace shortfall
