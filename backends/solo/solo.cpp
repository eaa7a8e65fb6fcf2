// A job of one rank: what remains when MPI is absent.
#include <cstring>

#include "backends/backend.hpp"
#include "backends/call.hpp"
#include "core/error.hpp"

namespace shortfall {
namespace {

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
  std::string abort() noexcept override { return {}; }
};

}  // namespace

std::unique_ptr<World> join_job() {
  const auto job = launched();
  if (job && job->size > 1) {
    throw BadUsage("this build has no MPI, but " + job->launcher + " started " +
                   std::to_string(job->size) +
                   " copies of it. Configure again with MPI, or start one copy.");
  }
  return stay_alone();
}

Backend solo_backend() {
  return {.name = "solo",
          .summary = "a job of one rank, where MPI is absent",
          .probe = [] { return Usable{}; },
          .open_communicator = [](World&) { return std::make_unique<SoloCommunicator>(); }};
}

}  // namespace shortfall
