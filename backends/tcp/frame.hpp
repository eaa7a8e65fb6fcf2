// What ranks say to each other over TCP: frames, each a header of fixed size and any bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace shortfall::tcp {

enum class FrameKind : std::uint32_t {
  hello,     // who comes
  welcome,   // and is one of us
  stranger,  // and is not
  refusal,   // one of us, but this job was started wrongly: in words
  here,      // has heard its welcome
  alarm,     // somebody cannot go on
  lost,      // rank 0 gave up waiting for somebody: in words
  // The calls of World, which all ranks make in the same order.
  barrier,
  broadcast,
  gather,
  collect,
  vote,
  slowest,
  slowest_of_each,
  clock,
};
std::string_view what(FrameKind kind);  // its sender does: "wait for all ranks"

struct Frame {
  FrameKind kind;
  std::uint64_t number = 0;  // of the call, so that a rank that is out of step is not misread
  std::string bytes = {};
};

std::string encoded(const Frame& frame);

// Cuts what comes in pieces into frames. A stranger says one thing, which is short; whoever is
// trusted nothing that is longer than such a frame can be.
class Frames {
 public:
  enum class Of { stranger, rank };
  explicit Frames(Of sender = Of::rank) : is_trusted_(sender == Of::rank) {}

  void add(std::string_view piece);
  std::optional<Frame> next();
  void trust() { is_trusted_ = true; }
  bool is_nonsense() const { return is_nonsense_; }  // no frame comes any more

 private:
  std::string rest_;
  bool is_trusted_;
  bool has_spoken_ = false;
  bool is_nonsense_ = false;
};

}  // namespace shortfall::tcp
