// Reads from ranks and strangers alike, and believes only the former.
#include "backends/beacon/server.hpp"

#include <poll.h>

#include <algorithm>

namespace shortfall::beacon {
namespace {

constexpr Seconds patience_with_strangers{2};
constexpr int strangers_at_once = 16;

}  // namespace

Server::Server(const Launched& job, const std::string& host, Ledger& ledger)
    : job_(job.job), size_(job.size), ledger_(ledger) {
  tcp::allow_descriptors(size_);
  const bool is_one_host = job.local_size == job.size;
  std::vector<int> ports;
  if (!job_.empty()) ports = ports_of(job_);
  ports.push_back(0);
  for (const int port : ports) {
    listener_ = tcp::listen_on(port, is_one_host);
    if (!listener_) continue;
    address_ = (is_one_host ? "127.0.0.1" : host) + ":" + std::to_string(port_of(listener_));
    return;
  }
}

void Server::attend(Seconds now) {
  if (!listener_) return;
  std::vector<pollfd> polled{{listener_.descriptor(), POLLIN, 0}};
  for (const Peer& peer : peers_) polled.push_back({peer.socket.descriptor(), POLLIN, 0});
  poll(polled.data(), polled.size(), 0);
  for (std::size_t i = 0; i < peers_.size(); ++i) {
    Peer& peer = peers_[i];
    if (!peer.socket) continue;  // another connection of the same rank has taken its place
    const bool is_late = peer.rank == stranger && now - peer.since >= patience_with_strangers;
    const bool is_kept = polled[i + 1].revents == 0 ? !is_late : listen_to(peer, now);
    if (is_kept) continue;
    if (peer.rank != stranger) ledger_.lose(peer.rank, now);
    peer.socket.reset();
  }
  std::erase_if(peers_, [](const Peer& peer) { return !peer.socket; });
  if (polled[0].revents != 0) accept_all(now);
}

void Server::accept_all(Seconds now) {
  const auto most = static_cast<std::size_t>(size_ + strangers_at_once);
  for (std::size_t i = 0; i < most; ++i) {
    Socket socket = accept_from(listener_);
    if (!socket) return;
    if (peers_.size() < most) peers_.push_back({std::move(socket), {}, stranger, now});
  }
}

bool Server::listen_to(Peer& peer, Seconds now) {
  const auto piece = receive(peer.socket);
  if (!piece) return false;
  peer.lines.add(*piece);
  while (const auto line = peer.lines.next()) {
    if (!obey(peer, *line, now)) return false;
  }
  return !peer.lines.is_too_long();
}

bool Server::obey(Peer& peer, const std::string& line, Seconds now) {
  if (peer.rank == stranger) return greet(peer, line);
  const auto word = word_from(line);
  if (!word || word->rank != peer.rank) return false;
  ledger_.hear(*word, now);
  return true;
}

bool Server::greet(Peer& peer, const std::string& line) {
  const auto rank = rank_of_hello(line, job_, size_);
  if (!rank) return false;
  // A rank comes again when it has lost its connection, maybe before that is known here.
  for (Peer& other : peers_) {
    if (other.rank != *rank) continue;
    other.rank = stranger;
    other.socket.reset();
  }
  peer.rank = *rank;
  std::string answer = welcome(job_);
  return send_some(peer.socket, answer) && answer.empty();
}

}  // namespace shortfall::beacon
