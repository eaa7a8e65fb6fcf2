#include "backends/tcp/frame.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <type_traits>

namespace shortfall::tcp {
namespace {

constexpr std::uint32_t mark = 0x4c544653;             // "SFTL" where the lowest byte comes first
constexpr std::uint64_t any = std::uint64_t{1} << 32;  // what a job shares may be long
constexpr std::uint64_t words = std::uint64_t{1} << 24;

// As it lies in memory: ranks of one job run on processors of one kind.
struct Header {
  std::uint32_t mark;
  FrameKind kind;
  std::uint64_t number;
  std::uint64_t length;
};
static_assert(std::has_unique_object_representations_v<Header>);  // no padding

struct Sort {  // of frames
  std::string_view does;
  std::uint64_t longest;  // in bytes
};

const Sort& sort_of(FrameKind kind) {
  static constexpr std::array<Sort, 15> sorts{{{"say hello", 4096},
                                               {"welcome a rank", 4096},
                                               {"turn away a stranger", 4096},
                                               {"refuse a rank", 16384},
                                               {"answer a welcome", 0},
                                               {"raise an alarm", 0},
                                               {"give up", words},
                                               {"wait for all ranks", 0},
                                               {"hear from another rank", any},
                                               {"gather from all ranks", any},
                                               {"collect from all ranks", any},
                                               {"vote", words},
                                               {"find the slowest rank", 16},
                                               {"find the slowest ranks", any},
                                               {"compare clocks", 8}}};
  return sorts.at(static_cast<std::size_t>(kind));
}

bool is_of_strangers(FrameKind kind) { return kind <= FrameKind::refusal; }

bool can_be(const Header& header, bool is_trusted) {
  if (header.kind > FrameKind::clock) return false;
  return header.length <= sort_of(header.kind).longest &&
         (is_trusted || is_of_strangers(header.kind));
}

}  // namespace

std::string_view what(FrameKind kind) { return sort_of(kind).does; }

std::string encoded(const Frame& frame) {
  const Header header{mark, frame.kind, frame.number, frame.bytes.size()};
  std::string text(sizeof header + frame.bytes.size(), '\0');
  std::memcpy(text.data(), &header, sizeof header);
  frame.bytes.copy(text.data() + sizeof header, frame.bytes.size());
  return text;
}

void Frames::add(std::string_view piece) {
  if (!is_nonsense_) rest_ += piece;
}

std::optional<Frame> Frames::next() {
  Header header{};
  const bool is_silenced = has_spoken_ && !is_trusted_;
  if (is_nonsense_ || is_silenced || rest_.size() < sizeof header.mark) return std::nullopt;
  std::memcpy(&header, rest_.data(), std::min(sizeof header, rest_.size()));
  const bool is_whole = rest_.size() >= sizeof header;
  is_nonsense_ = header.mark != mark || (is_whole && !can_be(header, is_trusted_));
  if (is_nonsense_) rest_.clear();
  if (is_nonsense_ || !is_whole || rest_.size() - sizeof header < header.length)
    return std::nullopt;
  const auto length = static_cast<std::size_t>(header.length);
  Frame frame{header.kind, header.number, rest_.substr(sizeof header, length)};
  rest_.erase(0, sizeof header + length);
  has_spoken_ = true;
  return frame;
}

}  // namespace shortfall::tcp
