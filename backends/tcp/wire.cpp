#include "backends/tcp/wire.hpp"

namespace shortfall::tcp {
namespace {

// Without a pause: whoever sends for ever must not keep this rank from all else.
constexpr std::size_t most_at_once = std::size_t{1} << 20;

}  // namespace

Wire::Wire(Socket socket) : socket_(std::move(socket)) { prefer_answers(socket_); }

void Wire::trust() {
  frames_.trust();
  cut();
}

void Wire::send(const Frame& frame) {
  unsent_ += encoded(frame);
  flush();
}

void Wire::flush() {
  while (end_.empty() && has_unsent()) {
    const auto count = send_part(socket_, std::string_view(unsent_).substr(sent_));
    if (!count) end_ = "the connection was closed";
    if (count.value_or(0) == 0) return;
    sent_ += *count;
  }
  unsent_.clear();
  sent_ = 0;
}

void Wire::attend() {
  if (!socket_) return;
  flush();
  std::optional<std::string> piece = "";
  for (std::size_t taken = 0; taken < most_at_once; taken += piece->size()) {
    piece = receive(socket_);
    if (!piece || piece->empty()) break;
    frames_.add(*piece);
    cut();
  }
  if (!piece && end_.empty()) end_ = "the connection was closed";
}

void Wire::cut() {
  while (auto frame = frames_.next()) arrived_.push_back(std::move(*frame));
  if (frames_.is_nonsense()) end_ = "it said what no rank of Shortfall says";
}

std::optional<Frame> Wire::take() {
  if (arrived_.empty()) return std::nullopt;
  Frame frame = std::move(arrived_.front());
  arrived_.pop_front();
  return frame;
}

pollfd Wire::wish() const {
  if (!end_.empty()) return {-1, 0, 0};  // poll() would tell of its end again and again
  return {socket_.descriptor(), static_cast<short>(has_unsent() ? POLLIN | POLLOUT : POLLIN), 0};
}

}  // namespace shortfall::tcp
