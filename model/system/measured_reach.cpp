#include "model/system/measured_reach.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "core/text.hpp"
#include "model/prices/exchange_price.hpp"
#include "model/system/measured_exchanges.hpp"
#include "model/system/measured_passes.hpp"
#include "model/system/measured_products.hpp"
#include "model/training/step.hpp"

namespace shortfall {
namespace {

// Of the first and the last stage: the others have nothing else to do.
std::vector<Step> all_steps(const TrainingRun& run) {
  std::vector<Step> all = block_steps(run);
  const std::vector<Stage> of_run = stages(run);
  for (const Stage& stage : {of_run.front(), of_run.back()}) {
    const std::vector<Step> of_stage = stage_steps(run, stage);
    all.insert(all.end(), of_stage.begin(), of_stage.end());
  }
  return all;
}

class Reach {
 public:
  Reach(const TrainingRun& run, const SystemModel& system) : run_(run), system_(system) {}

  void add(const Step& step) {
    if (const auto* const gemm = std::get_if<Gemm>(&step.operation)) {
      add_product(*gemm);
    } else if (const auto* const pass = std::get_if<MemoryPass>(&step.operation)) {
      add_pass(*pass);
    } else if (step.axis != RankAxis::none && step.axis != RankAxis::clusters) {
      add_exchange(step);
    }
  }

  std::vector<std::string> words() const {
    std::vector<std::string> all(exchanges_.begin(), exchanges_.end());
    if (!far_.empty()) {
      const auto& [m, n, k, batch] = *far_.rbegin();
      all.push_back(fmt::format(
          "products: {} of {} shapes are more than a factor of 4 from all measured ones, such as "
          "{}x{}x{}{}",
          far_.size(), far_.size() + near_.size(), m, n, k,
          batch > 1 ? fmt::format(", {} at once", batch) : ""));
    }
    if (largest_pass_ > Bytes{0}) {
      all.push_back(fmt::format("passes over memory of up to {}: measured up to {}",
                                scaled(largest_pass_.value, "B"), scaled(measured_.value, "B")));
    }
    return all;
  }

 private:
  void add_product(const Gemm& gemm) {
    if (!system_.device.products) return;
    auto& shapes = system_.device.products->is_near(gemm) ? near_ : far_;
    shapes.insert({gemm.m, gemm.n, gemm.k, gemm.batch});
  }

  void add_pass(const MemoryPass& pass) {
    if (!system_.device.passes) return;
    const Bytes measured = system_.device.passes->largest(pass);
    if (pass.bytes <= std::max(measured, largest_pass_)) return;
    largest_pass_ = pass.bytes;
    measured_ = measured;
  }

  void add_exchange(const Step& step) {
    if (!system_.exchanges) return;
    const Spread spread = spread_of(step.axis, step.group, run_.split, system_);
    const auto* const transfer = std::get_if<Transfer>(&step.operation);
    const auto* const collective = std::get_if<Collective>(&step.operation);
    const std::string missing = transfer ? system_.exchanges->missing(*transfer, spread)
                                         : system_.exchanges->missing(*collective, spread);
    if (missing.empty()) return;
    const std::string_view place = spread.domains() == 1 ? "within a host" : "between hosts";
    exchanges_.insert(transfer ? fmt::format("messages {}: {}", place, missing)
                               : fmt::format("{} of {} ranks {}: {}", name_of(collective->kind),
                                             spread.ranks, place, missing));
  }

  using Shapes = std::set<std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t>>;
  const TrainingRun& run_;
  const SystemModel& system_;
  Shapes near_, far_;
  Bytes largest_pass_, measured_;  // beyond what was measured, and what was
  std::set<std::string> exchanges_;
};

}  // namespace

std::vector<std::string> beyond_measured(const TrainingRun& run, const SystemModel& system) {
  Reach reach(run, system);
  for (const Step& step : all_steps(run)) reach.add(step);
  return reach.words();
}

}  // namespace shortfall
