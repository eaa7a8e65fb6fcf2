#include "backends/cuda/branches.hpp"

namespace shortfall::cuda {
namespace {

void make(cudaEvent_t& event) {
  check(cudaEventCreateWithFlags(&event, cudaEventDisableTiming), "make an event");
}

}  // namespace

Branches::Branches(std::size_t count) : all_(count) {
  if (count > 0) make(start_);
  for (Branch& branch : all_) {
    check(cudaStreamCreateWithFlags(&branch.stream, cudaStreamNonBlocking), "open a stream");
    make(branch.end);
  }
}

Branches::~Branches() {
  for (const Branch& branch : all_) {
    cudaStreamDestroy(branch.stream);
    cudaEventDestroy(branch.end);
  }
  if (start_ != nullptr) cudaEventDestroy(start_);
}

void Branches::fork(CudaStream& trunk) {
  if (all_.empty()) return;
  constexpr const char* doing = "begin a stream beside another";
  check(cudaEventRecord(start_, trunk.handle()), doing);
  for (const Branch& branch : all_) check(cudaStreamWaitEvent(branch.stream, start_, 0), doing);
}

void Branches::join(CudaStream& trunk) {
  constexpr const char* doing = "end a stream beside another";
  for (const Branch& branch : all_) {
    check(cudaEventRecord(branch.end, branch.stream), doing);
    check(cudaStreamWaitEvent(trunk.handle(), branch.end, 0), doing);
  }
}

}  // namespace shortfall::cuda
