// One thread: for builds without OpenMP.
#include "backends/host/threads.hpp"

// Libraries may bring an OpenMP of their own, which must be told, too. Null if none was loaded.
extern "C" [[gnu::weak]] void omp_set_num_threads(int threads);

namespace shortfall {

int available_threads(int) { return 1; }

void limit_library_threads(int threads) {
  if (omp_set_num_threads != nullptr) omp_set_num_threads(threads);
}

void run_threads(int threads, void (*body)(void* context, int thread), void* context) {
  for (int thread = 0; thread < threads; ++thread) body(context, thread);
}

}  // namespace shortfall
