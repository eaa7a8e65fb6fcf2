#include "backends/host/clock.hpp"

#include "backends/call.hpp"
#include "core/error.hpp"

namespace shortfall {

std::uint64_t add_in_a_chain(std::int64_t steps, std::uint64_t addend) {
  constexpr int unrolled = 64;
  static_assert(clock_chain_steps % unrolled == 0 && steps_of_quantum % unrolled == 0);
  std::uint64_t sum = 0;
  for (std::int64_t done = 0; done < steps; done += unrolled) {
#pragma GCC unroll 64
    for (int i = 0; i < unrolled; ++i) {
      sum += addend;
      asm volatile("" : "+r"(sum), "+r"(addend));  // or the compiler would multiply
    }
  }
  return sum;
}

Preparation prepare_clock(Operands& on) {
  auto* const out = static_cast<double*>(on.output->address());
  return prepared_call(
      [out](Stream&) { *out = static_cast<double>(add_in_a_chain(clock_chain_steps, 1)); },
      {{"implementation", "dependent 64-bit additions"}, {"threads", "1"}});
}

}  // namespace shortfall
