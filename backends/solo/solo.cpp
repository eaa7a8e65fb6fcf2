// A job of one rank: what remains when MPI is absent.
#include <cstring>

#include "backends/backend.hpp"
#include "backends/call.hpp"
#include "backends/joining.hpp"
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

Probe probe() {
  if (meets_by_tcp(launched(), has_mpi())) return Unusable{"this job may have several ranks"};
  return Usable{};
}

}  // namespace

bool has_mpi() { return false; }

std::unique_ptr<World> join_by_mpi() { throw Error("start MPI", "this build has none"); }

Backend solo_backend() {
  return {.name = "solo",
          .summary = "a job of one rank, where MPI is absent",
          .probe = probe,
          .open_communicator = [](World&) { return std::make_unique<SoloCommunicator>(); }};
}

}  // namespace shortfall
