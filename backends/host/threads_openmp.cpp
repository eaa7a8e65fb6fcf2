// Threads by OpenMP: the team that oneDNN and BLIS use, too, so that no two teams compete.
#include <omp.h>

#include "backends/host/threads.hpp"

namespace shortfall {

int available_threads(int wanted) { return wanted; }

void limit_library_threads(int threads) { omp_set_num_threads(threads); }

void run_threads(int threads, void (*body)(void* context, int thread), void* context) {
#pragma omp parallel num_threads(threads)
  body(context, omp_get_thread_num());
}

}  // namespace shortfall
