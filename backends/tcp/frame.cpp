#include "backends/tcp/frame.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <type_traits>

namespace shortfall::tcp {
namespace {

constexpr std::uint32_t mark = 0x4c544653;  // "SFTL" where the lowest byte comes first
constexpr std::uint64_t longest = std::uint64_t{1} << 32;

// As it lies in memory: ranks of one job run on processors of one kind.
struct Header {
  std::uint32_t mark;
  FrameKind kind;
  std::uint64_t number;
  std::uint64_t length;
};
static_assert(std::has_unique_object_representations_v<Header>);  // no padding

}  // namespace

std::string_view what(FrameKind kind) {
  constexpr std::array<std::string_view, 14> words{"say hello",
                                                   "welcome a rank",
                                                   "turn away a stranger",
                                                   "refuse a rank",
                                                   "raise an alarm",
                                                   "give up",
                                                   "wait for all ranks",
                                                   "hear from another rank",
                                                   "gather from all ranks",
                                                   "collect from all ranks",
                                                   "vote",
                                                   "find the slowest rank",
                                                   "find the slowest ranks",
                                                   "compare clocks"};
  return words.at(static_cast<std::size_t>(kind));
}

std::string encoded(const Frame& frame) {
  const Header header{mark, frame.kind, frame.number, frame.bytes.size()};
  std::string text(sizeof header + frame.bytes.size(), '\0');
  std::memcpy(text.data(), &header, sizeof header);
  frame.bytes.copy(text.data() + sizeof header, frame.bytes.size());
  return text;
}

std::optional<Frame> Frames::next() {
  Header header{};
  if (is_nonsense_ || rest_.size() < sizeof header.mark) return std::nullopt;
  std::memcpy(&header, rest_.data(), std::min(sizeof header, rest_.size()));
  const bool is_whole = rest_.size() >= sizeof header;
  is_nonsense_ = header.mark != mark ||
                 (is_whole && (header.kind > FrameKind::clock || header.length > longest));
  if (is_nonsense_ || !is_whole || rest_.size() - sizeof header < header.length)
    return std::nullopt;
  const auto length = static_cast<std::size_t>(header.length);
  Frame frame{header.kind, header.number, rest_.substr(sizeof header, length)};
  rest_.erase(0, sizeof header + length);
  return frame;
}

}  // namespace shortfall::tcp
