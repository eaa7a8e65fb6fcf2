// How the ranks of a part of a job meet.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "backends/tcp/star.hpp"

namespace shortfall::tcp {

struct StarPart {
  std::string name;             // the same on its ranks, and of no other star
  std::vector<RankSeat> seats;  // of its ranks, in order
  int my_place = 0;             // among them
  int port = 0;                 // where its first rank listens; 0 = it does not
};

// Collective over the part, of which the first brings its listener. Meanwhile alarms are passed on.
// Throws Forsaken if ranks do not come though an alarm was heard; Lost if they do not come in the
// patience of `whole`, which is split, or its first rank has given up; Error if none listens.
std::shared_ptr<Star> meet(const StarPart& part, const Socket& listener, Star& whole,
                           const std::shared_ptr<Star>& job);

}  // namespace shortfall::tcp
