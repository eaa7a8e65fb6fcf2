// Pointer chase: one load after the other along a random cycle of 64-byte lines.
//   chase BYTES HUGE LOADS REPEATS     prints the best and the median nanoseconds of a load
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}
static uint64_t S = 88172645463325252ull;
static uint64_t rnd(void) {
  S ^= S << 13;
  S ^= S >> 7;
  S ^= S << 17;
  return S;
}
static int cmp(const void* a, const void* b) {
  double x = *(double*)a, y = *(double*)b;
  return x < y ? -1 : x > y;
}
int main(int c, char** v) {
  if (c < 5) return 64;
  size_t bytes = atol(v[1]), it = atol(v[3]), n = bytes / 64;
  int huge = atoi(v[2]), repeats = atoi(v[4]);
  char* m = mmap(0, bytes + (2 << 21), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  m = (char*)(((size_t)m + (1 << 21) - 1) & ~((size_t)(1 << 21) - 1));
  madvise(m, (bytes + (1 << 21) - 1) & ~((size_t)(1 << 21) - 1),
          huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
  uint32_t* p = malloc(n * 4);
  for (size_t i = 0; i < n; i++) p[i] = i;
  for (size_t i = n - 1; i > 0; i--) {  // Sattolo: single cycle
    size_t j = rnd() % i;
    uint32_t t = p[i];
    p[i] = p[j];
    p[j] = t;
  }
  for (size_t i = 0; i < n; i++) *(void**)(m + 64 * i) = m + 64 * (size_t)p[i];
  free(p);
  void** q = (void**)m;
  for (size_t i = 0; i < n; i++) q = *q;
  double* times = malloc(repeats * sizeof *times);
  // The first lines may still be in a cache that others use, too, from being written: as many
  // repeats as the warm-up of Shortfall takes are not counted.
  int uncounted = 34;
  for (int r = -uncounted; r < repeats; r++) {
    double t = now();
    for (size_t i = 0; i < it; i += 8) {
      q = *q;
      q = *q;
      q = *q;
      q = *q;
      q = *q;
      q = *q;
      q = *q;
      q = *q;
      __asm__ volatile("" ::"r"(q));
    }
    if (r >= 0) times[r] = (now() - t) / it;
  }
  qsort(times, repeats, sizeof *times, cmp);
  printf("%.4f %.4f\n", 1e9 * times[0], 1e9 * times[repeats / 2]);
  return 0;
}
