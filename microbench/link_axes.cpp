#include "microbench/link_axes.hpp"

#include "core/error.hpp"
#include "core/group_words.hpp"
#include "core/text.hpp"

namespace shortfall {
namespace {

constexpr std::int64_t kib = 1 << 10, mib = 1 << 20, gib = 1 << 30;

std::vector<Value> in_quick(const std::string& word) { return {word}; }

// The first word alone in the quick profile; the others come beside the usual values of other axes.
Axis option(std::string name, const std::vector<std::string>& words) {
  Axis axis = choice(std::move(name), words);
  axis.values[static_cast<std::size_t>(Profile::quick)] = in_quick(words.front());
  axis.is_option = true;
  return axis;
}

}  // namespace

Axis link_sizes() {
  return {.name = "bytes",
          .kind = Axis::Kind::bytes,
          .values = {{{64 * kib, 256 * mib},
                      {4 * kib, 64 * kib, mib, 16 * mib, 256 * mib, 512 * mib},
                      powers(4 * kib, gib, 2)}}};
}

Axis few_link_sizes() {
  Axis axis = link_sizes();
  axis.values[static_cast<std::size_t>(Profile::standard)] = axis.of(Profile::quick);
  return axis;
}

Axis latency_sizes() {
  return {.name = "bytes",
          .kind = Axis::Kind::bytes,
          .values = {{{2 * mib}, {2 * mib, gib}, powers(2 * mib, gib, 8)}}};
}

Axis host_memory_axis() { return option("memory", {"pinned", "pageable"}); }

Axis mover_axis() { return option("by", {"copy_engine", "kernel"}); }

Mover mover_of(const Params& params) {
  return params.text("by") == "kernel" ? Mover::kernel : Mover::copy_engine;
}

Axis host_node_axis() {
  return usually(choice("node", {"local", "0", "1", "2", "3", "4", "5", "6", "7"}), {"local"});
}

// "local" is no number.
int host_node_of(const Params& params) {
  return static_cast<int>(parse_integer(params.text("node")).value_or(local_node));
}

Axis way_axis() { return option("way", {"write", "read"}); }

PeerCopy::Way way_of(const Params& params) {
  return params.text("way") == "read" ? PeerCopy::Way::read : PeerCopy::Way::write;
}

Axis ordered_pairs_axis() {
  const auto of_two = [](const std::string& word) {
    if (chosen_pair(word) || host_pair_from(word)) return;
    throw BadUsage("'" + word +
                   "' is no pair of ranks. One of: next_pairs, every_pair, pairs, A-B with two "
                   "ranks of the job, within_host_A-B with two of each host");
  };
  const std::string every = every_host_pair;
  Axis axis = choice("group", {every, "next_pairs", "pairs"});
  axis.values[static_cast<std::size_t>(Profile::quick)] = in_quick("next_pairs");
  axis.values[static_cast<std::size_t>(Profile::standard)] = {every};
  return open_ended(std::move(axis), "[within_host_]A-B", of_two);
}

Axis hub_groups_axis() {
  return usually(choice("group", {"within_host", "world"}), {"within_host"});
}

}  // namespace shortfall
