// How the ranks of a star find each other: the first listens, the others come and say who they are.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "backends/tcp/hello.hpp"
#include "backends/tcp/wire.hpp"
#include "backends/world.hpp"

namespace shortfall::tcp {

// What is looked after while a rank waits, every tenth of a second at least. What it throws ends
// the meeting for this rank.
using Meanwhile = std::function<void()>;
inline constexpr Seconds look_again{0.1};

struct Guest {
  Wire wire;
  std::string host;     // its name
  std::string address;  // by which it came, numeric
};

// All others of `own.size` ranks, by rank from 1, each of which has heard that it is welcome: one
// that lost patience just then comes again. Strangers, who say something else or nothing, are
// turned away. Throws Lost naming who did not come by `until`, and whose connection was closed
// since; BadUsage, there and here, if two claim to be the same rank, or differ in size or protocol.
// `seats` of the ranks are for messages.
std::vector<Guest> receive_ranks(const Socket& listener, const Hello& own,
                                 const std::vector<RankSeat>& seats, Seconds until,
                                 const Meanwhile& meanwhile = {});

struct FirstRank {
  Wire wire;
  std::string name;
};

// Goes round the targets until one of them answers as the first rank of this star. Throws Lost if
// none has by `until`, and BadUsage with the words by which it refuses this rank.
FirstRank find_first_rank(const std::vector<Target>& targets, const Hello& own,
                          const RankSeat& seat, Seconds until, const Meanwhile& meanwhile = {});

// Throws BadUsage if another process listens as the first rank of this job at one of the targets.
void check_to_be_first(const std::vector<Target>& targets, const Hello& own);

}  // namespace shortfall::tcp
