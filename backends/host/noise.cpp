// Probes of one thread: reading the clock, and what interrupts work that needs nothing but a core.
#include <chrono>

#include "backends/call.hpp"
#include "backends/host/clock.hpp"
#include "backends/host/detours.hpp"
#include "backends/host/probes.hpp"

namespace shortfall {
namespace {

using Clock = std::chrono::steady_clock;  // the one of HostStream

Seconds between(Clock::time_point from, Clock::time_point to) {
  return {std::chrono::duration<double>(to - from).count()};
}

class Noise final : public Prepared {
 public:
  explicit Noise(double* out) : out_(out) {}

  void enqueue(Stream&) override {
    std::uint64_t additions = 0;
    Clock::time_point before = Clock::now();
    for (Seconds& quantum : quanta_) {
      additions += add_in_a_chain(steps_of_quantum, 1);
      const Clock::time_point after = Clock::now();
      quantum = between(before, after);
      before = after;
    }
    detours_.add(quanta_);
    *out_ = static_cast<double>(additions);
  }
  Details details() const override {
    return {{"implementation", "quanta of dependent 64-bit additions"}, {"threads", "1"}};
  }
  std::vector<Figure> figures() const override { return detours_.figures(); }

 private:
  double* out_;
  std::vector<Seconds> quanta_ = std::vector<Seconds>(noise_quanta);
  Detours detours_;
};

// How many reads were not earlier than the one before: all, if the clock is one.
std::int64_t read_the_clock() {
  std::int64_t in_order = 0;
  Clock::time_point before = Clock::now();
  for (std::int64_t read = 0; read < clock_reads; ++read) {
    const Clock::time_point now = Clock::now();
    in_order += static_cast<std::int64_t>(now >= before);
    before = now;
  }
  return in_order;
}

double* output_of(Operands& on) { return static_cast<double*>(on.output->address()); }

}  // namespace

Preparation prepare_clock_read(Operands& on) {
  return prepared_call(
      [out = output_of(on)](Stream&) { *out = static_cast<double>(read_the_clock()); },
      {{"implementation", "std::chrono::steady_clock"}, {"threads", "1"}});
}

Preparation prepare_noise(Operands& on) { return std::make_unique<Noise>(output_of(on)); }

}  // namespace shortfall
