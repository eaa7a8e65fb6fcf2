#include "backends/host/pages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <optional>

#include "core/text.hpp"

namespace shortfall {
namespace {

// "7f0000000000-7f0000200000 rw-p 00000000 00:00 0": the first line of a mapping.
std::optional<AddressRange> mapping_in(std::string_view line) {
  AddressRange range;
  const char* const end = line.data() + line.size();
  const auto first = std::from_chars(line.data(), end, range.begin, 16);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '-') return std::nullopt;
  const auto last = std::from_chars(first.ptr + 1, end, range.end, 16);
  if (last.ec != std::errc{} || last.ptr == end || *last.ptr != ' ') return std::nullopt;
  return range;
}

// "AnonHugePages:      2048 kB" in bytes; nothing if the line has another name.
std::optional<double> bytes_in(std::string_view line, std::string_view name) {
  if (!line.starts_with(name)) return std::nullopt;
  line.remove_prefix(name.size());
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const auto kib = parse_integer(line.substr(0, line.find(' ')));
  return kib ? std::optional(static_cast<double>(*kib) * 1024) : std::nullopt;
}

bool overlap(const AddressRange& a, const AddressRange& b) {
  return a.begin < b.end && b.begin < a.end;
}

AddressRange range_of(Buffer& buffer) {
  const auto begin = reinterpret_cast<std::uint64_t>(buffer.address());
  return {begin, begin + whole(buffer.size())};
}

std::vector<AddressRange> ranges_of(const Operands& on) {
  std::vector<AddressRange> ranges;
  const auto add = [&](Buffer& buffer) {
    if (has_own_pages(whole(buffer.size()))) ranges.push_back(range_of(buffer));
  };
  for (const auto& input : on.inputs) add(*input);
  add(*on.output);
  return ranges;
}

std::string own_smaps() {
  std::ifstream file("/proc/self/smaps");
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

PageUse page_use(std::string_view smaps, const std::vector<AddressRange>& ranges) {
  PageUse use;
  bool is_ours = false;
  while (!smaps.empty()) {
    const std::string_view line = smaps.substr(0, smaps.find('\n'));
    smaps.remove_prefix(std::min(line.size() + 1, smaps.size()));
    if (const auto mapping = mapping_in(line)) {
      is_ours = std::ranges::any_of(ranges, [&](const auto& r) { return overlap(r, *mapping); });
    } else if (is_ours) {
      use.resident += bytes_in(line, "Rss:").value_or(0);
      use.huge += bytes_in(line, "AnonHugePages:").value_or(0);
    }
  }
  return use;
}

std::string describe_pages(Pages asked, const PageUse& use) {
  constexpr double nearly_all = 0.99;  // the rest is too little to show in a figure
  if (use.resident <= 0) return "unknown";
  const double share = use.huge / use.resident;
  if (asked == Pages::small) {
    return share <= 1 - nearly_all ? "small"
                                   : fmt::format("small asked, {:.0f} % huge", 100 * share);
  }
  if (share >= nearly_all) return "huge";
  if (use.huge <= 0) return "huge asked, small granted";
  return fmt::format("huge asked, granted for {:.0f} %", 100 * share);
}

Details placement_details(const Placement& asked, const Operands& on) {
  const std::vector<AddressRange> ranges = ranges_of(on);
  if (ranges.empty()) return {};  // in the heap, where nothing was asked for
  Details all{{"pages", describe_pages(asked.pages, page_use(own_smaps(), ranges))}};
  if (asked.node != local_node) all.emplace_back("node", std::to_string(asked.node));
  return all;
}

}  // namespace shortfall
