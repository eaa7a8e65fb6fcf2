#include "backends/cuda/pattern_tasks.hpp"

#include <cmath>

#include "backends/cuda/pattern_body.hpp"
#include "core/draw_pass.hpp"
#include "core/error.hpp"

namespace shortfall::cuda {
namespace {

// Fills in what each shape has of its own.
class Tasks {
 public:
  Tasks(const Pattern& pattern, const float* quantiles, double sum)
      : pattern_(pattern), quantiles_(quantiles), sum_(sum) {
    const Range& range = pattern.range;
    task_.type = pattern.type;
    task_.count = pattern.count;
    task_.range = {range.bits, range.one_in, draw::salt_of(pattern.draw), range.multiple,
                   range.is_of_factors};
  }

  PatternTask made() {
    std::visit([this](const auto& shape) { take(shape); }, pattern_.shape);
    return task_;
  }

 private:
  draw::Key key(int rank, int operand) const {
    return draw::key_of(rank, operand, task_.range.salt);
  }

  std::uint64_t poison() const {
    return draw::with_type(pattern_.type,
                           [](auto type) { return raw_of(draw::poison<decltype(type)>()); });
  }

  void take(const Poison&) {
    task_.bits_decide = false;
    task_.same.bits = poison();
  }
  void take_everywhere(double number) {
    task_.bits_decide = !std::isnan(number);
    task_.same.bits = draw::with_type(pattern_.type, [number](auto type) {
      return raw_of(draw::from_number<decltype(type)>(number));
    });
  }
  void take(const Constant& constant) { take_everywhere(constant.value); }

  void take(const Own& own, std::size_t at, std::size_t count) {
    task_.form = PatternForm::own;
    task_.own = {.key = key(own.rank, own.operand),
                 .turn = own.rank % pattern_.range.one_in,
                 .period = own.period,
                 .first = own.first,
                 .from = at,
                 .beyond = at + count,
                 .elsewhere = poison()};
  }
  void take(const Own& own) {
    const Range& range = pattern_.range;
    const bool is_plain = range.one_in == 1 && range.multiple == 1 && !range.is_of_factors;
    if (!is_plain || own.first + pattern_.count > own.period) {
      return take(own, 0, pattern_.count);
    }
    task_.form = PatternForm::plain;
    task_.plain = {key(own.rank, own.operand), own.first};
  }
  void take(const Placed& placed) {
    task_.bits_decide = false;
    take(placed.own, placed.at, placed.count);
  }

  void take(const Reduced& reduced) {
    task_.form = PatternForm::reduced;
    task_.reduced = {reduced.reduction, reduced.ranks, reduced.first};
  }
  void take(const BlockFromEach& from) {
    task_.form = PatternForm::blocks;
    task_.blocks = {from.block, from.first};
  }
  void take(const FromNeighbors& from) {
    task_.form = PatternForm::neighbors;
    task_.neighbors = {key(from.before, 0), key(from.after, 0), from.block};
  }
  void take(const Indices& indices) {
    task_.form = PatternForm::indices;
    task_.indices = {key(indices.rank, indices.operand), indices.below};
  }

  void take(const Passed& passed) {
    if (is_sum(passed.pass.kind)) return take_everywhere(sum_);
    if (passed.pass.kind == MemoryPass::Kind::gather) {
      task_.form = PatternForm::gathered;
      task_.gathered = {key(passed.rank, 1), key(passed.rank, 0), passed.count};
      return;
    }
    static_assert(WeightedPart::most == MemoryPass::most_reads);
    const draw::Weights weights = draw::weights_of(passed.pass);
    task_.form = PatternForm::weighted;
    for (int operand = 0; operand < WeightedPart::most; ++operand) {
      task_.weighted.keys[operand] = key(passed.rank, operand);
      task_.weighted.weights[operand] = weights[static_cast<std::size_t>(operand)];
    }
  }

  void take(const Drawn& drawn) {
    task_.form = PatternForm::drawn;
    task_.drawn = draw::drawn_operand(drawn, pattern_.draw, quantiles_);
  }
  void take(const Product&) {
    throw Error("write a pattern", "a product cannot be written, only checked");
  }

  const Pattern& pattern_;
  const float* quantiles_;
  double sum_;
  PatternTask task_;
};

}  // namespace

std::optional<SumTask> sum_of(const Pattern& pattern) {
  const auto* const passed = std::get_if<Passed>(&pattern.shape);
  if (passed == nullptr || !is_sum(passed->pass.kind)) return std::nullopt;
  const draw::Salt salt = draw::salt_of(pattern.draw);
  return SumTask{.a = draw::key_of(passed->rank, 0, salt),
                 .b = draw::key_of(passed->rank, 1, salt),
                 .bits = pattern.range.bits,
                 .is_of_products = passed->pass.kind == MemoryPass::Kind::dot,
                 .count = passed->count};
}

PatternTask task_of(const Pattern& pattern, const float* quantiles, double sum) {
  return Tasks(pattern, quantiles, sum).made();
}

double number_of(const PatternTask& task, std::size_t index) {
  return draw::with_type(task.type, [&]<class T>(T) {
    return draw::to_number(from_raw<T>(with_raw_elements<T>(task, ElementBody{index})));
  });
}

double number_of(DType type, const unsigned char* data, std::size_t index) {
  return draw::with_type(type, [&]<class T>(T) {
    constexpr std::size_t bits = bits_in_memory<T>;
    const Pack bytes = pack_of_bytes(data, bytes_of_last<T>(1));
    const std::size_t before = index * bits % 8;  // of those in its first byte
    return draw::to_number(from_raw<T>(bytes.low >> before & ~std::uint64_t{0} >> (64 - bits)));
  });
}

}  // namespace shortfall::cuda
