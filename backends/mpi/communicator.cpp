// The data plane of MPI: on host memory, and on that of GPUs where MPI says that it takes it.
#include <array>
#include <climits>

#include "backends/after_stream.hpp"
#include "backends/mpi/accelerators.hpp"
#include "backends/mpi/mpi.hpp"
#include "backends/mpi/transports.hpp"
#include "core/error.hpp"

namespace shortfall::mpi {
namespace {

class MpiCommunicator final : public Communicator {
 public:
  explicit MpiCommunicator(World& world) {
    check(PMPI_Comm_dup(ranks_of(world), &ranks_), "copy the communicator");
    PMPI_Comm_set_errhandler(ranks_, MPI_ERRORS_RETURN);
    details_ = {{"mpi", library_version()}};
    for (auto& detail : transports_in_use()) details_.push_back(std::move(detail));
  }
  ~MpiCommunicator() override { PMPI_Comm_free(&ranks_); }
  MpiCommunicator(const MpiCommunicator&) = delete;
  MpiCommunicator& operator=(const MpiCommunicator&) = delete;

  std::string name() const override { return "mpi"; }
  bool accepts(MemoryKind kind) const override { return takes(kind); }
  Details details() const override { return details_; }

  // MPI's calls block, or are waited for: when enqueue() returns, the work is done.
  Preparation prepare(const Operation& operation, Operands& on) override {
    Preparation answer = prepare_at_once(operation, on);
    auto* const work = std::get_if<std::unique_ptr<Prepared>>(&answer);
    if (work == nullptr || on.output->kind() == MemoryKind::host) return answer;
    return after_stream(std::move(*work), *on.output,
                        {"memory_of_mpi", "GPU addresses, given to MPI when the stream is empty"});
  }
  void synchronize() override { check(PMPI_Barrier(ranks_), "synchronize all ranks"); }
  void line_up(Stream& stream) override {
    empty(stream);
    synchronize();
  }
  std::string abort() noexcept override {
    PMPI_Abort(ranks_, 3);  // no gentler way in MPI 3
    return "MPI_Abort has returned";
  }

 private:
  Preparation prepare_at_once(const Operation& operation, Operands& on) const {
    if (const auto* const transfer = std::get_if<Transfer>(&operation)) {
      if (whole(transfer->bytes) > INT_MAX) return Unsupported{"MPI's counts have 32 bits"};
      return prepare_transfer(*transfer, on, ranks_);
    }
    const auto* const collective = std::get_if<Collective>(&operation);
    if (!collective) return Unsupported{"MPI computes nothing on one rank"};
    return prepare_collective(*collective, on, ranks_);
  }

  MPI_Comm ranks_ = MPI_COMM_NULL;
  Details details_;
};

}  // namespace

std::unique_ptr<Communicator> make_communicator(World& world) {
  return std::make_unique<MpiCommunicator>(world);
}

}  // namespace shortfall::mpi
