#include "report/report.hpp"

namespace shortfall {
namespace {

template <class Unit>
std::optional<Rate<Unit>> rate(Quantity<Unit> amount, Seconds time) {
  if (amount.value <= 0 || time.value <= 0) return std::nullopt;
  return amount / time;
}

template <class Unit>
std::optional<Rate<Unit>> times(const std::optional<Rate<Unit>>& rate, double factor) {
  if (!rate) return std::nullopt;
  return *rate * factor;
}

}  // namespace

Rates rates(const Work& work, Seconds time) {
  return {.flop = rate(work.flop, time),
          .memory = rate(work.memory, time),
          .algorithm = rate(work.payload, time),
          .bus = rate(work.link, time),
          .messages = rate(work.messages, time),
          .cycles = rate(work.cycles, time)};
}

Rates operator*(const Rates& rates, double ranks) {
  return {.flop = times(rates.flop, ranks),
          .memory = times(rates.memory, ranks),
          .algorithm = times(rates.algorithm, ranks),
          .bus = times(rates.bus, ranks),
          .messages = times(rates.messages, ranks),
          .cycles = times(rates.cycles, ranks)};
}

Yields yields(const Work& work, const Measured& measured) {
  const auto& devices = measured.vitals.device;
  if (!devices || !devices->energy || !(devices->energy->value > 0)) return {};
  const double times = devices->iterations * static_cast<double>(devices->ranks);
  Yields all;
  if (work.flop.value * times > 0) all.flop = work.flop * times / *devices->energy;
  if (work.memory.value * times > 0) all.memory = work.memory * times / *devices->energy;
  return all;
}

std::size_t active_ranks(const Measured& measured) { return measured.per_rank.n; }

}  // namespace shortfall
