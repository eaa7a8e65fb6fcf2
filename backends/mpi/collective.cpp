// Collectives of MPI on host memory: blocking, posted and waited for, or with arithmetic in
// between.
#include <algorithm>
#include <array>
#include <climits>
#include <limits>
#include <numeric>

#include "backends/call.hpp"
#include "backends/mpi/collective_calls.hpp"
#include "core/error.hpp"
#include "core/operation/blocks.hpp"

namespace shortfall::mpi {
namespace {

using Kind = Collective::Kind;

// MPI 3 adds none of the 16-bit floating-point types; moving them, it need not know what they are.
std::optional<MPI_Datatype> type_of(const Collective& c) {
  switch (c.type) {
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
    case DType::i64:
      return MPI_INT64_T;
    case DType::u32:
      return MPI_UINT32_T;
    case DType::u64:
      return MPI_UINT64_T;
    default:
      break;
  }
  if (is_reduction(c) || size_of(c.type) != 2) return std::nullopt;
  return MPI_UINT16_T;
}

// It has no average: see prepare_collective().
MPI_Op operation_of(Collective::Reduction reduction) {
  switch (reduction) {
    case Collective::Reduction::sum:
      return MPI_SUM;
    case Collective::Reduction::max:
      return MPI_MAX;
    case Collective::Reduction::prod:
      return MPI_PROD;
    case Collective::Reduction::avg:
    case Collective::Reduction::min:
      break;
  }
  return MPI_MIN;
}

std::vector<int> starts_of(const std::vector<int>& counts) {
  std::vector<int> starts(counts.size());
  std::exclusive_scan(counts.begin(), counts.end(), starts.begin(), 0);
  return starts;
}

void share_out(Parts& parts, const Collective& c) {
  for (const std::size_t share : shares(c, parts.size)) {
    parts.send_counts.push_back(static_cast<int>(share));
  }
  const int mine = parts.send_counts[static_cast<std::size_t>(parts.rank)];
  parts.receive_counts.assign(parts.send_counts.size(), mine);
  parts.send_starts = starts_of(parts.send_counts);
  parts.receive_starts = starts_of(parts.receive_counts);
}

// In place, only the root of a reduce or gather gives MPI_IN_PLACE; the others send their buffer.
void* source_of(const Collective& c, Operands& on, int rank) {
  if (!c.in_place) return on.inputs[0]->address();
  const bool has_root = c.kind == Kind::reduce || c.kind == Kind::gather;
  return has_root && rank != 0 ? on.output->address() : MPI_IN_PLACE;
}

Parts parts_of(const Collective& c, Operands& on, MPI_Datatype type, MPI_Comm ranks) {
  Parts parts{.from = nullptr,
              .to = on.output->address(),
              .second = nullptr,
              .count = 0,
              .type = type,
              .op = operation_of(c.reduction),
              .ranks = ranks,
              .rank = 0,
              .size = 1,
              .next = 0,
              .previous = 0};
  check(PMPI_Comm_rank(ranks, &parts.rank), "ask MPI for this rank");
  check(PMPI_Comm_size(ranks, &parts.size), "ask MPI for the number of ranks");
  parts.next = (parts.rank + 1) % parts.size;
  parts.previous = (parts.rank + parts.size - 1) % parts.size;
  if (c.kind == Kind::barrier) return parts;
  parts.from = source_of(c, on, parts.rank);
  const std::size_t elements = elements_in(c.bytes.value, c.type);
  const auto blocks = static_cast<std::size_t>(has_blocks(c.kind) ? parts.size : 1);
  parts.count = static_cast<int>(elements / blocks);
  if (c.kind == Kind::neighbors) {
    parts.second = static_cast<std::byte*>(parts.to) + elements * size_of(c.type);
  }
  if (c.kind == Kind::all_to_allv) share_out(parts, c);
  return parts;
}

class Posted {
 public:
  Posted(Parts parts, const Functions& functions, std::string_view name)
      : parts_(std::move(parts)), functions_(functions), name_(name) {}
  void post() { check(functions_.post(parts_, requests_.data()), name_); }
  void wait() {
    check(MPI_Waitall(functions_.requests, requests_.data(), MPI_STATUSES_IGNORE), name_);
  }
  const Parts& parts() const { return parts_; }

 private:
  Parts parts_;
  Functions functions_;
  std::string_view name_;
  std::array<MPI_Request, most_requests> requests_{};
};

double now() { return PMPI_Wtime(); }

// Arithmetic that moves nothing: each step waits for the one before.
void compute(std::int64_t steps) {
  double x = 1;
  for (std::int64_t i = 0; i < steps; ++i) {
    x = x * 0.5 + 1;
    asm volatile("" : "+m"(x));  // or nothing of it would be done
  }
}

// Posted; then arithmetic that lasts as long as the collective does alone; then waited for. What
// the library does by itself meanwhile (or the network, or nobody) is the overlap.
class Overlapped final : public Prepared {
 public:
  explicit Overlapped(Posted collective) : collective_(std::move(collective)) {
    constexpr int tries = 20;
    for (int i = 0; i < tries; ++i) {
      PMPI_Barrier(collective_.parts().ranks);
      const double start = now();
      collective_.post();
      collective_.wait();
      alone_ = std::min(alone_, now() - start);
    }
    // All ranks compute equally long.
    PMPI_Allreduce(MPI_IN_PLACE, &alone_, 1, MPI_DOUBLE, MPI_MAX, collective_.parts().ranks);
    find_steps();
  }

  void enqueue(Stream&) override {
    const double start = now();
    collective_.post();
    compute(steps_);
    collective_.wait();
    together_ = std::min(together_, now() - start);
  }

  // 1: nothing of the collective's time was left to wait for; 0: it took as long as before.
  std::vector<Figure> figures() const override {
    const double hidden = alone_ + computing_ - together_;
    return {{"overlap_share", std::clamp(hidden / std::min(alone_, computing_), 0.0, 1.0)},
            {"alone_s", alone_},
            {"computing_s", computing_},
            {"together_s", together_}};
  }

 private:
  static double seconds_of(std::int64_t steps) {
    double best = std::numeric_limits<double>::infinity();
    for (int i = 0; i < 5; ++i) {
      const double start = now();
      compute(steps);
      best = std::min(best, now() - start);
    }
    return best;
  }
  void find_steps() {
    constexpr std::int64_t probe = 10000;
    steps_ =
        std::max<std::int64_t>(1, static_cast<std::int64_t>(probe * alone_ / seconds_of(probe)));
    computing_ = seconds_of(steps_);
  }

  Posted collective_;
  std::int64_t steps_ = 1;
  double alone_ = std::numeric_limits<double>::infinity();
  double computing_ = 0;
  double together_ = std::numeric_limits<double>::infinity();
};

}  // namespace

bool adds_up(DType type) {
  return type_of({.kind = Kind::all_reduce, .bytes = {}, .type = type}).has_value();
}

Preparation prepare_collective(const Collective& c, Operands& on, MPI_Comm ranks) {
  if (c.start == Collective::Start::graph) return Unsupported{"MPI captures no graphs"};
  if (c.buffers != Collective::Buffers::plain || c.is_grouped || c.channels > 0) {
    return Unsupported{"MPI has no registered buffers, groups of messages and channels to choose"};
  }
  if (is_reduction(c) && c.reduction == Collective::Reduction::avg) {
    return Unsupported{"MPI has no average"};
  }
  const auto type = type_of(c);
  if (!type) {
    return Unsupported{"MPI has no reduction of type " + std::string(name_of(c.type))};
  }
  // Also offsets into the whole buffer are of this type.
  if (elements_in(c.bytes.value, c.type) > INT_MAX) return Unsupported{"MPI's counts have 32 bits"};
  const Functions functions = functions_of(c.kind);
  const std::string_view name = name_of(c.kind);
  Parts parts = parts_of(c, on, *type, ranks);
  if (c.start == Collective::Start::blocking) {
    return prepared_call([parts = std::move(parts), run = functions.run, name](Stream&) {
      check(run(parts), name);
    });
  }
  Posted posted(std::move(parts), functions, name);
  if (c.start == Collective::Start::overlapped) {
    return std::make_unique<Overlapped>(std::move(posted));
  }
  return prepared_call([posted = std::move(posted)](Stream&) mutable {
    posted.post();
    posted.wait();
  });
}

}  // namespace shortfall::mpi
