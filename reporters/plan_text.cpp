#include "reporters/plan_text.hpp"

#include <fmt/ostream.h>

#include <algorithm>
#include <string_view>

#include "core/text.hpp"
#include "model/system/measured_reach.hpp"
#include "model/training/choice_words.hpp"
#include "reporters/lines.hpp"
#include "reporters/prediction_text.hpp"
#include "reporters/waterfall_text.hpp"

namespace shortfall {
namespace {

constexpr std::size_t width = 100, indent = 12;

std::string gib(Bytes bytes) { return fmt::format("{:.1f}", bytes / 1_GiB); }

std::string_view schedule_of(const TrainingRun& run) {
  return run.split.pipeline == 1 ? "-" : word_for(run.schedule);
}

void write_head(std::ostream& out, const PlanAnswer& answer) {
  const TrainingRun& run = answer.run;
  const PlanSearch& search = answer.search;
  out << wrapped(
      fmt::format("{}{} on {} ({}): {} of {} tokens a step", answer.model,
                  run.model.empty() ? "" : " (" + run.model + ")", counted(run.gpus, "GPU"),
                  answer.system.name, counted(run.batch, "sequence"), run.seq_len),
      width, 0);
  const Bytes whole = answer.system.device.memory_size;
  const std::string room =
      whole.value > 0 ? fmt::format("{} of {} GiB of memory", gib(search.available), gib(whole))
                      : "memory, whose size is not known";
  out << wrapped(fmt::format("Of {} candidates {} fit into {}; {} were priced, and the others "
                             "recompute more than one that fits.",
                             search.candidates, search.fit, room, search.priced),
                 width, 0);
}

void write_table(std::ostream& out, const PlanAnswer& answer) {
  fmt::print(
      out,
      "\n{:>3} {:>4} {:>4} {:>4} {:>6} {:>3} {:>4} {:>5}  {:<9} {:<8} {:<11} {:>9} {:>7} {:>6}\n",
      "", "tp", "pp", "vp", "dp", "cp", "ep", "micro", "recompute", "sharding", "schedule", "step",
      "MFU", "GiB");
  int place = 0;
  for (const SplitPlan& plan : answer.search.best) {
    const TrainingRun& run = plan.run;
    const Split& s = run.split;
    fmt::print(
        out,
        "{:>3} {:>4} {:>4} {:>4} {:>6} {:>3} {:>4} {:>5}  {:<9} {:<8} {:<11} {:>9} {:>7} {:>6}\n",
        ++place, s.tensor, s.pipeline, s.chunks, s.data, s.context, s.experts, run.micro_batch,
        word_for(run.recompute), word_for(run.sharding), schedule_of(run),
        step_text(plan.prediction.step), percent_text(plan.prediction.mfu.causal),
        gib(plan.needed));
  }
}

void write_best(std::ostream& out, const PlanAnswer& answer) {
  const SplitPlan& best = answer.search.best.front();
  const Mfu& mfu = best.prediction.mfu;
  fmt::print(
      out, "\nThe first of them: {} tokens/s; MFU {} causal, {} full, {} PaLM, {} hardware\n",
      scaled(tokens_per_second(best.run, best.prediction.step), ""), percent_text(mfu.causal),
      percent_text(mfu.full), percent_text(mfu.palm), percent_text(mfu.hardware));
  write_waterfall(out, best.prediction.waterfall, best.prediction.step);
  for (const std::string& sentence : beyond_measured(best.run, answer.system)) {
    out << item("  beyond", sentence, width, indent);
  }
}

}  // namespace

void write_plans(std::ostream& out, const PlanAnswer& answer) {
  write_head(out, answer);
  write_table(out, answer);
  write_best(out, answer);
  if (!answer.assumed.empty()) {
    out << '\n' << item("assumed", join(answer.assumed, ", "), width, indent);
  }
}

}  // namespace shortfall
