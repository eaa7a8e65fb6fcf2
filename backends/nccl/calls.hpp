// What NCCL is asked for on fixed buffers: one call of its own, or a group of sends and receives.
#pragma once

#include <cuda_runtime_api.h>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "backends/nccl/memory.hpp"
#include "backends/nccl/ranks.hpp"

namespace shortfall::nccl {

std::optional<ncclDataType_t> type_of(DType type);

// Enqueues it all. Answers as NCCL does.
using Enqueue = std::function<ncclResult_t(cudaStream_t)>;

struct Message {
  std::byte* data;
  std::size_t bytes;
  int peer;
};

// All of them at once: none waits for another one.
Enqueue group_of(const NcclRanks& ranks, std::vector<Message> sends, std::vector<Message> receives);

class NcclCall final : public Prepared {
 public:
  using Registrations = std::vector<std::unique_ptr<BufferRegistration>>;

  // `function`: as NCCL calls its own, "AllReduce"; "" for groups of messages.
  NcclCall(std::shared_ptr<NcclRanks> ranks, std::string name, Enqueue call, Details details = {},
           std::string function = {}, Registrations registrations = {});

  void enqueue(Stream& stream) override;
  void collect() override;
  Details details() const override;

  // The result lies at `from`, and is to be brought to `to`.
  void collect_by_copy(std::byte* to, const std::byte* from, std::size_t bytes);

 private:
  struct Copy {
    std::byte* to;
    const std::byte* from;
    std::size_t bytes;
  };

  std::shared_ptr<NcclRanks> ranks_;
  std::string name_;
  Enqueue call_;
  Details details_;
  std::string function_;
  Registrations registrations_;
  std::optional<Copy> last_;
};

// What needs no communication at all.
Preparation nothing_to_do();

// Why this rank cannot; "" = it can, for all that it knows alone.
std::string why_not(const Collective& collective, const Library& library);

// Of what no rank refuses.
Preparation prepare_collective(const Collective& collective, Operands& on,
                               const std::shared_ptr<NcclRanks>& ranks);
Preparation prepare_transfer(const Transfer& transfer, Operands& on,
                             const std::shared_ptr<NcclRanks>& ranks);

// All ranks' streams go on together.
ncclResult_t enqueue_barrier(const NcclRanks& ranks, void* scratch, cudaStream_t on);

}  // namespace shortfall::nccl
