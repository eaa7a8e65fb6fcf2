// usage: gemm_dnnl <f32|bf16|bf16f32|u8s8|s8s8> <n> <reps> [any]   M=N=K=n, oneDNN matmul
#include <omp.h>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <oneapi/dnnl/dnnl.hpp>
#include <string>
#include <unordered_map>
#include <vector>
using namespace dnnl;
static double now() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}
int main(int c, char** v) {
  std::string m = v[1];
  long n = atol(v[2]);
  int R = atoi(v[3]);
  bool any = c > 4;
  using dt = memory::data_type;
  using tag = memory::format_tag;
  dt a = dt::f32, b = dt::f32, d = dt::f32;
  if (m == "bf16") {
    a = b = d = dt::bf16;
  }
  if (m == "bf16f32") {
    a = b = dt::bf16;
  }
  if (m == "u8s8") {
    a = dt::u8;
    b = dt::s8;
    d = dt::s32;
  }
  if (m == "s8s8") {
    a = b = dt::s8;
    d = dt::s32;
  }
  if (m == "u8s8u8") {
    a = dt::u8;
    b = dt::s8;
    d = dt::s8;
  }
  engine e(engine::kind::cpu, 0);
  stream s(e);
  memory::dims D = {n, n};
  auto fa = any ? tag::any : tag::ab;
  memory::desc A(D, a, tag::ab), B(D, b, fa), C(D, d, tag::ab);
#if DNNL_VERSION_MAJOR >= 3
  matmul::primitive_desc pd(e, A, B, C);
#else
  matmul::desc md(A, B, C);
  matmul::primitive_desc pd(md, e);
#endif
  matmul p(pd);
  memory ma(pd.src_desc(), e), mb(pd.weights_desc(), e), mc(pd.dst_desc(), e);
  auto fill = [&](memory& x, dt t) {  // f32 -> reorder to type
    memory f(memory::desc(D, dt::f32, tag::ab), e);
    float* q = (float*)f.get_data_handle();
    for (long i = 0; i < n * n; i++) {
      float r = rand() / (float)RAND_MAX;
      q[i] = t == dt::u8 ? (int)(r * 8) : t == dt::s8 ? (int)(r * 8 - 4) : r - .5f;
    }
    reorder(f, x).execute(s, f, x);
    s.wait();
  };
  fill(ma, a);
  fill(mb, b);
  std::vector<double> t;
  std::unordered_map<int, memory> args{
      {DNNL_ARG_SRC, ma}, {DNNL_ARG_WEIGHTS, mb}, {DNNL_ARG_DST, mc}};
  p.execute(s, args);
  s.wait();
  p.execute(s, args);
  s.wait();
  for (int i = 0; i < R; i++) {
    double x = now();
    p.execute(s, args);
    s.wait();
    t.push_back(now() - x);
  }
  std::sort(t.begin(), t.end());
  double f = 2.0 * n * n * n * 1e-9;
  printf("oneDNN %d.%d.%d %-8s n=%ld wei=%s thr=%d best %.1f median %.1f GF(OP)/s impl=%s\n",
         dnnl_version()->major, dnnl_version()->minor, dnnl_version()->patch, m.c_str(), n,
         any ? "any" : "ab", omp_get_max_threads(), f / t[0], f / t[R / 2], pd.impl_info_str());
}
