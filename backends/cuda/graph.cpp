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

std::unique_ptr<Prepared> CudaStream::as_graph(std::unique_ptr<Prepared> work,
                                               std::function<void()> wait) {
  return std::make_unique<Graph>(std::move(work), *this, std::move(wait));
}

void CudaStream::abandon_graphs() noexcept {
  while (!graphs_.empty()) forget(*graphs_.begin());
}

// One that is being executed is freed by the driver when it has ended.
void CudaStream::forget(cudaGraphExec_t graph) noexcept {
  if (graphs_.erase(graph) > 0) cudaGraphExecDestroy(graph);
}

Graph::Graph(std::unique_ptr<Prepared> work, CudaStream& stream, std::function<void()> wait)
    : work_(std::move(work)), stream_(stream), wait_(std::move(wait)) {}

Graph::~Graph() { stream_.forget(graph_); }

void Graph::enqueue(Stream& stream) {
  check(cudaGraphLaunch(graph_, own(stream).handle()), "launch a graph");
}

// Launched once at once: what is loaded only then would wait for a stream that is held.
void Graph::refresh() {
  work_->refresh();
  if (graph_ != nullptr) return;
  graph_ = captured(stream_, [this] { work_->enqueue(stream_); });
  stream_.remember(graph_);
  enqueue(stream_);
  wait_();
}

Details Graph::details() const {
  Details all = work_->details();
  all.emplace_back("launched_as", "one graph");
  return all;
}

}  // namespace shortfall::cuda
