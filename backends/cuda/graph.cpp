#include "backends/cuda/graph.hpp"

namespace shortfall::cuda {

Graph::Graph(std::unique_ptr<Prepared> work, CudaStream& stream)
    : work_(std::move(work)), stream_(stream) {}

Graph::~Graph() {
  if (graph_ != nullptr) cudaGraphExecDestroy(graph_);
}

void Graph::enqueue(Stream& stream) {
  check(cudaGraphLaunch(graph_, own(stream).handle()), "launch a graph");
}

// Launched once at once: what is loaded only then would wait for a stream that is held.
void Graph::refresh() {
  work_->refresh();
  if (graph_ != nullptr) return;
  capture();
  enqueue(stream_);
  check(cudaStreamSynchronize(stream_.handle()), "launch a graph");
}

void Graph::capture() {
  cudaGraph_t captured = nullptr;
  check(cudaStreamBeginCapture(stream_.handle(), cudaStreamCaptureModeThreadLocal),
        "begin a graph");
  try {
    work_->enqueue(stream_);
  } catch (...) {  // a stream that is left in this state takes no other work
    if (cudaStreamEndCapture(stream_.handle(), &captured) == cudaSuccess) {
      cudaGraphDestroy(captured);
    }
    throw;
  }
  check(cudaStreamEndCapture(stream_.handle(), &captured), "end a graph");
  const cudaError_t status = cudaGraphInstantiate(&graph_, captured, 0);
  cudaGraphDestroy(captured);
  check(status, "make a graph ready");
}

Details Graph::details() const {
  Details all = work_->details();
  all.emplace_back("launched_as", "one graph");
  return all;
}

}  // namespace shortfall::cuda
