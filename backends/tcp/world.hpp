// The control plane over a star of TCP connections.
#pragma once

#include <memory>
#include <string>

#include "backends/tcp/star.hpp"

namespace shortfall::tcp {

struct Site {                // what parts of a job need to know to meet
  std::string job;           // names the star: the same on all its ranks, and in no other one
  bool is_one_host = false;  // then no other interface than the loopback is listened on
};

std::unique_ptr<World> make_world(std::shared_ptr<Star> star, Site site, Seconds joined_in);

}  // namespace shortfall::tcp
