// The addresses of RDMA ports: which there are, and which one to use.
#pragma once

#include <infiniband/verbs.h>

#include <optional>
#include <string>
#include <vector>

namespace shortfall::verbs {

struct GidEntry {
  int index = 0;
  ibv_gid gid = {};
  std::string type;     // "RoCE v2", "RoCE v1", "IB"
  std::string address;  // "::ffff:10.0.0.1" as "10.0.0.1", others as IPv6 addresses
  bool is_link_local = false;
};

// Those of a port that are set.
std::vector<GidEntry> gids_of(ibv_context& device, int port);

// Of those that are wanted (core/gid_words.hpp): RoCE v2 before v1, addresses that are routed
// before those of one link, IPv4 before IPv6, low numbers before high ones. Nothing if there is
// none.
std::optional<GidEntry> choose_gid(const std::vector<GidEntry>& all, const std::string& wanted);

// "0 RoCE v2 fe80::1, 1 RoCE v2 10.0.0.1" for messages.
std::string text_of(const std::vector<GidEntry>& all);

}  // namespace shortfall::verbs
