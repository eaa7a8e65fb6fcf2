#include "collectives/axes.hpp"

#include <algorithm>
#include <array>

#include "core/text.hpp"

namespace shortfall {
namespace {

std::vector<Value> sizes_to(Bytes last, int step) {
  return powers(8, static_cast<std::int64_t>(last.value), step);
}

Axis sizes(bool is_essential) {
  Axis axis = geometric("bytes", 8_B, {16_MiB, 8}, {16_MiB, is_essential ? 2 : 8}, {1_GiB, 2});
  std::vector<Value> quick = sizes_to(1_GiB, 512);
  if (!is_essential) {
    axis.values[0] = {Value(std::int64_t{1} << 20)};
    quick = {Value(std::int64_t{1} << 28)};
  }
  return accelerated(std::move(axis), std::move(quick), sizes_to(8_GiB, is_essential ? 4 : 8),
                     sizes_to(16_GiB, 2));
}

// On accelerators an axis has other words: the first is usual.
Axis with_words(Axis axis, const std::vector<std::string>& there) {
  const std::vector<Value> all(there.begin(), there.end()), first{all.front()};
  return accelerated(std::move(axis), first, first, all);
}

Axis types() {
  const auto types = dtypes({DType::f32, DType::f64, DType::bf16, DType::i32, DType::u8, DType::i64,
                             DType::u32, DType::u64});
  return with_words(usually(types, {"f32"}), {"f32", "f64", "bf16", "f16", "f8_e4m3", "f8_e5m2",
                                              "i32", "int8", "u8", "i64", "u32", "u64"});
}

// MPI has no average.
Axis operations() {
  const auto on_host = choice("op", {"sum", "max", "min", "prod"});
  return with_words(usually(on_host, {"sum"}), {"sum", "max", "min", "prod", "avg"});
}

Axis starts() {
  const auto on_host = choice("start", {"blocking", "nonblocking", "overlapped"});
  return with_words(usually(on_host, {"blocking"}), {"blocking", "graph"});
}

Axis option_of_accelerators(const std::string& name, const std::vector<std::string>& words) {
  return only_accelerated(usually(choice(name, words), {words.front()}));
}

}  // namespace

std::vector<Axis> collective_axes(const Offer& offer) {
  std::vector<Axis> axes{sizes(offer.is_essential), types()};
  if (offer.reduces) axes.push_back(operations());
  axes.push_back(offer.is_in_place
                     ? usually(choice("place", {"out_of_place", "in_place"}), {"out_of_place"})
                     : choice("place", {"out_of_place"}));
  axes.push_back(starts());
  axes.push_back(usually(choice("group", {"world", "halves", "pairs", "next_pairs", "within_host",
                                          "across_hosts", "rails"}),
                         {"world"}));
  axes.push_back(option_of_accelerators("buffers", {"plain", "registered", "symmetric"}));
  axes.push_back(option_of_accelerators("channels", {"auto", "1", "2", "4", "8", "16", "32"}));
  if (offer.can_be_grouped) {
    axes.push_back(option_of_accelerators("via", {"native", "grouped"}));
  }
  return axes;
}

Collective collective_from(Collective::Kind kind, const Params& params) {
  // In the order of their words.
  static constexpr std::array starts{"blocking", "nonblocking", "overlapped", "graph"};
  static constexpr std::array operations{"sum", "max", "min", "prod", "avg"};
  static constexpr std::array buffers{"plain", "registered", "symmetric"};
  const auto number_in = [&](const auto& words, const char* axis) {
    if (!params.has(axis)) return std::ptrdiff_t{0};
    return std::ranges::find(words, params.text(axis)) - words.begin();
  };
  Collective collective{kind, params.bytes("bytes"), params.dtype()};
  collective.reduction = static_cast<Collective::Reduction>(number_in(operations, "op"));
  collective.start = static_cast<Collective::Start>(number_in(starts, "start"));
  collective.buffers = static_cast<Collective::Buffers>(number_in(buffers, "buffers"));
  collective.in_place = params.text("place") == "in_place";
  collective.is_grouped = params.has("via") && params.text("via") == "grouped";
  if (params.has("channels")) {  // "auto" is no number
    collective.channels = static_cast<int>(parse_integer(params.text("channels")).value_or(0));
  }
  return collective;
}

}  // namespace shortfall
