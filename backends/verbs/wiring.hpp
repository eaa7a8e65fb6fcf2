// What one prepared transfer stands on: a port, registered memory, and queue pairs connected with
// those of other ranks.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "backends/verbs/completions.hpp"
#include "backends/verbs/memory.hpp"
#include "backends/verbs/ports.hpp"
#include "backends/verbs/queue.hpp"
#include "core/operation/fabric_transfer.hpp"

namespace shortfall::verbs {

// What a rank tells the others of itself.
struct Introduction {
  struct Memory {
    std::uint64_t address = 0;
    std::uint32_t key = 0;
  };
  Memory input, output, words;
  int mtu = 0;
  bool is_ethernet = false;
  double chunk = 0;          // bytes of the longest message
  std::uint64_t subnet = 0;  // of InfiniBand
  char port[56] = {};
  char gid_type[16] = {}, gid[48] = {};  // as GidEntry has them
};

struct Peer {
  int rank;                              // of the group
  std::deque<Queue> queues;              // to it
  std::vector<QueueAddress> ends;        // of them, where they are
  std::vector<AddressHandle> addresses;  // the same, of datagrams
  Introduction told;
  std::string name;  // "rxe1:1 of rank 3 (node07)"
};

class Wiring {
 public:
  static constexpr std::size_t counter = 0;  // among the words: what atomics count in,
  static constexpr std::size_t announced = 1, to_announce = 2;  // see poll_memory.cpp
  static constexpr std::size_t header = 3;   // the first of five: before each datagram
  static constexpr std::size_t fetched = 8;  // and from here on, what atomics bring back

  using Made = std::variant<std::shared_ptr<Wiring>, Unsupported>;
  // Collective over the group: all ranks have it, or none.
  static Made agree(const FabricTransfer& transfer, Operands& on, World& group, const Ports& ports,
                    const PlaceOnHost& place);

  World& group() { return *group_; }
  Bytes chunk() const { return chunk_; }
  Completions& completions() { return *completions_; }
  Words& words() { return *words_; }
  std::deque<Peer>& peers() { return peers_; }
  Peer& peer(int rank);
  std::uint32_t input_key() const { return input_ ? input_->local_key() : 0; }
  std::uint32_t output_key() const { return output_->local_key(); }
  Depths depths() const { return depths_; }
  Details details() const;

 private:
  // By rank; of ends, in the order of a rank's peers, those of each one after another.
  struct Told {
    std::vector<Introduction> of_each;
    std::size_t row = 0;  // ends of one rank in
    std::vector<QueueAddress> few;
    std::map<int, std::vector<QueueAddress>> many;  // of those who have more
  };

  Wiring(const FabricTransfer& transfer, World& group);
  std::optional<Unsupported> choose(const Ports& ports, const Standpoint& from);
  std::optional<Unsupported> set_depths();
  std::int64_t completions_needed() const;
  std::int64_t completions_of(int sends) const;  // of each queue pair
  std::optional<Unsupported> why_too_many_completions() const;
  void make(Operands& on);
  Introduction introduction(Operands& on) const;
  Told exchange(Operands& on) const;  // collective
  std::vector<QueueAddress> ends_at(int rank, const Told& told) const;
  void meet(const Told& told);
  std::optional<Unsupported> why_not_together() const;
  void connect();
  const std::vector<int>& partners() const {
    return partners_[static_cast<std::size_t>(group_->rank())];
  }

  FabricTransfer transfer_;
  World* group_;
  std::vector<std::vector<int>> partners_;  // of each rank
  Port port_;
  GidEntry gid_;
  int offered_ = 0, mtu_ = 0;  // by this rank; with all of its peers
  Bytes chunk_{0};
  Depths depths_;
  // Queues are destroyed before what they use.
  std::optional<Completions> completions_;
  std::optional<Registered> input_, output_;
  std::optional<Words> words_;
  std::deque<Peer> peers_;
};

// With whom each rank exchanges messages, in order.
std::vector<std::vector<int>> peers_of_all(const FabricTransfer& transfer, int ranks);

inline std::size_t queues_of(const FabricTransfer& t) {
  return static_cast<std::size_t>(t.queue_pairs);
}

}  // namespace shortfall::verbs
