// How exchanges between ranks were measured, relative to what the model says of them on the same
// links: curves over sizes, for groups of each size and place.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/collectives/group_scaling.hpp"
#include "model/prices/exchange_price.hpp"

namespace shortfall {

struct MeasuredCollective {
  Collective::Kind kind;
  Spread spread;
  SweepFit fit;
};

struct MeasuredTransfer {  // one message, one way
  Spread spread;           // of two ranks
  SweepFit fit;
};

// One exchange of one size, just as a training step asks for it.
struct MeasuredExchange {
  std::optional<Collective::Kind> kind;  // nothing: a message
  Spread spread;
  Bytes bytes;
  Seconds time;
};

class MeasuredExchanges {
 public:
  // `base`: links that the times are compared with, and that were found where they were measured.
  // It has no exchanges of its own. Of `collectives` each kind, number of ranks and ranks of a
  // domain once. Of `exact` several of the same count as their mean.
  MeasuredExchanges(const std::vector<MeasuredCollective>& collectives,
                    std::vector<MeasuredTransfer> transfers, SystemModel base,
                    const std::vector<MeasuredExchange>& exact = {});

  // By which the model's time is to be multiplied; 1 where the like was not measured. What is among
  // the exact ones takes what it took there, whatever a curve says. Where one
  // group alone was measured, all others are as far from the model as that: its start and its hops
  // are told apart by single messages, which one group does not. Allocates nothing.
  double over_model(const Collective& collective, const Spread& spread) const;
  double over_model(const Transfer& transfer, const Spread& spread) const;

  // The same of tokens, whose model is another one.
  double over_model(const Collective& tokens, const TokenRouting& routing,
                    const Spread& spread) const;

  // What of an exchange lies beyond what was measured: "not measured, goes by its links"; "" =
  // nothing.
  std::string missing(const Collective& collective, const Spread& spread) const;
  std::string missing(const Transfer& transfer, const Spread& spread) const;

 private:
  // Groups of any size at one kind of place.
  struct Family {
    Collective::Kind kind;
    std::int64_t per_domain;  // 0 = all ranks in one
    std::vector<MeasuredCollective> measured;
    GroupScaling groups;  // of the same
    int largest;          // ranks of a measured group
  };

  struct ExactTime {
    MeasuredExchange of;  // its time is the mean
    double times = 1;
  };

  const ExactTime* exact_time(std::optional<Collective::Kind> kind, const Spread& spread,
                              Bytes bytes) const;
  const Family* family_of(Collective::Kind kind, const Spread& spread) const;
  const MeasuredTransfer* transfer_of(const Spread& spread) const;

  std::vector<Family> families_;
  std::vector<MeasuredTransfer> transfers_;
  std::vector<ExactTime> exact_;
  SystemModel base_;
};

}  // namespace shortfall
