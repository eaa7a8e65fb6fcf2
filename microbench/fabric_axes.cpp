#include "microbench/fabric_axes.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "core/gid_words.hpp"
#include "core/nic_words.hpp"
#include "core/text.hpp"
#include "microbench/memory_axes.hpp"
#include "microbench/network_axes.hpp"

namespace shortfall {
namespace {

using Verb = FabricTransfer::Verb;

constexpr std::int64_t kib = 1 << 10, mib = 1 << 20, gib = 1 << 30;

// Some numbers in the full profile, the first of them alone below, and any other by --set.
Axis number_axis(const std::string& name, const std::vector<std::string>& words) {
  const auto parse = [name](const std::string& word) {
    const auto number = parse_integer(word);
    if (!number || *number < 1 || *number > 100'000'000) {
      throw BadUsage("'" + word + "' is no number of " + name + ": 1 to 100000000");
    }
  };
  return usually(open_ended(choice(name, words), "N", parse), {words.front()});
}

int number_of(const Params& params, const std::string& name, int otherwise) {
  if (!params.has(name)) return otherwise;
  return static_cast<int>(parse_integer(params.text(name)).value_or(otherwise));
}

Axis nics_axis() {
  const auto parse = [](const std::string& word) {
    if (!nic_words_from(word)) {
      throw BadUsage("'" + word +
                     "' names no network adapters: nearest, or a number or DEVICE[:PORT] for all "
                     "ranks, or two of them for the first and the other ranks: 0..1, "
                     "mlx5_0..mlx5_1; every: each number in turn, every_pair: each two");
    }
  };
  return usually(open_ended(choice("nics", {"nearest"}), "every, every_pair, A[..B]", parse),
                 {"nearest"});
}

Axis gid_axis() {
  const auto parse = [](const std::string& word) {
    if (!gid_words_from(word)) {
      throw BadUsage("'" + word +
                     "' names no GIDs: auto, an index, v1 or v2 (of RoCE), a network that holds "
                     "those of all ranks (10.1.0.0/16, fd00::/64), or an address");
    }
  };
  return usually(open_ended(choice("gid", {"auto"}), "INDEX, v1, v2, NETWORK/BITS", parse),
                 {"auto"});
}

Axis chunk_axis() {
  const auto parse = [](const std::string& word) {
    const auto size = parse_size(word);
    if (!size || *size < 1) throw BadUsage("'" + word + "' is no size of chunks, such as 64KiB");
  };
  return usually(open_ended(choice("chunk", {"auto"}), "SIZE", parse), {"auto"});
}

Axis option(const std::string& name, const std::vector<std::string>& words) {
  return usually(choice(name, words), {words.front()});
}

Axis sizes(std::vector<Value> quick, std::vector<Value> standard, std::vector<Value> full) {
  return {.name = "bytes",
          .kind = Axis::Kind::bytes,
          .values = {std::move(quick), std::move(standard), std::move(full)}};
}

}  // namespace

std::vector<Axis> with_rdma_axes(std::vector<Axis> more) {
  return with_rdma_axes(std::move(more), pairs_axis());
}

std::vector<Axis> with_rdma_axes(std::vector<Axis> more, Axis groups) {
  for (Axis& axis : std::vector<Axis>{
           nics_axis(), gid_axis(), option("mtu", {"auto", "256", "512", "1024", "2048", "4096"}),
           number_axis("qps", {"1", "2", "4", "8"}), number_axis("post_list", {"1", "8", "32"}),
           number_axis("signal", {"auto", "1", "16"}), option("inline", {"usual", "never"}),
           option("completion", {"polling", "events"}), chunk_axis(), pages_axis(),
           std::move(groups)}) {
    more.push_back(std::move(axis));
  }
  return more;
}

Axis fabric_hubs_axis() { return choice("group", {"world"}); }
Axis fabric_alone_axis() { return usually(choice("group", {"all", "one"}), {"all"}); }

Axis moved_memory_axis() {
  return only_accelerated(usually(choice("memory", {"device", "host"}), {"device"}));
}

Axis distance_axis() { return number_axis("distance", {"1", "2", "4", "8"}); }

Axis verbs_axis(const std::vector<Verb>& quick, const std::vector<Verb>& all) {
  std::vector<std::string> words;
  for (const Verb verb : all) words.emplace_back(name_of(verb));
  Axis axis = choice("op", words);
  auto& few = axis.values[static_cast<std::size_t>(Profile::quick)];
  few.clear();
  for (const Verb verb : quick) few.emplace_back(std::string(name_of(verb)));
  return axis;
}

Axis latency_bytes_axis() { return sizes({8}, {8, 4 * kib, 64 * kib}, powers(1, mib, 2)); }

Axis bandwidth_bytes_axis() {
  return sizes({64 * kib, 4 * mib}, {8, 4 * kib, 64 * kib, mib, 16 * mib}, powers(1, gib, 2));
}

Axis hub_bytes_axis() { return sizes({}, {64 * kib, 4 * mib}, powers(8, 64 * mib, 8)); }

Axis rounds_bytes_axis() { return sizes({}, {4 * mib}, {8, 64 * kib, 4 * mib, 64 * mib}); }

Axis atomic_bytes_axis() { return sizes({}, {8}, {8}); }

Axis atomics_axis() { return verbs_axis({}, {Verb::fetch_add, Verb::compare_swap}); }

std::vector<Axis> registration_axes() {
  return {sizes({}, {4 * kib, mib, 64 * mib}, powers(4 * kib, gib, 4)), nics_axis(), pages_axis(),
          moved_memory_axis(), fabric_alone_axis()};
}

Placement moved_placement(const Params& p) {
  Placement where = p.has("pages") ? placement_of(p) : Placement{};
  where.is_on_host = p.has("memory") && p.text("memory") == "host";
  where.is_lent = true;
  return where;
}

FabricTransfer fabric_transfer(const Params& p, FabricTransfer::Shape shape) {
  const auto is = [&](const char* axis, const char* word) {
    return p.has(axis) && p.text(axis) == word;
  };
  const auto verb = verb_named(p.text("op"));
  if (!verb) throw Error("read parameter 'op'", "'" + p.text("op") + "' is no verb");
  FabricTransfer t{
      .verb = *verb, .shape = shape, .bytes = is_atomic(*verb) ? 8_B : p.bytes("bytes")};
  t.window = number_of(p, "window", 0);
  if (p.has("nics")) t.nics = p.text("nics");
  if (p.has("gid")) t.gid = p.text("gid");
  t.distance = number_of(p, "distance", 1);
  t.mtu = number_of(p, "mtu", 0);
  t.queue_pairs = number_of(p, "qps", 1);
  t.post_list = number_of(p, "post_list", 1);
  t.signal_every = number_of(p, "signal", 0);
  if (p.has("chunk")) t.chunk = {static_cast<double>(parse_size(p.text("chunk")).value_or(0))};
  if (is("inline", "never")) t.inlined = FabricTransfer::Inline::never;
  if (is("completion", "events")) t.completion = FabricTransfer::Completion::events;
  t.placement = moved_placement(p);
  if (is_atomic(*verb)) t.placement.is_on_host = true;
  return t;
}

Axis direction_axis() { return choice("direction", {"one_way", "both_ways"}); }

FabricTransfer::Shape direction_of(const Params& params) {
  return params.text("direction") == "one_way" ? FabricTransfer::Shape::one_way
                                               : FabricTransfer::Shape::both_ways;
}

}  // namespace shortfall
