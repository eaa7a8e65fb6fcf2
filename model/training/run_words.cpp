#include "model/training/run_words.hpp"

#include <cctype>
#include <charconv>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

#include "core/text.hpp"
#include "topology/datasheets/match_name.hpp"

namespace shortfall {
namespace {

constexpr std::array<std::string_view, 4> denials{" no ", " not ", " non ", " without "};

// " fsdp zero 2 ": small letters, words with one blank around each.
std::string spaced(std::string_view text) {
  std::string all = " ";
  for (const std::string& word : words_in(text)) all += word + " ";
  return all;
}

bool is_denied(std::string_view text, std::size_t at) {
  // A phrase may begin in a word or with the blank before it.
  const std::size_t begin = text[at] == ' ' ? at : text.find_last_of(' ', at);
  const std::string_view before = text.substr(0, begin + 1);
  return std::ranges::any_of(denials, [&](std::string_view no) { return before.ends_with(no); });
}

// Where `phrase` stands first without being denied; npos = nowhere.
std::size_t place_of(std::string_view phrase, std::string_view text) {
  std::size_t at = text.find(phrase);
  while (at != std::string_view::npos && is_denied(text, at)) at = text.find(phrase, at + 1);
  return at;
}

bool says(std::string_view text, std::string_view phrase) {
  return place_of(phrase, text) != std::string_view::npos;
}

// A blank in front stands for the beginning of a word, one at the end for its end.
template <class Meaning>
struct Phrase {
  std::string_view words;
  Meaning meaning;
};

template <class Meaning>
using Phrases = std::span<const Phrase<Meaning>>;

// The phrases that say more come first.
template <class Meaning>
std::optional<Meaning> by_rank(std::string_view text, Phrases<Meaning> phrases) {
  for (const auto& [words, meaning] : phrases) {
    if (says(text, words)) return meaning;
  }
  return std::nullopt;
}

template <class Meaning>
std::optional<Meaning> by_place(std::string_view text, Phrases<Meaning> phrases) {
  std::optional<Meaning> found;
  std::size_t first = std::string_view::npos;
  for (const auto& [words, meaning] : phrases) {
    const std::size_t at = place_of(words, text);
    if (at >= first) continue;
    first = at;
    found = meaning;
  }
  return found;
}

constexpr std::array<Phrase<Recompute>, 19> recompute_phrases{
    {{" selective", Recompute::selective},
     {" sac ", Recompute::selective},
     {" per op ", Recompute::selective},
     {" attn", Recompute::selective},
     {" attention", Recompute::selective},
     {" core", Recompute::selective},
     {" full", Recompute::full},
     {" all ", Recompute::full},
     {" every", Recompute::full},
     {" block", Recompute::full},
     {" uniform", Recompute::full},
     {" activation checkpointing", Recompute::full},
     {" gradient checkpointing", Recompute::full},
     {" activation recomput", Recompute::full},
     {" yes ", Recompute::full},
     {" true ", Recompute::full},
     {" none", Recompute::none},
     {" off ", Recompute::none},
     {" false ", Recompute::none}}};

// "bfloat16" holds "float16".
constexpr std::array<Phrase<Precision>, 12> precision_phrases{{{"fp8", Precision::fp8},
                                                               {"float8", Precision::fp8},
                                                               {" f8", Precision::fp8},
                                                               {"bf16", Precision::bf16},
                                                               {"bfloat16", Precision::bf16},
                                                               {"fp16", Precision::fp16},
                                                               {"float16", Precision::fp16},
                                                               {" half", Precision::fp16},
                                                               {"fp32", Precision::fp32},
                                                               {"float32", Precision::fp32},
                                                               {" f32", Precision::fp32},
                                                               {" single", Precision::fp32}}};

// All forward passes before all backward ones leave the same bubble as 1F1B; they need more memory.
constexpr std::array<Phrase<Schedule>, 15> schedule_phrases{
    {{"dualpipe", Schedule::dual_pipe},
     {" dual pipe", Schedule::dual_pipe},
     {"zerobubble", Schedule::zero_bubble},
     {"zero bubble", Schedule::zero_bubble},
     {" zb", Schedule::zero_bubble},
     {"interleav", Schedule::interleaved},
     {" virtual", Schedule::interleaved},
     {" vpp", Schedule::interleaved},
     {" looped", Schedule::interleaved},
     {"1f1b", Schedule::one_f_one_b},
     {" gpipe", Schedule::one_f_one_b},
     {" afab ", Schedule::one_f_one_b},
     {" all forward", Schedule::one_f_one_b},
     {" none ", Schedule::one_f_one_b},
     {" n a ", Schedule::one_f_one_b}}};

constexpr std::array<Phrase<ContextExchange>, 6> exchange_phrases{
    {{" all gather", ContextExchange::all_gather},
     {" allgather", ContextExchange::all_gather},
     {" all to all", ContextExchange::all_to_all},
     {" ulysses", ContextExchange::all_to_all},
     {" ring", ContextExchange::ring},
     {" p2p", ContextExchange::ring}}};

// FSDP that keeps what it gathered until the backward pass is over exchanges what ZeRO-2 does.
constexpr std::array<Phrase<Sharding>, 31> sharding_phrases{
    {{"hsdp", Sharding::hybrid},
     {" hybrid", Sharding::hybrid},
     {" 2d fsdp", Sharding::hybrid},
     {" mics ", Sharding::hybrid},
     {" zero 0 ", Sharding::none},
     {" zero0 ", Sharding::none},
     {" stage 0 ", Sharding::none},
     {" zero 1 ", Sharding::optimizer},
     {" zero1 ", Sharding::optimizer},
     {" stage 1 ", Sharding::optimizer},
     {" zero 2 ", Sharding::gradients},
     {" zero2 ", Sharding::gradients},
     {" stage 2 ", Sharding::gradients},
     {" zero 3 ", Sharding::parameters},
     {" zero3 ", Sharding::parameters},
     {" stage 3 ", Sharding::parameters},
     {" shard grad", Sharding::gradients},
     {" no reshard", Sharding::gradients},
     {" not reshard", Sharding::gradients},
     {" no shard ", Sharding::none},
     {" full shard", Sharding::parameters},
     {"fsdp", Sharding::parameters},
     {" fully shard", Sharding::parameters},
     {" dist opt", Sharding::optimizer},
     {" distopt", Sharding::optimizer},
     {" distributed opt", Sharding::optimizer},
     {" sharded opt", Sharding::optimizer},
     {" ddp ", Sharding::none},
     {" dp ", Sharding::none},
     {" all reduce", Sharding::none},
     {" none ", Sharding::none}}};

// "FSDP8" shards over 8 ranks; 1 and 2 are versions of PyTorch's. "256-way".
std::int64_t ranks_of_group(std::string_view text) {
  const std::vector<std::string> words = words_in(text);
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string_view number;
    for (const std::string_view name : {"fsdp", "hsdp"}) {
      if (words[i].starts_with(name)) number = std::string_view(words[i]).substr(name.size());
    }
    constexpr std::int64_t latest_version = 2;
    const auto glued = parse_integer(number);
    if (glued && *glued > latest_version) return *glued;
    const bool counts = i + 1 < words.size() && (words[i + 1] == "way" || words[i + 1] == "ways");
    const auto ways = counts ? parse_integer(words[i]) : std::nullopt;
    if (ways && *ways > 0) return *ways;
  }
  return 0;
}

}  // namespace

std::optional<Recompute> recompute_in(std::string_view text) {
  const std::string words = spaced(text);
  const auto found = by_place(words, Phrases<Recompute>(recompute_phrases));
  if (found) return found;
  const bool denies_all =
      std::ranges::any_of(denials, [&](std::string_view no) { return words.starts_with(no); });
  return denies_all ? std::optional(Recompute::none) : std::nullopt;
}

std::optional<Precision> precision_in(std::string_view text) {
  return by_rank(spaced(text), Phrases<Precision>(precision_phrases));
}

std::optional<Schedule> schedule_in(std::string_view text) {
  return by_rank(spaced(text), Phrases<Schedule>(schedule_phrases));
}

std::optional<ContextExchange> context_exchange_in(std::string_view text) {
  return by_rank(spaced(text), Phrases<ContextExchange>(exchange_phrases));
}

std::optional<ShardingWords> sharding_in(std::string_view text) {
  const std::string words = spaced(text);
  const auto sharding = by_rank(words, Phrases<Sharding>(sharding_phrases));
  if (sharding) return ShardingWords{*sharding, ranks_of_group(text)};
  if (says(words, " zero ")) return ShardingWords{Sharding::optimizer, 0, true};
  const bool denies_all =
      std::ranges::any_of(denials, [&](std::string_view no) { return words.starts_with(no); });
  return denies_all ? std::optional(ShardingWords{}) : std::nullopt;
}

std::optional<bool> sequence_parallel_in(std::string_view text) {
  const std::string words = spaced(text);
  for (const std::string_view phrase : {" sp ", " sequence parallel"}) {
    if (says(words, phrase)) return true;
    if (words.find(phrase) != std::string::npos) return false;
  }
  return std::nullopt;
}

std::optional<double> figure_before(std::string_view text, std::string_view unit) {
  const auto is_part_of_figure = [](char c) { return c == '.' || (c >= '0' && c <= '9'); };
  const auto is_letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  for (std::size_t at = text.find(unit); at != text.npos; at = text.find(unit, at + 1)) {
    const std::size_t after = at + unit.size();
    if (after < text.size() && is_letter(text[after])) continue;
    std::size_t end = at;
    while (end > 0 && text[end - 1] == ' ') --end;
    std::size_t begin = end;
    while (begin > 0 && is_part_of_figure(text[begin - 1])) --begin;
    double figure = 0;
    const auto read = std::from_chars(text.data() + begin, text.data() + end, figure);
    if (read.ec == std::errc{} && figure > 0) return figure;
  }
  return std::nullopt;
}

}  // namespace shortfall
