// Work of many calls as one graph, which is launched at once.
#pragma once

#include <functional>
#include <memory>

#include "backends/cuda/stream.hpp"
#include "backends/device.hpp"

namespace shortfall::cuda {

// What `enqueue` puts on `stream`, as one graph that is ready to be launched. The caller destroys
// it.
cudaGraphExec_t captured(CudaStream& stream, const std::function<void()>& enqueue);

class Graph final : public Prepared {
 public:
  // What `work` enqueues is captured on `stream` when it is refreshed. `wait` waits for the stream.
  Graph(std::unique_ptr<Prepared> work, CudaStream& stream, std::function<void()> wait);
  ~Graph() override;
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  void enqueue(Stream& stream) override;
  void refresh() override;
  Details details() const override;
  void collect() override { work_->collect(); }
  std::vector<Figure> figures() const override { return work_->figures(); }

 private:
  std::unique_ptr<Prepared> work_;
  CudaStream& stream_;
  std::function<void()> wait_;
  cudaGraphExec_t graph_ = nullptr;
};

}  // namespace shortfall::cuda
