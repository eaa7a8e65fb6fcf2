// Brings the ranks of a job together at MASTER_ADDR and MASTER_PORT.
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "backends/joining.hpp"
#include "backends/process.hpp"
#include "backends/tcp/meeting.hpp"
#include "backends/tcp/world.hpp"
#include "core/error.hpp"
#include "core/text.hpp"

namespace shortfall {
namespace tcp {
namespace {

// MASTER_PORT itself is often held by torchrun, which keeps a store there.
constexpr int further_ports = 16;

std::vector<Target> targets_of(const Launched& job) {
  std::vector<Target> targets;
  for (int i = 0; i <= further_ports && job.master_port + i <= UINT16_MAX; ++i) {
    targets.push_back({job.master, job.master_port + i});
  }
  return targets;
}

bool is_one_host(const Launched& job) { return job.local_size == job.size; }

// MASTER_ADDR is no part of the name: on rank 0, some schedulers set it to "localhost".
Hello hello_of(const Launched& job) {
  return {.job = fmt::format("{}:{}", job.job, job.master_port),
          .rank = job.rank,
          .size = job.size,
          .host = name_of_host()};
}

Socket listen_at_first_of(std::vector<Target> targets, const Hello& own, bool is_loopback_only) {
  for (std::size_t i = 0; i < targets.size(); ++i) {
    Socket listener = listen_on(targets[i].port, is_loopback_only);
    if (!listener) continue;
    targets.resize(i);  // those that are taken
    check_to_be_first(targets, own);
    return listener;
  }
  throw BadUsage(
      fmt::format("MASTER_PORT={}: this port and those after it, up to {}, are taken on "
                  "{}. Choose another one",
                  targets.front().port, targets.back().port, own.host));
}

bool is_loopback(const std::string& address) {
  return address.starts_with("127.") || address == "::1";
}

// Of those on rank 0's own host, rank 0 sees nothing that others could use: they are told none.
std::string table_of(const std::vector<RankSeat>& seats) {
  std::vector<std::string> lines;
  for (const RankSeat& seat : seats) {
    lines.push_back(seat.host + '\t' + (is_loopback(seat.address) ? "" : seat.address));
  }
  return join(lines, "\n");
}

// Who is on rank 0's host can be reached as rank 0 was.
std::vector<RankSeat> seats_from(const std::string& table, const std::string& way_to_rank_0) {
  std::vector<RankSeat> seats;
  for (const std::string& line : split(table, '\n')) {
    const auto fields = split(line, '\t');
    seats.push_back({.rank_in_job = static_cast<int>(seats.size()),
                     .host = fields.at(0),
                     .address = fields.at(1).empty() ? way_to_rank_0 : fields.at(1)});
  }
  return seats;
}

std::vector<RankSeat> numbered_seats(int size) {
  std::vector<RankSeat> seats(static_cast<std::size_t>(size));
  for (int rank = 0; rank < size; ++rank) seats[static_cast<std::size_t>(rank)].rank_in_job = rank;
  return seats;
}

std::shared_ptr<Star> star_as_first(const Launched& job, Seconds until) {
  allow_descriptors(job.size);
  const Hello own = hello_of(job);
  auto seats = numbered_seats(job.size);
  seats[0].host = own.host;
  const Socket listener = listen_at_first_of(targets_of(job), own, is_one_host(job));
  std::vector<Wire> wires;
  for (Guest& guest : receive_ranks(listener, own, seats, until)) {
    wires.push_back(std::move(guest.wire));
    RankSeat& seat = seats[wires.size()];
    seat.host = guest.host;
    seat.address = guest.address;
  }
  const std::string table = table_of(seats);
  auto star = std::make_shared<Star>(0, std::move(seats), std::move(wires));
  star->begin(FrameKind::broadcast);
  star->tell_all(table);
  star->flush();
  return star;
}

std::shared_ptr<Star> star_as_other(const Launched& job, Seconds until) {
  const Hello own = hello_of(job);
  auto seats = numbered_seats(job.size);
  RankSeat& mine = seats.at(static_cast<std::size_t>(job.rank));
  mine.host = own.host;
  FirstRank first = find_first_rank(targets_of(job), own, mine, until);
  seats[0].host = first.name;
  const std::string way_to_rank_0 = peer_of(first.wire.socket());
  std::vector<Wire> wires;
  wires.push_back(std::move(first.wire));
  auto star = std::make_shared<Star>(job.rank, std::move(seats), std::move(wires));
  star->set_deadline({until - steady_now()});
  star->begin(FrameKind::broadcast);
  star->set_seats(seats_from(star->hear(0), way_to_rank_0));
  star->set_deadline({});
  return star;
}

}  // namespace
}  // namespace tcp

std::unique_ptr<World> join_by_tcp(const Launched& job, Seconds patience) {
  if (job.size == 1) return stay_alone();
  const Seconds start = steady_now();
  auto star = job.rank == 0 ? tcp::star_as_first(job, start + patience)
                            : tcp::star_as_other(job, start + patience);
  return tcp::make_world(std::move(star), {tcp::hello_of(job).job, tcp::is_one_host(job)},
                         steady_now() - start);
}

}  // namespace shortfall
