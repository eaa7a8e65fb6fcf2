// STREAM copy/scale/add/triad + read, with regular (rfo) and non-temporal AVX-512 stores. bytes
// counted STREAM style (no RFO)
#define _GNU_SOURCE
#include <immintrin.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
static int cmp(const void* a, const void* b) {
  double x = *(double*)a, y = *(double*)b;
  return x < y ? -1 : x > y;
}
static double sink;
int main(int c, char** v) {
  size_t N = c > 1 ? atol(v[1]) : 1 << 25;
  int R = c > 2 ? atoi(v[2]) : 20;
  int huge = c > 3 ? atoi(v[3]) : 1;
  double* p[3];
  for (int i = 0; i < 3; i++) {
    p[i] = mmap(0, N * 8 + (1 << 21), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    p[i] = (double*)(((size_t)p[i] + (1 << 21) - 1) & ~((size_t)(1 << 21) - 1));
    madvise(p[i], N * 8, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
  }
  double *a = p[0], *b = p[1], *q = p[2];
#pragma omp parallel for schedule(static)
  for (size_t i = 0; i < N; i++) {
    a[i] = 1;
    b[i] = 2;
    q[i] = 0;
  }
  __m512d s = _mm512_set1_pd(0.4);
  const char* nm[] = {"read", "copy", "scale", "add", "triad"};
  double by[] = {8, 16, 16, 24, 24};
  double tb[2][5][256];
  double sum = 0;
  for (int nt = 0; nt < 2; nt++)
    for (int r = 0; r < R; r++)
      for (int k = 0; k < 5; k++) {
        double t = omp_get_wtime();
#pragma omp parallel reduction(+ : sum)
        {
          int id = omp_get_thread_num(), n = omp_get_num_threads();
          size_t lo = N / n * id, hi = id == n - 1 ? N : N / n * (id + 1);
#define ST(d, x)              \
  do {                        \
    if (nt)                   \
      _mm512_stream_pd(d, x); \
    else                      \
      _mm512_store_pd(d, x);  \
  } while (0)
          if (k == 0) {
            __m512d x0 = _mm512_setzero_pd(), x1 = x0, x2 = x0, x3 = x0;
            for (size_t i = lo; i < hi; i += 32) {
              x0 = _mm512_add_pd(x0, _mm512_load_pd(a + i));
              x1 = _mm512_add_pd(x1, _mm512_load_pd(a + i + 8));
              x2 = _mm512_add_pd(x2, _mm512_load_pd(a + i + 16));
              x3 = _mm512_add_pd(x3, _mm512_load_pd(a + i + 24));
            }
            sum +=
                _mm512_reduce_add_pd(_mm512_add_pd(_mm512_add_pd(x0, x1), _mm512_add_pd(x2, x3)));
          }
          if (k == 1) {
            if (nt)
              for (size_t i = lo; i < hi; i += 8) _mm512_stream_pd(q + i, _mm512_load_pd(a + i));
            else
              for (size_t i = lo; i < hi; i += 8) _mm512_store_pd(q + i, _mm512_load_pd(a + i));
          }
          if (k == 2) {
            if (nt)
              for (size_t i = lo; i < hi; i += 8)
                _mm512_stream_pd(b + i, _mm512_mul_pd(s, _mm512_load_pd(q + i)));
            else
              for (size_t i = lo; i < hi; i += 8)
                _mm512_store_pd(b + i, _mm512_mul_pd(s, _mm512_load_pd(q + i)));
          }
          if (k == 3) {
            if (nt)
              for (size_t i = lo; i < hi; i += 8)
                _mm512_stream_pd(q + i,
                                 _mm512_add_pd(_mm512_load_pd(a + i), _mm512_load_pd(b + i)));
            else
              for (size_t i = lo; i < hi; i += 8)
                _mm512_store_pd(q + i, _mm512_add_pd(_mm512_load_pd(a + i), _mm512_load_pd(b + i)));
          }
          if (k == 4) {
            if (nt)
              for (size_t i = lo; i < hi; i += 8)
                _mm512_stream_pd(a + i,
                                 _mm512_fmadd_pd(s, _mm512_load_pd(q + i), _mm512_load_pd(b + i)));
            else
              for (size_t i = lo; i < hi; i += 8)
                _mm512_store_pd(a + i,
                                _mm512_fmadd_pd(s, _mm512_load_pd(q + i), _mm512_load_pd(b + i)));
          }
          if (nt) _mm_sfence();
        }
        tb[nt][k][r] = omp_get_wtime() - t;
      }
  sink = sum;
  for (int nt = 0; nt < 2; nt++) {
    printf("thr=%d N=%zu (%.0f MB/array) %s %s:", omp_get_max_threads(), N, N * 8e-6,
           huge ? "huge" : "4k", nt ? "NT " : "RFO");
    for (int k = 0; k < 5; k++) {
      qsort(tb[nt][k] + 1, R - 1, sizeof(double), cmp);
      printf(" %s %.1f/%.1f", nm[k], by[k] * N / tb[nt][k][1] * 1e-9,
             by[k] * N / tb[nt][k][1 + (R - 1) / 2] * 1e-9);
    }
    puts("  (best/median GB/s)");
  }
  return sum == 1.5;
}
