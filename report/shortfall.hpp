// Of the FLOPs on the datasheet, which reach a training run, and where the others go: predicted
// from what this run measured, and held against a step that was executed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/units.hpp"

namespace shortfall {

// Who is behind a loss.
struct Culprit {
  std::optional<int> rank;
  std::string host;          // "" = does not apply; so are device and link
  std::string device, link;  // "0000:17:00.0", "ranks 0-1 to ranks 2-3"
  std::string reason;        // a sentence
  double mfu_without = 0;    // causal, if this one were as the others are
};

struct ShortfallRow {
  std::string id, label;
  Seconds delta;  // negative: it gives time back
  std::int64_t share_ppt =
      0;               // of the step, in parts per 10^12; all rows together are exactly 10^12
  std::string source;  // "measured", "datasheet", "published", "residual", ...
  std::optional<Culprit> culprit;
};

// What the program made of the workload so that it fits these ranks.
struct FittedWorkload {
  std::string name, model;           // "llama3-8b"
  std::vector<std::string> run;      // as executed: "hidden = 4096", "tensor = 2", ...
  double factor = 1;                 // FLOP of a step of one rank here over that of the run as told
  std::vector<std::string> changes;  // "layers 32 -> 2: its memory"; empty = as told
};

struct ShortfallMfu {  // of the time that was measured, or else of the predicted one
  double causal = 0, full = 0, palm = 0, hardware = 0;
  Throughput peak_used;  // of one rank
};

struct ShortfallWhatIf {
  std::string id, change;
  Seconds step;
  double faster = 0;  // share of the step that is saved
  double causal_mfu = 0;
};

// Operations of a step under one name, each done as often as a step does it.
struct StepPartTime {
  std::string phase, part;  // "forward", "mlp"
  Seconds predicted;
  std::optional<Seconds> measured;  // the median rank's
};

// What ranks lose by working at the same time.
struct Simultaneity {
  std::string what;         // key of the case: "step_product/shape=..."
  Seconds alone, together;  // one rank or group alone; all of them at the same time
};

// The run as it was told, at its own size, on devices like these ranks.
struct AtScale {
  std::int64_t gpus = 0;
  Seconds step;
  double causal_mfu = 0;
  std::vector<ShortfallRow> waterfall;
  std::vector<std::string> extrapolated;
};

struct DecodedToken {  // one step of inference: one token for each sequence of the batch
  std::int64_t batch = 0, context = 0;  // sequences; tokens before this one
  Seconds predicted;
  std::optional<Seconds> measured;
};

struct Shortfall {
  FittedWorkload workload;
  Throughput datasheet, delivered;  // of one rank; delivered: causal FLOP over the step's time
  ShortfallMfu mfu;
  std::vector<ShortfallRow> waterfall;  // of the measured step, or else of the predicted one
  std::vector<std::pair<std::string, double>> elasticity;  // by resource; docs/predict.md
  std::vector<ShortfallWhatIf> what_if;
  // By what operations took in turn with the steps: each turn's before the turn's steps. The first
  // one is by what they took as cases of their own, before anything was executed.
  Seconds predicted_step, first_predicted_step;
  std::optional<Seconds> measured_step;  // nothing: it was not, or its data were wrong
  std::vector<StepPartTime> parts;
  std::vector<Simultaneity> simultaneity;
  std::optional<DecodedToken> decode;
  std::optional<AtScale> at_scale;
  std::vector<std::string> extrapolated;  // what was priced beyond what was measured
  std::vector<std::string> assumed, sources;
};

}  // namespace shortfall
