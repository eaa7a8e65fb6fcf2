#include "model/proxy/fit_search.hpp"

#include <fmt/format.h>

#include <array>
#include <numeric>

#include "core/error.hpp"
#include "core/text.hpp"
#include "model/prediction.hpp"
#include "model/proxy/routine.hpp"

namespace shortfall {
namespace {

struct Needs {
  Bytes memory;
  Seconds step;
};

// Micro-batches use the same buffers one after the other: one of them tells what is needed.
Needs needs_of(const TrainingRun& run, const SystemModel& system) {
  TrainingRun short_run = run;
  short_run.batch = run.split.data * run.micro_batch;
  return {memory_of(training_routine(short_run)), predicted_step(run, system)};
}

// Something that can be smaller: in multiples of `grain`, down to `least`.
struct Size {
  std::string_view name;
  std::int64_t now, least, grain;
  void (*set)(TrainingRun& run, std::int64_t to);
};

std::int64_t scaled_width(std::int64_t width, std::int64_t to, std::int64_t from,
                          std::int64_t grain) {
  return std::max(width * to / from / grain * grain, std::min(width, grain));
}

// Each has as many heads as any other: a divisor of them, that tensor-parallel ranks can deal.
std::int64_t keys_for(std::int64_t heads, std::int64_t most, std::int64_t tensor) {
  for (std::int64_t kv = std::min(heads, most); kv > 1; --kv) {
    if (heads % kv == 0 && (kv % tensor == 0 || tensor % kv == 0)) return kv;
  }
  return 1;
}

void set_micro_batches(TrainingRun& run, std::int64_t to) {
  run.batch = to * run.split.data * run.micro_batch;
}

void set_micro_batch(TrainingRun& run, std::int64_t to) {
  run.batch = run.batch / run.micro_batch * to;
  run.micro_batch = to;
}

void set_layers(TrainingRun& run, std::int64_t to) {
  Architecture& a = run.architecture;
  a.layers = to;
  if (a.experts) a.experts->dense_layers = std::min(a.experts->dense_layers, to - 1);
}

void set_sequence(TrainingRun& run, std::int64_t to) { run.seq_len = to; }
void set_vocabulary(TrainingRun& run, std::int64_t to) { run.architecture.vocab = to; }

void set_experts(TrainingRun& run, std::int64_t to) {
  Experts& experts = *run.architecture.experts;
  experts.count = to;
  experts.imbalance = std::min(experts.imbalance, static_cast<double>(to));
}

// Heads are as wide as they were; everything else is narrower in proportion.
void set_heads(TrainingRun& run, std::int64_t to) {
  Architecture& a = run.architecture;
  const std::int64_t from = a.heads, tensor = run.split.tensor;
  const std::int64_t grain = std::lcm<std::int64_t>(8, tensor);  // rows of whole vectors
  const auto narrow = [&](std::int64_t& width) { width = scaled_width(width, to, from, grain); };
  narrow(a.hidden);
  narrow(a.ffn);
  if (a.experts) narrow(a.experts->ffn);
  if (a.latent) {
    narrow(a.latent->query_rank);
    narrow(a.latent->key_value_rank);
  }
  a.kv_heads = keys_for(to, std::max<std::int64_t>(a.kv_heads * to / from, 1), tensor);
  a.heads = to;
}

// In the order in which they are made smaller. Shorter sequences and smaller vocabularies than
// these are no longer like those of training runs.
std::vector<Size> sizes_of(const TrainingRun& run) {
  const Architecture& a = run.architecture;
  const std::int64_t tensor = run.split.tensor, dealt = run.split.experts;
  const std::int64_t tokens = std::lcm<std::int64_t>(32, tensor);
  const std::int64_t words = std::lcm<std::int64_t>(64, tensor);
  std::vector<Size> all{{"micro-batches", micro_batches(run), 1, 1, set_micro_batches},
                        {"sequences of a micro-batch", run.micro_batch, 1, 1, set_micro_batch},
                        {"layers", a.layers, 1, 1, set_layers},
                        {"tokens of a sequence", run.seq_len, 2 * tokens, tokens, set_sequence},
                        {"vocabulary", a.vocab, 4 * words, words, set_vocabulary}};
  if (a.experts) {
    const std::int64_t least = (a.experts->per_token + dealt - 1) / dealt * dealt;
    all.push_back({"experts", a.experts->count, least, dealt, set_experts});
  }
  // As many queries to a key as the model has, or else fewer.
  for (const std::int64_t grain :
       {a.heads / std::max<std::int64_t>(a.kv_heads, 1) * tensor, tensor}) {
    all.push_back({"heads, and with them all widths,", a.heads, grain, grain, set_heads});
  }
  return all;
}

class Fitting {
 public:
  Fitting(TrainingRun& run, const Room& room, const SystemModel& system)
      : run_(run), room_(room), system_(system), needs_(needs_of(run, system)) {}

  bool fits() const { return fits(needs_); }

  // Some smaller size, if that helps: the largest that fits, else the least.
  std::optional<std::string> shrink(const Size& size) {
    if (size.now <= size.least) return std::nullopt;
    const std::string reason = too_much(needs_with(size, size.least));
    if (reason.empty()) return std::nullopt;
    const std::int64_t to = largest_that_fits(size);
    size.set(run_, to);
    needs_ = needs_of(run_, system_);
    return fmt::format("{} {} -> {}: {}", size.name, size.now, to, reason);
  }

  // What there is more of than fits; of that, what would be `less` otherwise.
  std::string too_much(const Needs& less = {}) const {
    std::vector<std::string> all;
    if (needs_.memory > room_.memory && less.memory < needs_.memory) {
      all.push_back(fmt::format("{} would be needed, {} are free", scaled(needs_.memory.value, "B"),
                                scaled(room_.memory.value, "B")));
    }
    if (needs_.step > room_.step && less.step < needs_.step) {
      all.push_back(fmt::format("a step would take {}, {} are wanted",
                                scaled(needs_.step.value, "s"), scaled(room_.step.value, "s")));
    }
    return join(all, "; ");
  }

 private:
  bool fits(const Needs& needs) const {
    return needs.memory <= room_.memory && needs.step <= room_.step;
  }

  Needs needs_with(const Size& size, std::int64_t to) const {
    TrainingRun smaller = run_;
    size.set(smaller, to);
    return needs_of(smaller, system_);
  }

  // By halves, of multiples of the grain between the least one and what there is now.
  std::int64_t largest_that_fits(const Size& size) const {
    std::int64_t low = 0, high = (size.now - size.least - 1) / size.grain + 1;
    while (high - low > 1) {
      const std::int64_t middle = low + (high - low) / 2;
      const bool is_small_enough = fits(needs_with(size, size.least + middle * size.grain));
      (is_small_enough ? low : high) = middle;
    }
    return size.least + low * size.grain;
  }

  TrainingRun& run_;
  const Room& room_;
  const SystemModel& system_;
  Needs needs_;
};

}  // namespace

void make_it_fit(TrainingRun& run, const Room& room, const SystemModel& system,
                 std::vector<std::string>& changes) {
  Fitting fitting(run, room, system);
  const std::size_t sizes = sizes_of(run).size();
  for (std::size_t i = 0; i < sizes && !fitting.fits(); ++i) {
    if (auto change = fitting.shrink(sizes_of(run)[i])) changes.push_back(std::move(*change));
  }
  if (fitting.fits()) return;
  throw BadUsage(
      fmt::format("{}: made as small as can be, it is still too large for these ranks: "
                  "{}. Free memory, or allow a longer step",
                  run.id, fitting.too_much()));
}

}  // namespace shortfall
