// Blocking collectives of MPI on host memory: whether this MPI takes GPU addresses cannot be asked
// portably.
#include <array>
#include <climits>

#include "backends/call.hpp"
#include "backends/mpi/mpi.hpp"
#include "core/error.hpp"

namespace shortfall::mpi {
namespace {

std::optional<MPI_Datatype> type_of(DType type) {
  switch (type) {
    case DType::f64:
      return MPI_DOUBLE;
    case DType::f32:
      return MPI_FLOAT;
    case DType::i32:
      return MPI_INT32_T;
    case DType::int8:
      return MPI_INT8_T;
    case DType::u8:
      return MPI_UINT8_T;
    case DType::bf16:
    case DType::f16:
      break;
  }
  return std::nullopt;
}

std::string library_version() {
  std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
  int length = 0;
  PMPI_Get_library_version(text.data(), &length);
  const std::string all(text.data());
  return all.substr(0, all.find_first_of(",\n"));
}

class MpiCommunicator final : public Communicator {
 public:
  explicit MpiCommunicator(World& world) : size_(static_cast<std::size_t>(world.size())) {
    check(PMPI_Comm_dup(ranks_of(world), &ranks_), "copy the communicator");
    PMPI_Comm_set_errhandler(ranks_, MPI_ERRORS_RETURN);
  }
  ~MpiCommunicator() override { PMPI_Comm_free(&ranks_); }
  MpiCommunicator(const MpiCommunicator&) = delete;
  MpiCommunicator& operator=(const MpiCommunicator&) = delete;

  std::string name() const override { return "mpi"; }
  bool accepts(MemoryKind kind) const override { return kind == MemoryKind::host; }
  Details details() const override { return {{"mpi", library_version()}}; }

  // MPI's calls block: when enqueue() returns, the work is done.
  Preparation prepare(const Operation& operation, Operands& on) override {
    if (const auto* const transfer = std::get_if<Transfer>(&operation)) {
      if (whole(transfer->bytes) > INT_MAX) return Unsupported{"MPI's counts have 32 bits"};
      return prepare_transfer(*transfer, on, ranks_);
    }
    const auto* const collective = std::get_if<Collective>(&operation);
    if (!collective) return Unsupported{"MPI computes nothing on one rank"};
    return prepare(*collective, on);
  }
  void synchronize() override { check(PMPI_Barrier(ranks_), "synchronize all ranks"); }
  void abort() noexcept override { PMPI_Abort(ranks_, 3); }  // no gentler way in MPI 3

 private:
  Preparation prepare(const Collective& collective, Operands& on) {
    if (collective.kind == Collective::Kind::barrier) {
      return prepared_call([ranks = ranks_](Stream&) { check(MPI_Barrier(ranks), "barrier"); });
    }
    const auto type = type_of(collective.type);
    if (!type) return Unsupported{"MPI has no type " + std::string(name_of(collective.type))};
    const std::size_t elements = whole(on.output->size()) / size_of(collective.type);
    if (elements > INT_MAX) return Unsupported{"MPI's counts have 32 bits"};
    void* const from = on.inputs[0]->address();
    void* const to = on.output->address();
    if (collective.kind == Collective::Kind::all_to_all) {
      return prepared_call([from, to, each = static_cast<int>(elements / size_), type = *type,
                            ranks = ranks_](Stream&) {
        check(MPI_Alltoall(from, each, type, to, each, type, ranks), "all_to_all");
      });
    }
    const MPI_Op op = collective.reduction == Collective::Reduction::sum ? MPI_SUM : MPI_MAX;
    return prepared_call(
        [from, to, count = static_cast<int>(elements), type = *type, op, ranks = ranks_](Stream&) {
          check(MPI_Allreduce(from, to, count, type, op, ranks), "all_reduce");
        });
  }

  MPI_Comm ranks_ = MPI_COMM_NULL;
  std::size_t size_;
};

}  // namespace

std::unique_ptr<Communicator> make_communicator(World& world) {
  return std::make_unique<MpiCommunicator>(world);
}

}  // namespace shortfall::mpi
