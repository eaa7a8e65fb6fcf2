// One queue pair, from its making to its being connected.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "backends/verbs/completions.hpp"
#include "backends/verbs/gids.hpp"
#include "backends/verbs/ports.hpp"

namespace shortfall::verbs {

inline constexpr std::uint32_t datagram_key = 0x53484f52;  // of all datagrams here

inline constexpr std::uint32_t datagram_header = 40;  // bytes that stand before each of them

enum class Service {
  connected,
  counting,  // connected, and takes atomics: not every adapter does, nor every part of one (VF)
  datagrams
};

struct Depths {  // of a queue pair
  int sends = 1, receives = 1;
  int inlined = 0;  // bytes of a message that are copied when it is posted
  // For messages; the rest is for what says that they have come.
  int room() const { return std::max(sends - 2, 1); }
};

// What the other side must know of a port and of a queue pair.
struct QueueAddress {
  std::uint32_t queue_pair = 0;
  std::uint32_t first_packet = 0;  // its number
  std::uint16_t lid = 0;
  ibv_gid gid = {};
  int fetches = 0;  // reads and atomics that it answers at a time
};

class Queue {
 public:
  // Ready for receives. Throws Error if the device refuses.
  Queue(const Port& port, const GidEntry& gid, Service service, const Depths& depths,
        Completions& completions);

  // Ready for everything; datagrams need no other side for that.
  void connect(const QueueAddress& to, int mtu);

  QueueAddress address() const;
  std::uint32_t number() const { return pair_->qp_num; }
  int inlined() const { return inlined_; }
  // The first of a chain. Throws Error if the queue takes no more.
  void post(ibv_send_wr& first) {
    ibv_send_wr* refused = nullptr;
    if (const int error = ibv_post_send(pair_.get(), &first, &refused)) [[unlikely]]
      fail("post a message", error);
  }
  void post(ibv_recv_wr& first) {
    ibv_recv_wr* refused = nullptr;
    if (const int error = ibv_post_recv(pair_.get(), &first, &refused)) [[unlikely]]
      fail("post a receive", error);
  }
  // How datagrams get there.
  AddressHandle address_of(const QueueAddress& to) const;

 private:
  void modify(ibv_qp_attr& attributes, int mask, const char* doing);
  ibv_ah_attr way_to(const QueueAddress& to) const;
  [[noreturn]] void fail(const char* doing, int error) const;

  Port port_;
  GidEntry gid_;
  Service service_;
  int inlined_ = 0;
  std::uint32_t first_packet_;
  QueuePair pair_;
};

}  // namespace shortfall::verbs
