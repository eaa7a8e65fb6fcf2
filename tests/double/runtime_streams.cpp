// The double's functions of streams, events and graphs, and of errors.
#include <cstring>

#include "tests/double/runtime_state.hpp"

using shortfall::cuda_double::answer;
using shortfall::cuda_double::enqueue;
using shortfall::cuda_double::state;
using shortfall::cuda_double::wait_for_all;

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) {
  const cudaError_t status = answer("cudaStreamCreateWithFlags");
  if (status != cudaSuccess) return status;
  auto made = std::make_shared<CUstream_st>();
  *stream = made.get();
  const std::scoped_lock lock(state().mutex);
  state().streams[*stream] = std::move(made);
  return cudaSuccess;
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  std::shared_ptr<CUstream_st> ended;  // outside of the lock: it does what is left first
  const std::scoped_lock lock(state().mutex);
  ended = std::move(state().streams[stream]);
  state().streams.erase(stream);
  return cudaSuccess;
}

cudaError_t cudaStreamQuery(cudaStream_t stream) {
  if (!stream->is_idle()) return cudaErrorNotReady;
  return answer("cudaStreamQuery");
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  stream->wait();
  return answer("cudaStreamSynchronize");
}

cudaError_t cudaDeviceSynchronize() {
  wait_for_all();
  return answer("cudaDeviceSynchronize");
}

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode) {
  stream->capture = std::make_unique<CUgraph_st>();
  return answer("cudaStreamBeginCapture");
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  *graph = stream->capture.release();
  return answer("cudaStreamEndCapture");
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t* ready, cudaGraph_t graph, unsigned long long) {
  const cudaError_t status = answer("cudaGraphInstantiate");
  if (status == cudaSuccess) *ready = new CUgraphExec_st{graph->nodes};
  return status;
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t graph, cudaStream_t stream) {
  const cudaError_t status = answer("cudaGraphLaunch");
  if (status != cudaSuccess) return status;
  enqueue(stream, [nodes = graph->nodes] {
    for (const DoubleWork& node : nodes) node();
  });
  return cudaSuccess;
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  delete graph;
  return cudaSuccess;
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t graph) {
  delete graph;
  return cudaSuccess;
}

cudaError_t cudaEventCreate(cudaEvent_t* event) {
  const cudaError_t status = answer("cudaEventCreate");
  if (status == cudaSuccess) *event = new CUevent_st;
  return status;
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned) {
  return cudaEventCreate(event);
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
  delete event;
  return cudaSuccess;
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  const cudaError_t status = answer("cudaEventRecord");
  if (status != cudaSuccess) return status;
  const std::uint64_t number = ++event->enqueued;
  enqueue(stream, [event, number] {
    event->time = std::chrono::steady_clock::now();
    event->passed = number;
  });
  return cudaSuccess;
}

// For what was recorded so far, whatever is recorded later.
cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned) {
  const cudaError_t status = answer("cudaStreamWaitEvent");
  if (status != cudaSuccess) return status;
  const std::uint64_t number = event->enqueued;
  enqueue(stream, [event, number] {
    while (event->passed < number && state().broken == 0) std::this_thread::yield();
  });
  return cudaSuccess;
}

cudaError_t cudaEventQuery(cudaEvent_t event) {
  return event->is_done() ? answer("cudaEventQuery") : cudaErrorNotReady;
}

cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  while (!event->is_done() && state().broken == 0) std::this_thread::yield();
  return answer("cudaEventSynchronize");
}

cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t from, cudaEvent_t to) {
  if (!from->is_done() || !to->is_done()) return cudaErrorNotReady;
  *milliseconds = std::chrono::duration<float, std::milli>(to->time - from->time).count();
  return answer("cudaEventElapsedTime");
}

cudaError_t cudaMemsetAsync(void* to, int value, std::size_t size, cudaStream_t stream) {
  const cudaError_t status = answer("cudaMemsetAsync");
  if (status == cudaSuccess) enqueue(stream, [=] { std::memset(to, value, size); });
  return status;
}

cudaError_t cudaGetLastError() { return static_cast<cudaError_t>(state().broken.load()); }

const char* cudaGetErrorString(cudaError_t status) {
  switch (status) {
    case cudaSuccess:
      return "no error";
    case cudaErrorMemoryAllocation:
      return "out of memory";
    case cudaErrorNoDevice:
      return "no CUDA-capable device is detected";
    case cudaErrorDevicesUnavailable:
      return "CUDA-capable device(s) is/are busy or unavailable";
    case cudaErrorECCUncorrectable:
      return "uncorrectable ECC error encountered";
    case cudaErrorIllegalAddress:
      return "an illegal memory access was encountered";
    case cudaErrorLaunchFailure:
      return "unspecified launch failure";
    default:
      return "an error of the double";
  }
}

const char* cudaGetErrorName(cudaError_t status) {
  switch (status) {
    case cudaErrorMemoryAllocation:
      return "cudaErrorMemoryAllocation";
    case cudaErrorNoDevice:
      return "cudaErrorNoDevice";
    case cudaErrorDevicesUnavailable:
      return "cudaErrorDevicesUnavailable";
    case cudaErrorECCUncorrectable:
      return "cudaErrorECCUncorrectable";
    case cudaErrorIllegalAddress:
      return "cudaErrorIllegalAddress";
    case cudaErrorLaunchFailure:
      return "cudaErrorLaunchFailure";
    default:
      return "cudaErrorUnknown";
  }
}
