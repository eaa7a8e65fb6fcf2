// TCP as control plane of jobs without MPI. It carries nothing of what is measured.
#include "backends/backend.hpp"
#include "backends/joining.hpp"

namespace shortfall {
namespace {

constexpr const char* no_exchange =
    "this job has no MPI: its ranks exchange data by NCCL alone, between GPUs";

class TcpCommunicator final : public Communicator {
 public:
  explicit TcpCommunicator(World& world) : world_(world) {}
  std::string name() const override { return "tcp"; }
  bool accepts(MemoryKind) const override {
    return true;
  }  // so that prepare() is asked, and says why
  Preparation prepare(const Operation&, Operands&) override { return Unsupported{no_exchange}; }
  void synchronize() override { world_.barrier(); }
  std::string abort() noexcept override { return {}; }  // nothing here waits without an end

 private:
  World& world_;
};

Probe probe() {
  const auto job = launched();
  if (meets_by_tcp(job, has_mpi())) return Usable{};
  if (!job) return Unusable{"no launcher set RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT"};
  return Unusable{"this job was started by " + job->launcher + ", whose ranks meet by MPI"};
}

}  // namespace

Backend tcp_backend() {
  return {
      .name = "tcp",
      .summary = "meetings of ranks that have no MPI, without exchange of data",
      .probe = probe,
      .open_communicator = [](World& world) { return std::make_unique<TcpCommunicator>(world); },
      .carries = {},
      .carries_nothing_because = no_exchange};
}

}  // namespace shortfall
