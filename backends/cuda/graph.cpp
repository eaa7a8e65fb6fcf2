#include "backends/cuda/graph.hpp"

namespace shortfall::cuda {

cudaGraphExec_t captured(CudaStream& stream, const std::function<void()>& enqueue) {
  cudaGraph_t graph = nullptr;
  check(cudaStreamBeginCapture(stream.handle(), cudaStreamCaptureModeThreadLocal), "begin a graph");
  try {
    enqueue();
  } catch (...) {  // a stream that is left in this state takes no other work
    if (cudaStreamEndCapture(stream.handle(), &graph) == cudaSuccess) cudaGraphDestroy(graph);
    throw;
  }
  check(cudaStreamEndCapture(stream.handle(), &graph), "end a graph");
  cudaGraphExec_t ready = nullptr;
  const cudaError_t status = cudaGraphInstantiate(&ready, graph, 0);
  cudaGraphDestroy(graph);
  check(status, "make a graph ready");
  return ready;
}

std::unique_ptr<Prepared> CudaStream::as_graph(std::unique_ptr<Prepared> work) {
  return std::make_unique<Graph>(std::move(work), *this);
}

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
  graph_ = captured(stream_, [this] { work_->enqueue(stream_); });
  enqueue(stream_);
  check(cudaStreamSynchronize(stream_.handle()), "launch a graph");
}

Details Graph::details() const {
  Details all = work_->details();
  all.emplace_back("launched_as", "one graph");
  return all;
}

}  // namespace shortfall::cuda
