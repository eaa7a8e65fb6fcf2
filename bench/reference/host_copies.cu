// Copies between pinned memory of the host and GPU 0 by its copy engine, as nvbandwidth times them:
// 4 that are not counted and 16 that are, all enqueued behind a kernel that waits for the host;
// median of 3. Memory lies on the NUMA node nearest to the GPU.
//   host_copies [BYTES]     prints "to_device BYTES_PER_S" and "to_host BYTES_PER_S"
#include <cuda_runtime.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

static void check(cudaError_t status, const char* doing) {
  if (status == cudaSuccess) return;
  std::fprintf(stderr, "%s: %s\n", doing, cudaGetErrorString(status));
  std::exit(3);
}

__global__ void hold(const volatile int* go) {
  const long long start = clock64();
  while (*go == 0 && clock64() - start < 20000000000LL) continue;
}

static void prefer_node(int device) {
  int node = -1;
  cudaDeviceGetAttribute(&node, cudaDevAttrHostNumaId, device);
  if (node < 0 || node >= 64) return;
  unsigned long nodes = 1UL << node;
  const int preferred = 1;
  syscall(SYS_set_mempolicy, preferred, &nodes, 65UL);
}

static double seconds_of_copy(void* to, const void* from, size_t bytes, cudaStream_t stream,
                              volatile int* go) {
  const int warm = 4, counted = 16;
  cudaEvent_t start, end;
  check(cudaEventCreate(&start), "make an event");
  check(cudaEventCreate(&end), "make an event");
  *go = 0;
  hold<<<1, 1, 0, stream>>>(const_cast<const int*>(go));
  for (int i = 0; i < warm; ++i) cudaMemcpyAsync(to, from, bytes, cudaMemcpyDefault, stream);
  cudaEventRecord(start, stream);
  for (int i = 0; i < counted; ++i) cudaMemcpyAsync(to, from, bytes, cudaMemcpyDefault, stream);
  cudaEventRecord(end, stream);
  *go = 1;
  check(cudaStreamSynchronize(stream), "copy");
  float milliseconds = 0;
  check(cudaEventElapsedTime(&milliseconds, start, end), "read the time");
  cudaEventDestroy(start);
  cudaEventDestroy(end);
  return 1e-3 * milliseconds / counted;
}

int main(int count, char** words) {
  const size_t bytes = count > 1 ? std::strtoull(words[1], nullptr, 10) : size_t{512} << 20;
  check(cudaSetDevice(0), "take GPU 0");
  prefer_node(0);
  void *host, *device, *flag;
  check(cudaHostAlloc(&host, bytes, cudaHostAllocPortable), "pin memory");
  check(cudaHostAlloc(&flag, sizeof(int), cudaHostAllocMapped), "pin memory");
  check(cudaMalloc(&device, bytes), "allocate GPU memory");
  std::memset(host, 1, bytes);
  cudaStream_t stream;
  check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "open a stream");
  volatile int* const go = static_cast<volatile int*>(flag);
  *go = 1;  // kernels are loaded at their first launch
  hold<<<1, 1, 0, stream>>>(const_cast<const int*>(go));
  check(cudaStreamSynchronize(stream), "run a first kernel");
  for (const bool is_to_device : {true, false}) {
    double times[3];
    for (double& time : times) {
      time = seconds_of_copy(is_to_device ? device : host, is_to_device ? host : device, bytes,
                             stream, go);
    }
    std::sort(times, times + 3);
    std::printf("%s %.6e\n", is_to_device ? "to_device" : "to_host",
                static_cast<double>(bytes) / times[1]);
  }
}
