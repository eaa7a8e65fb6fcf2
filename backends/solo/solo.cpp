// A job of one rank: what remains when MPI is absent.
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstring>

#include "backends/backend.hpp"
#include "backends/call.hpp"
#include "core/error.hpp"

namespace shortfall {
namespace {

class SoloWorld final : public World {
 public:
  int rank() const override { return 0; }
  int size() const override { return 1; }
  std::string host(int) const override {
    std::array<char, 256> name{};
    return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
  }
  Seconds now() const override {
    const auto time = std::chrono::steady_clock::now().time_since_epoch();
    return {std::chrono::duration<double>(time).count()};
  }
  void set_deadline(Deadline) override {}
  void barrier() override {}
  void broadcast(std::span<std::byte>, int) override {}
  std::vector<std::byte> gather(std::span<const std::byte> mine) override {
    return {mine.begin(), mine.end()};
  }
  Ballot vote(Vote mine) override { return {std::move(mine), 0}; }
  Slowest slowest(Seconds mine) override { return {mine, 0}; }
  void slowest_of_each(std::span<Seconds>) override {}
  std::unique_ptr<World> split(int color) override {
    return color < 0 ? nullptr : std::make_unique<SoloWorld>();
  }
  Seconds clock_offset() override { return {0}; }
};

// Among one rank, every collective is a copy.
class SoloCommunicator final : public Communicator {
 public:
  std::string name() const override { return "solo"; }
  bool accepts(MemoryKind kind) const override { return kind == MemoryKind::host; }
  Preparation prepare(const Operation& operation, Operands& on) override {
    if (std::holds_alternative<Transfer>(operation)) return Unsupported{"one rank has no peer"};
    if (on.inputs.empty()) return prepared_call([](Stream&) {});
    if (on.inputs[0]->size() < on.output->size()) return Unsupported{"one rank has no neighbors"};
    return prepared_call([from = on.inputs[0].get(), to = on.output.get()](Stream&) {
      std::memcpy(to->address(), from->address(), whole(to->size()));
    });
  }
  void synchronize() override {}
  void abort() noexcept override {}
};

}  // namespace

std::unique_ptr<World> join_job() {
  const auto job = launched();
  if (job && job->size > 1) {
    throw BadUsage("this build has no MPI, but " + job->launcher + " started " +
                   std::to_string(job->size) +
                   " copies of it. Configure again with MPI, or start one copy.");
  }
  return std::make_unique<SoloWorld>();
}

Backend solo_backend() {
  return {.name = "solo",
          .summary = "a job of one rank, where MPI is absent",
          .probe = [] { return Usable{}; },
          .open_communicator = [](World&) { return std::make_unique<SoloCommunicator>(); }};
}

}  // namespace shortfall
