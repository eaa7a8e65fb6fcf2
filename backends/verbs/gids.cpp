#include "backends/verbs/gids.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "core/gid_words.hpp"

namespace shortfall::verbs {
namespace {

std::string type_of(const ibv_gid_entry& entry) {
  if (entry.gid_type == IBV_GID_TYPE_ROCE_V2) return "RoCE v2";
  return entry.gid_type == IBV_GID_TYPE_ROCE_V1 ? "RoCE v1" : "IB";
}

bool is_ipv4(const ibv_gid& gid) {
  constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return std::equal(mapped.begin(), mapped.end(), gid.raw);
}

std::string address_of(const ibv_gid& gid) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool is_short = is_ipv4(gid);
  inet_ntop(is_short ? AF_INET : AF_INET6, gid.raw + (is_short ? 12 : 0), text.data(), text.size());
  return text.data();
}

bool fits(const GidEntry& entry, const GidWords& wanted) {
  GidBytes address{};
  std::copy(std::begin(entry.gid.raw), std::end(entry.gid.raw), address.begin());
  return wanted.index.value_or(entry.index) == entry.index &&
         (wanted.type.empty() || wanted.type == entry.type) &&
         (!wanted.network || wanted.network->holds(address));
}

}  // namespace

std::vector<GidEntry> gids_of(ibv_context& device, int port) {
  constexpr std::size_t most = 1024;  // more than 64 KiB of answers are refused
  std::vector<ibv_gid_entry> entries(most);
  const auto found = ibv_query_gid_table(&device, entries.data(), entries.size(), 0);
  entries.resize(found > 0 ? static_cast<std::size_t>(found) : 0);
  std::vector<GidEntry> all;
  for (const ibv_gid_entry& entry : entries) {
    if (static_cast<int>(entry.port_num) != port) continue;
    const bool is_link_local = entry.gid.raw[0] == 0xfe && (entry.gid.raw[1] & 0xc0) == 0x80;
    all.push_back({static_cast<int>(entry.gid_index), entry.gid, type_of(entry),
                   address_of(entry.gid), is_link_local});
  }
  return all;
}

std::optional<GidEntry> choose_gid(const std::vector<GidEntry>& all, const std::string& wanted) {
  const auto words = gid_words_from(wanted);
  if (!words) return std::nullopt;
  const auto rank = [](const GidEntry& e) {
    return std::tuple(e.type == "RoCE v1", e.is_link_local, !is_ipv4(e.gid), e.index);
  };
  const GidEntry* best = nullptr;
  for (const GidEntry& entry : all) {
    if (fits(entry, *words) && (best == nullptr || rank(entry) < rank(*best))) best = &entry;
  }
  return best != nullptr ? std::optional(*best) : std::nullopt;
}

std::string text_of(const std::vector<GidEntry>& all) {
  std::string text;
  for (const GidEntry& entry : all) {
    text +=
        fmt::format("{}{} {} {}", text.empty() ? "" : ", ", entry.index, entry.type, entry.address);
  }
  return text.empty() ? "none is set" : text;
}

}  // namespace shortfall::verbs
