// What people write into tables of training runs: "selective(attn core)+SP", "DDP+dist-optimizer".
// Words are looked for in any case; one that is denied ("no SP", "non-interleaved") does not count.
// Nothing = no known word stands there.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "model/training/training_run.hpp"

namespace shortfall {

// The first of the words for a choice that stands in the text.
std::optional<Recompute> recompute_in(std::string_view text);

std::optional<Precision> precision_in(std::string_view text);
std::optional<Schedule> schedule_in(std::string_view text);
std::optional<ContextExchange> context_exchange_in(std::string_view text);

struct ShardingWords {
  Sharding sharding = Sharding::none;
  std::int64_t ranks = 0;         // of one group: "FSDP8", "256-way"; 0 = not told
  bool is_stage_unknown = false;  // "ZeRO" without a number
};
std::optional<ShardingWords> sharding_in(std::string_view text);

// "SP", "no SP".
std::optional<bool> sequence_parallel_in(std::string_view text);

// "500 W": the figure before the first such unit. Nothing = none stands there.
std::optional<double> figure_before(std::string_view text, std::string_view unit);

}  // namespace shortfall
