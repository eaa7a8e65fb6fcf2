// Finds rank 0 among strangers' services, other jobs and machines that do not answer.
#include "backends/beacon/client.hpp"

#include <poll.h>

#include <algorithm>

#include "core/text.hpp"

namespace shortfall::beacon {
namespace {

constexpr Seconds shortest_pause{0.1}, longest_pause{1};
constexpr Seconds patience_with_connecting{1}, patience_with_greeting{2};

}  // namespace

std::vector<Target> targets_of(const Launched& job) {
  std::vector<Target> targets;
  if (job.first.empty() || job.job.empty()) return targets;
  for (const int port : ports_of(job.job)) {  // the first port of every address first
    for (const std::string& host : split(job.first, ',')) targets.push_back({host, port});
  }
  return targets;
}

std::vector<Target> targets_in(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos || colon == 0) return {};
  const auto port = parse_integer(std::string_view(address).substr(colon + 1));
  if (!port || *port < 1 || *port > 65535) return {};
  std::string host = address.substr(0, colon);
  std::erase_if(host, [](char c) { return c == '[' || c == ']'; });
  return {{std::move(host), static_cast<int>(*port)}};
}

Client::Client(std::string job, int rank, std::vector<Target> targets)
    : job_(std::move(job)), rank_(rank), targets_(std::move(targets)), pause_(shortest_pause) {}

void Client::look_at(std::vector<Target> targets) {
  if (targets.empty() || state_ == State::connected) return;
  targets_ = std::move(targets);
  endpoints_.clear();
  next_ = 0;
  state_ = State::searching;
  socket_.reset();
  retry_at_ = {0};
  pause_ = shortest_pause;
}

void Client::attend(Seconds now) {
  while (advance(now)) {
  }
}

bool Client::advance(Seconds now) {
  switch (state_) {
    case State::searching:
      if (targets_.empty() || now < retry_at_) return false;
      search(now);
      return true;
    case State::connecting:
      return greet(now);
    case State::greeting:
      return read_welcome(now);
    case State::connected:
      break;
  }
  return exchange(now);
}

void Client::search(Seconds now) {
  if (endpoints_.empty()) {
    for (const Target& target : targets_) {
      const auto found = find(target);
      endpoints_.insert(endpoints_.end(), found.begin(), found.end());
    }
  }
  if (next_ < endpoints_.size()) socket_ = begin_connect(endpoints_[next_]);
  if (!socket_) return give_up(now);
  state_ = State::connecting;
  deadline_ = now + patience_with_connecting;
}

void Client::give_up(Seconds now) {
  state_ = State::searching;
  socket_.reset();
  if (++next_ < endpoints_.size()) return;
  next_ = 0;
  endpoints_.clear();  // names may mean something else by then
  retry_at_ = now + pause_;
  pause_ = std::min(pause_ * 2, longest_pause);
}

bool Client::greet(Seconds now) {
  using tcp::IoProgress;
  const IoProgress progress = connect_progress(socket_);
  if (progress == IoProgress::pending && now < deadline_) return false;
  unsent_ = hello(job_, rank_);
  if (progress != IoProgress::done || !send_some(socket_, unsent_)) {
    give_up(now);
    return true;
  }
  lines_ = {};
  state_ = State::greeting;
  deadline_ = now + patience_with_greeting;
  return false;
}

bool Client::read_welcome(Seconds now) {
  const auto piece = receive(socket_);
  if (piece) lines_.add(*piece);
  const auto line = lines_.next();
  if (line && is_welcome(*line, job_)) {
    state_ = State::connected;
    pause_ = shortest_pause;
    return true;
  }
  if (piece && !line && !lines_.is_too_long() && now < deadline_) return false;
  give_up(now);
  return true;
}

bool Client::exchange(Seconds now) {
  // Rank 0 says nothing more: what is read is only whether it is still there.
  if (receive(socket_) && send_some(socket_, unsent_)) return false;
  socket_.reset();
  state_ = State::searching;
  next_ = 0;
  endpoints_.clear();
  retry_at_ = now + pause_;
  return false;
}

void Client::send(const std::string& line) {
  if (!is_connected() || !unsent_.empty()) return;
  unsent_ = line;
  send_some(socket_, unsent_);
}

Client::Wish Client::wish(Seconds now) const {
  constexpr Seconds forever{1e9};
  switch (state_) {
    case State::searching:
      return {.at = targets_.empty() ? now + forever : retry_at_};
    case State::connecting:
      return {socket_.descriptor(), POLLOUT, deadline_};
    case State::greeting:
      return {socket_.descriptor(), POLLIN, deadline_};
    case State::connected:
      break;
  }
  return {.at = now + forever};
}

}  // namespace shortfall::beacon
