// The trial of many operations that are done in order, each by its own group of ranks.
#pragma once

#include <algorithm>

#include "core/routine.hpp"
#include "harness/groups.hpp"
#include "harness/operation_trial.hpp"

namespace shortfall {

// As the operands of a step come from elsewhere, not from the call before, each operation rotates
// over copies of them; all operations' operands together are three times as large as the device's
// cache, or there is a copy for each time that an operation is done.
class RoutineTrial final : public Trial {
 public:
  struct Where {
    Device& device;
    Stream& stream;
    Groups& groups;
  };
  using Made = std::variant<std::unique_ptr<RoutineTrial>, Unsupported>;

  // Collective over the job, as it forms groups. So many copies this rank would have, within `most`
  // of memory.
  static std::variant<std::size_t, Unsupported> copies(const Routine& routine, const Where& where,
                                                       Bytes most);
  // `copies`: alike on all ranks, at least 1.
  static Made make(const Routine& routine, const Where& where, std::size_t copies,
                   std::uint64_t seed);

  void arm(std::uint64_t batch) override;
  void refill() override {}
  void run() override;
  void run_witness() override {}
  int witnesses() const override { return 0; }
  std::optional<Mismatch> check() override;
  std::string wrong_operation() const override { return wrong_; }
  int checked() const override;
  bool is_checkable() const override;
  std::optional<std::uint64_t> fingerprint() const override;
  Details details() const override;
  std::vector<Figure> figures() const override { return {}; }

  struct Step {
    OperationTrial* trial;
    std::uint32_t operation;  // its number in the routine
  };
  const std::vector<Step>& steps() const { return steps_; }  // that this rank takes part in
  const Routine& routine() const { return routine_; }
  OperationTrial* trial_of(std::uint32_t operation) const {  // nullptr = not by this rank
    return trials_[operation].get();
  }
  // Of the operands of an operation that is done so often in one execution; alike on all ranks.
  int copies_of(int times) const { return std::min(static_cast<int>(copies_), times); }
  Bytes held() const { return held_; }           // by this rank: operands with their copies
  void run_stamped(std::vector<Stamp>& stamps);  // one before the first step, one after each

 private:
  RoutineTrial(const Routine& routine, Stream& stream) : routine_(routine), stream_(stream) {}
  std::optional<Unsupported> prepare(const Where& where, std::size_t copies, std::uint64_t seed);

  Routine routine_;
  Stream& stream_;
  std::size_t copies_ = 1;
  Bytes held_;
  std::vector<std::unique_ptr<OperationTrial>> trials_;  // by operation; nullptr = not by this rank
  std::vector<Step> steps_;
  std::string wrong_;
};

}  // namespace shortfall
