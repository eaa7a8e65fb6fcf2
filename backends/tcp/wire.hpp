// One connection between two ranks, on which frames go both ways. Nothing here waits, or reads
// without an end.
#pragma once

#include <poll.h>

#include <deque>
#include <optional>
#include <string>

#include "backends/sockets.hpp"
#include "backends/tcp/frame.hpp"

namespace shortfall::tcp {

class Wire {
 public:
  explicit Wire(Socket socket);  // to a stranger
  // Whom it leads to is known: more than one short frame may come.
  void trust();
  // A close() that leaves something unread would take back what was sent last.
  ~Wire() { attend(); }
  Wire(Wire&&) = default;
  Wire& operator=(Wire&&) = default;

  // What cannot go at once goes with later calls of attend().
  void send(const Frame& frame);
  // Sends and receives what it can.
  void attend();
  bool has_unsent() const { return sent_ < unsent_.size(); }
  // In the order of their coming, to be taken from the front.
  std::deque<Frame>& arrived() { return arrived_; }
  const std::deque<Frame>& arrived() const { return arrived_; }
  std::optional<Frame> take();
  // Why nothing more comes, beyond what has arrived: "the connection was closed"; empty = it may.
  const std::string& end() const { return end_; }
  // When attend() has something to do.
  pollfd wish() const;
  const Socket& socket() const { return socket_; }

 private:
  void flush();
  void cut();

  Socket socket_;
  std::string unsent_;
  std::size_t sent_ = 0;  // of it
  Frames frames_{Frames::Of::stranger};
  std::deque<Frame> arrived_;
  std::string end_;
};

}  // namespace shortfall::tcp
