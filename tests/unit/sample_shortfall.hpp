// A shortfall made by hand: a step of one second on three ranks, of which one is slow.
#pragma once

#include "report/shortfall.hpp"

namespace shortfall::sample {

inline constexpr std::int64_t percent_ppt = 10'000'000'000;

// Of a step of one second.
inline ShortfallRow row(const std::string& id, const std::string& label, double percent,
                        const std::string& source = "measured") {
  const auto share = static_cast<std::int64_t>(percent * percent_ppt);
  return {id, label, {percent / 100}, share, source, std::nullopt};
}

inline std::vector<ShortfallRow> waterfall() {
  std::vector<ShortfallRow> rows{
      row("delivered", "the model's own arithmetic, at the peak", 39, "datasheet"),
      row("clock", "clocks below those of the peak", 6.25),
      row("best_shape", "what the best product leaves of that", 4.75),
      row("shapes", "shapes of this run's products and attention", 9.5),
      row("memory", "passes over memory, optimizer", 18),
      row("recompute", "work done again", 0),
      row("tensor", "tensor-parallel exchange", 12),
      row("data", "parameters and gradients", 8),
      row("stragglers", "waiting for the slowest rank", 5.5),
      row("residual", "not explained", -3, "residual")};
  Culprit slow;
  slow.rank = 1;
  slow.host = "node02";
  slow.reason = "its products take 1.09 times as long as the median rank's";
  slow.mfu_without = 0.413;
  rows[8].culprit = slow;
  Culprit link;
  link.link = "ranks 0-1 to rank 2";
  link.reason = "600 MB/s where others have 1.1 GB/s";
  link.mfu_without = 0.402;
  rows[7].culprit = link;
  return rows;
}

inline AtScale at_scale() {
  return {8,
          {21.5},
          0.312,
          {row("delivered", "the model's own arithmetic, at the peak", 31.2, "datasheet"),
           row("memory", "passes over memory, optimizer", 68.8)},
          {"products of 4096 rows: the largest measured has 2048"}};
}

inline Shortfall shortfall() {
  Shortfall s;
  s.workload = {"llama3-8b",
                "Llama 3 8B",
                {"layers = 2", "seq_len = 512", "tensor = 2"},
                1.25e-4,
                {"layers 32 -> 2: its memory", "seq_len 8192 -> 512: its time"}};
  s.datasheet = {80e9};
  s.delivered = {31.2e9};
  s.mfu = {0.39, 0.401, 0.405, 0.39, {80e9}};
  s.waterfall = waterfall();
  s.elasticity = {{"compute", 0.595}, {"memory", 0.18}, {"scale_up_bandwidth", 0.2}};
  s.what_if = {{"memory_25", "memory 25 % faster", {0.964}, 0.036, 0.4046}};
  s.predicted_step = {1.03};
  s.first_predicted_step = {1.05};
  s.measured_step = Seconds{1};
  s.parts = {{"forward", "mlp", {0.21}, Seconds{0.2}},
             {"backward", "mlp", {0.42}, Seconds{0.45}},
             {"update", "optimizer", {0.05}, std::nullopt}};
  s.simultaneity = {
      {"step_pass/kind=copy,reads=1,bytes=268435456,group=all", {0.01}, {0.019}},
      {"step_product/shape=512x512x2048,batch=1,dtype=f32,group=all", {0.01}, {0.0101}}};
  s.decode = DecodedToken{4, 512, {0.0125}, Seconds{0.0131}};
  s.at_scale = at_scale();
  s.extrapolated = {"passes over 3 GiB: the largest measured is 256 MiB"};
  s.assumed = {"micro_batch = 1"};
  s.sources = {"products: step_product of this run"};
  return s;
}

}  // namespace shortfall::sample
