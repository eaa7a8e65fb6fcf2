// The trial that serves every operation.
#pragma once

#include <functional>
#include <memory>
#include <variant>

#include "harness/trial.hpp"

namespace shortfall {

// Operations between ranks have two sets of buffers. A batch is timed on one of them, and ends with
// one more call, untimed, on the other: its numbers are different, so that a library that returns
// the result before last is found out. The sets change places with every batch.
//
// An operation that is to find nothing in a cache has so many sets that together they are three
// times as large as the device's cache, and each call works on the next one. Their numbers are
// drawn once: those of consecutive calls between ranks differ all the same.
class OperationTrial final : public Trial {
 public:
  using Made = std::variant<std::unique_ptr<OperationTrial>, Unsupported>;

  // What cannot be done here, and why; or the trial. All ranks of the group call it alike. With
  // `copies`, calls take turns on so many sets, alike on all ranks, however large a cache is.
  static Made make(const Operation& operation, Rig rig, std::uint64_t seed,
                   std::optional<std::size_t> copies = std::nullopt);

  // So many sets that they are three times as large as the cache, or as many as are allowed; two
  // where nobody tells how large it is.
  static std::size_t copies_within_reason(Bytes of_each, Bytes cache);

  void arm(std::uint64_t batch) override;
  void refill() override { fill(*timed_, timed_->draw); }
  void run() override;
  void run_witness() override;
  int witnesses() const override;
  std::optional<Mismatch> check() override;
  int checked() const override;
  bool is_checkable() const override;
  bool takes_time() const override { return shortfall::takes_time(operation_, group_); }
  std::optional<std::uint64_t> fingerprint() const override { return fingerprint_; }
  Details details() const override;
  std::vector<Figure> figures() const override { return timed_->prepared->figures(); }

 private:
  struct Set {
    Operands operands;
    std::unique_ptr<Prepared> prepared;
    Draw draw;
    bool is_used = false;  // since it was armed
  };

  OperationTrial(const Operation& operation, Rig rig, std::uint64_t seed,
                 std::optional<std::size_t> copies);
  std::optional<Unsupported> prepare();
  std::optional<Unsupported> make_room();
  std::optional<Unsupported> allocate(const Layout& buffers);
  std::optional<Unsupported> prepare_sets();
  void allocate(std::vector<Set>& sets, const Operand& operand,
                const std::function<void(Set&, std::unique_ptr<Buffer>)>& give);
  Preparation prepare(Operands& on);
  Preparation prepare_between_ranks(Operands& on);
  MemoryKind memory_kind() const;  // of the operands
  std::unique_ptr<Buffer> memory_of_communicator(Bytes bytes) const;
  std::variant<std::size_t, Unsupported> sets_needed(Bytes of_each) const;
  void use(Set& set);
  void fill(Set& set, const Draw& draw);
  std::optional<Mismatch> check(Set& set);
  std::optional<Mismatch> check_repeat(Set& set, const Pattern& pattern);
  bool draws_once() const;

  Operation operation_;
  Rig rig_;
  Group group_;
  std::uint64_t seed_;
  std::optional<std::size_t> copies_;
  bool takes_turns_;
  std::vector<std::unique_ptr<Buffer>> shared_;  // by several sets
  std::vector<Set> sets_;
  Set* timed_ = nullptr;
  std::size_t turn_ = 0;  // of sets that take turns
  std::optional<std::uint64_t> fingerprint_;
};

}  // namespace shortfall
