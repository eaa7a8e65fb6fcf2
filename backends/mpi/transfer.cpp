// Messages between rank 0 and rank 1 of a communicator.
#include <vector>

#include "backends/call.hpp"
#include "backends/mpi/mpi.hpp"

namespace shortfall::mpi {
namespace {

constexpr int tag = 7;

struct Ends {
  void* out;
  std::byte* in;
  int bytes;
  int rank;
  MPI_Comm ranks;
  int peer() const { return 1 - rank; }
};

void send(const Ends& e) {
  check(MPI_Send(e.out, e.bytes, MPI_BYTE, e.peer(), tag, e.ranks), "send");
}
void receive(const Ends& e) {
  check(MPI_Recv(e.in, e.bytes, MPI_BYTE, e.peer(), tag, e.ranks, MPI_STATUS_IGNORE), "receive");
}

// A window of messages in flight. One way ends with an empty answer, so that the sender's clock
// stops when all has arrived.
class Window final : public Prepared {
 public:
  Window(const Ends& ends, int messages, bool sends, bool receives)
      : ends_(ends), messages_(messages), sends_(sends), receives_(receives) {
    requests_.reserve(2 * static_cast<std::size_t>(messages));
  }

  void enqueue(Stream&) override {
    requests_.clear();
    if (receives_) post_receives();
    if (sends_) post_sends();
    check(MPI_Waitall(static_cast<int>(requests_.size()), requests_.data(), MPI_STATUSES_IGNORE),
          "complete a window of messages");
    if (sends_ != receives_) acknowledge();
  }
  Details details() const override { return {{"window", std::to_string(messages_)}}; }

 private:
  void post_receives() {
    for (int i = 0; i < messages_; ++i) {
      void* const to = ends_.in + static_cast<std::ptrdiff_t>(i) * ends_.bytes;
      check(MPI_Irecv(to, ends_.bytes, MPI_BYTE, ends_.peer(), tag, ends_.ranks,
                      &requests_.emplace_back(MPI_REQUEST_NULL)),
            "post a receive");
    }
  }
  void post_sends() {
    for (int i = 0; i < messages_; ++i) {
      check(MPI_Isend(ends_.out, ends_.bytes, MPI_BYTE, ends_.peer(), tag, ends_.ranks,
                      &requests_.emplace_back(MPI_REQUEST_NULL)),
            "post a send");
    }
  }
  void acknowledge() {
    if (receives_) {
      check(MPI_Send(nullptr, 0, MPI_BYTE, ends_.peer(), tag, ends_.ranks), "acknowledge");
    } else {
      check(MPI_Recv(nullptr, 0, MPI_BYTE, ends_.peer(), tag, ends_.ranks, MPI_STATUS_IGNORE),
            "wait for the acknowledgement");
    }
  }

  Ends ends_;
  int messages_;
  bool sends_, receives_;
  std::vector<MPI_Request> requests_;
};

}  // namespace

Preparation prepare_transfer(const Transfer& transfer, Operands& on, MPI_Comm ranks) {
  int rank = 0;
  check(PMPI_Comm_rank(ranks, &rank), "ask MPI for this rank");
  const Ends ends{on.inputs[0]->address(), static_cast<std::byte*>(on.output->address()),
                  static_cast<int>(transfer.bytes.value), rank, ranks};
  const int messages = iterations_per_call(transfer);
  switch (transfer.kind) {
    case Transfer::Kind::one_way:
      return std::make_unique<Window>(ends, messages, rank == 0, rank == 1);
    case Transfer::Kind::two_way:
      return std::make_unique<Window>(ends, messages, true, true);
    case Transfer::Kind::ping_pong:
      break;
  }
  if (rank == 0) {
    return prepared_call([ends](Stream&) {
      send(ends);
      receive(ends);
    });
  }
  return prepared_call([ends](Stream&) {
    receive(ends);
    send(ends);
  });
}

}  // namespace shortfall::mpi
