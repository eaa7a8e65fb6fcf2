#include "backends/tcp/hello.hpp"

#include <fmt/format.h>

#include "core/text.hpp"

namespace shortfall::tcp {
namespace {

std::string one_field(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return text;
}

}  // namespace

std::string text_of(const Hello& hello) {
  return fmt::format("{}\t{}\t{}\t{}\t{}", hello.version, hello.rank, hello.size,
                     one_field(hello.host), one_field(hello.job));
}

std::optional<Hello> hello_from(std::string_view text) {
  constexpr std::size_t longest = 4096;
  if (text.size() > longest) return std::nullopt;
  const auto fields = split(text, '\t');
  if (fields.size() < 5) return std::nullopt;  // a later version may say more
  const auto version = parse_integer(fields[0]);
  const auto rank = parse_integer(fields[1]), size = parse_integer(fields[2]);
  const auto is_count = [](const auto& n) { return n && *n >= 0 && *n <= INT32_MAX; };
  if (!is_count(version) || !is_count(rank) || !is_count(size)) return std::nullopt;
  return Hello{.job = fields[4],
               .rank = static_cast<int>(*rank),
               .size = static_cast<int>(*size),
               .host = one_field(fields[3]),
               .version = static_cast<int>(*version)};
}

std::string name_of(const RankSeat& seat) {
  const std::string name = fmt::format("rank {}", seat.rank_in_job);
  return seat.host.empty() ? name : name + " on " + seat.host;
}

std::string some_of(std::vector<std::string> names) {
  constexpr std::size_t most = 8;
  const std::size_t all = names.size();
  if (all <= most) return join(names, ", ");
  names.resize(most);
  return fmt::format("{} and {} more", join(names, ", "), all - most);
}

}  // namespace shortfall::tcp
