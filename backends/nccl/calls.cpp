#include "backends/nccl/calls.hpp"

#include "backends/call.hpp"

namespace shortfall::nccl {

std::optional<ncclDataType_t> type_of(DType type) {
  switch (type) {
    case DType::f64:
      return ncclFloat64;
    case DType::f32:
      return ncclFloat32;
    case DType::bf16:
      return ncclBfloat16;
    case DType::f16:
      return ncclFloat16;
    case DType::f8_e4m3:
      return ncclFloat8e4m3;
    case DType::f8_e5m2:
      return ncclFloat8e5m2;
    case DType::i32:
      return ncclInt32;
    case DType::int8:
      return ncclInt8;
    case DType::u8:
      return ncclUint8;
    case DType::i64:
      return ncclInt64;
    case DType::u32:
      return ncclUint32;
    case DType::u64:
      return ncclUint64;
    default:
      return std::nullopt;
  }
}

Enqueue group_of(const NcclRanks& ranks, std::vector<Message> sends,
                 std::vector<Message> receives) {
  return [&library = ranks.library(), comm = ranks.handle(), sends = std::move(sends),
          receives = std::move(receives)](cudaStream_t on) {
    ncclResult_t status = library.group_start();
    for (const auto& [data, bytes, peer] : sends) {
      if (status != ncclSuccess) break;
      status = library.send(data, bytes, ncclUint8, peer, comm, on);
    }
    for (const auto& [data, bytes, peer] : receives) {
      if (status != ncclSuccess) break;
      status = library.receive(data, bytes, ncclUint8, peer, comm, on);
    }
    const ncclResult_t ended = library.group_end();
    return status == ncclSuccess ? ended : status;
  };
}

NcclCall::NcclCall(std::shared_ptr<NcclRanks> ranks, std::string name, Enqueue call,
                   Details details, std::string function, Registrations registrations)
    : ranks_(std::move(ranks)),
      name_(std::move(name)),
      call_(std::move(call)),
      details_(std::move(details)),
      function_(std::move(function)),
      registrations_(std::move(registrations)) {}

Details NcclCall::details() const {
  Details all = details_;
  for (const auto& choice : ranks_->choices().of_last(function_)) all.push_back(choice);
  return all;
}

void NcclCall::enqueue(Stream& stream) {
  auto* const on = static_cast<cudaStream_t>(stream.native_handle());
  ranks_->finish(call_(on), name_.c_str());
}

void NcclCall::collect() {
  if (!last_) return;
  cudaError_t status = cudaMemcpy(last_->to, last_->from, last_->bytes, cudaMemcpyDeviceToDevice);
  // Such a copy is only begun when the call returns, and no stream of ours waits for it.
  if (status == cudaSuccess) status = cudaDeviceSynchronize();
  require(
      status == cudaSuccess, [] { return "bring a block to the start of its buffer"; },
      cudaGetErrorString(status));
}

void NcclCall::collect_by_copy(std::byte* to, const std::byte* from, std::size_t bytes) {
  if (to != from) last_ = Copy{to, from, bytes};
}

Preparation nothing_to_do() {
  return prepared_call([](Stream&) {});
}

ncclResult_t enqueue_barrier(const NcclRanks& ranks, void* scratch, cudaStream_t on) {
  return ranks.library().all_reduce(scratch, scratch, 1, ncclInt32, ncclSum, ranks.handle(), on);
}

}  // namespace shortfall::nccl
