"""Each rule of scripts/check_architecture.py finds its fault in a tiny tree, and nothing else."""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "scripts"))

from check_architecture import check  # noqa: E402

CLEAN = {
    "core/a.hpp": """// What it is for.
#pragma once
#include <string>
namespace shortfall {
inline constexpr int answer = 42;
inline constexpr std::array<int, 2> table{{1, 2}};
const std::string* const name = nullptr;
template <class T>
struct Box {
  static constexpr int size = 1;
  static int count();
  explicit Box(T value) : value_{value}, other_(1) { use(); }
  std::atomic<int> changing{0};
  T value_;
  int other_ = 0;
};
std::function<int(int)> made();
// std::cout << "sleep_for(1)";
inline std::string text() { return "printf(steady_clock) #if"; }
inline int twice(int x) {
  static const int factor = 2;
  const auto by = [&](int y) { return y * factor; };
  return by(x);
}
}  // namespace shortfall
""",
    "backends/beacon.cpp": '#include "backends/beacon/line.hpp"\n#include <thread>\nnamespace shortfall {}\n',
    "backends/beacon/line.hpp": "// Lines.\n#pragma once\nnamespace shortfall {}\n",
    "backends/mpi/mpi.cpp": '#include <mpi.h>\n#include "core/a.hpp"\nnamespace shortfall {}\n',
    "backends/cuda/k.cu": """#include <cuda_runtime.h>
#include <cooperative_groups.h>
#include "backends/cuda/k.cuh"
namespace shortfall {
template <class T, int depth = 4>
__global__ void __launch_bounds__(1024) scale(T* to, T factor) {
  __shared__ T part[32];
  extern __shared__ char rest[];
  part[threadIdx.x] = factor;
  asm volatile("ld.global.nc.v2.f64 {%0, %1}, [%2];" : "=d"(x), "=d"(y) : "l"(to));
#pragma unroll 4
  for (int i = 0; i < depth; ++i) to[i] *= part[i];
}
void launch(double* to, unsigned blocks, cudaStream_t stream) {
  const auto kernel = blocks > 1 ? scale<double, 8> : scale<double>;
  kernel<<<blocks, 256, 0, stream>>>(to, 3.0);
  scale<double, 2><<<dim3{blocks, 2}, 256>>>(to, 3.0);
}
}  // namespace shortfall
""",
    "backends/cuda/k.cuh": "// Kernels.\n#pragma once\nnamespace shortfall {\nstruct alignas(16) Pair {};\n}\n",
    "backends/cuda/other.hpp": "// More.\n#pragma once\nnamespace shortfall {\nstruct alignas(16) Other {};\n}\n",
    "app/list_json.cpp": "#include <nlohmann/json.hpp>\n#include <mutex>\nnamespace shortfall {}\n",
    "app/main.cpp": "int main() { std::cout << std::chrono::system_clock::now(); }\n",
    "app/CMakeLists.txt": "target_link_libraries(shortfall_app PRIVATE nlohmann_json::nlohmann_json)\n",
    "core/CMakeLists.txt": "target_link_libraries(shortfall_core PUBLIC shortfall_options PRIVATE fmt::fmt)\n",
}


def source(code, before=""):
    return f"{before}\nnamespace shortfall {{\n{code}\n}}\n"


# Rule: (file, its text, words of the fault).
FAULTY = {
    "looks up": ("core/b.cpp", source("", '#include "harness/x.hpp"'), "core/ may not look into harness/"),
    "benchmarks apart": ("gemm_bench/b.cpp", source("", '#include "collectives/x.hpp"'),
                         "gemm_bench/ may not look into collectives/"),
    "measuring predicts": ("harness/b.cpp", source("", '#include "model/x.hpp"'), "may not look into model/"),
    "relative include": ("core/b.cpp", source("", '#include "a.hpp"'), "from the root"),
    "private header": ("app/b.cpp", source("", '#include "backends/mpi/x.hpp"'), "no public header"),
    "private header of another": ("backends/host/b.cpp", source("", '#include "backends/mpi/x.hpp"'),
                                  "no public header"),
    "mpi": ("harness/b.cpp", source("", "#include <mpi.h>"), "only backends/mpi may"),
    "mpi in another backend": ("backends/host/b.cpp", source("", "#include <mpi.h>"), "only backends/mpi may"),
    "hwloc": ("app/b.cpp", source("", "#include <hwloc.h>"), "only topology"),
    "onednn": ("gemm_bench/b.cpp", source("", "#include <oneapi/dnnl/dnnl.hpp>"), "only backends/host"),
    "blas": ("backends/mpi/b.cpp", source("", "#include <cblas.h>"), "only backends/host"),
    "cuda": ("backends/host/b.cpp", source("", "#include <cuda_runtime.h>"), "only backends/cuda"),
    "cuda of its own": ("backends/mpi/b.cu", source("", "#include <cooperative_groups.h>"), "only backends/cuda may"),
    "if in a kernel": ("backends/cuda/b.cu", source("#if __CUDA_ARCH__ >= 900\n#endif"), "conditional block"),
    "long kernel": ("backends/cuda/b.cu", source("__global__ void f() {\n" + "  g<<<1, 1>>>();\n" * 60 + "}"),
                    "function of 62 lines"),
    "memory of a device": ("backends/cuda/b.cu", source("__device__ unsigned finished = 0;"), "can change"),
    "constants of a device": ("backends/cuda/b.cu", source("__constant__ float table[4];"), "can change"),
    "long file of a device": ("backends/cuda/b.cu", source("//\n" * 300), "longer than 300"),
    "no pragma of a device": ("backends/cuda/b.cuh", "// For.\nnamespace shortfall {}\n", "pragma once"),
    "no sentence of a device": ("backends/cuda/b.cuh", "#pragma once\nnamespace shortfall {}\n", "does not open"),
    "aligned type of another": ("backends/cuda/z.hpp", "// For.\n#pragma once\nnamespace shortfall {\n"
                                "struct alignas(64) Pair {};\n}\n", "defines Pair, which backends/cuda/"),
    "nccl": ("collectives/b.cpp", source("", "#include <nccl.h>"), "only backends/nccl"),
    "ucx": ("collectives/b.cpp", source("", "#include <ucp/api/ucp.h>"), "only backends/ucx"),
    "verbs": ("microbench/b.cpp", source("", "#include <infiniband/verbs.h>"), "only backends/verbs"),
    "json": ("diagnosis/b.cpp", source("", "#include <nlohmann/json.hpp>"), "only core and report may"),
    "json of ours": ("topology/b.cpp", source("", '#include "core/json.hpp"'), "only codecs may"),
    "if": ("core/b.cpp", source("#ifdef X\n#endif"), "conditional block"),
    "macro": ("core/b.cpp", source("#define TWICE(x) (2 * (x))"), "function-like macro"),
    "mutable global": ("core/b.cpp", source("int calls = 0;"), "can change"),
    "mutable braced": ("core/b.cpp", source("std::vector<int> calls{1, 2};"), "can change"),
    "pointer that moves": ("core/b.cpp", source('const char* name = "x";'), "can change"),
    "static member": ("core/b.cpp", source("struct A {\n  inline static int calls = 0;\n};"), "can change"),
    "static local": ("core/b.cpp", source("int f() {\n  static int calls = 0;\n  return calls++;\n}"), "can change"),
    "static in anonymous": ("core/b.cpp", source("namespace {\nstatic std::mutex lock;\n}"), "can change"),
    "cout": ("diagnosis/b.cpp", source('void f() { std::cout << "x"; }'), "prints"),
    "printf": ("reporters/b.cpp", source('void f() { std::printf("x"); }'), "prints"),
    "fmt print": ("harness/b.cpp", source('void f() { fmt::print("x"); }'), "prints"),
    "thread": ("harness/b.cpp", source("", "#include <thread>"), "starts threads"),
    "mutex": ("report/b.cpp", source("", "#include <mutex>"), "waits"),
    "clock": ("app/b.cpp", source("auto f() { return std::chrono::steady_clock::now(); }"), "reads a clock"),
    "date": ("report/b.cpp", source("auto f() { return std::chrono::system_clock::now(); }"), "reads a clock"),
    "sleep": ("app/b.cpp", source("void f() { usleep(1); }"), "sleeps"),
    "long file": ("core/b.cpp", source("//\n" * 300), "longer than 300"),
    "long test": ("tests/unit/b.cpp", "//\n" * 301, "longer than 300"),
    "long function": ("core/b.cpp", source("void f() {\n" + "  g();\n" * 60 + "}"), "function of 62 lines"),
    "long member": ("core/b.cpp", source("struct A {\n  A() : a_{1} {\n" + "    g();\n" * 60 + "  }\n};"),
                    "function of 62 lines"),
    "no pragma": ("core/b.hpp", "// For.\nnamespace shortfall {}\n", "pragma once"),
    "no sentence": ("core/b.hpp", "#pragma once\nnamespace shortfall {}\n", "does not open"),
    "no namespace": ("core/b.cpp", "void f() {}\n", "namespace shortfall"),
    "type of another": ("harness/b.hpp", "// For.\n#pragma once\nnamespace shortfall {\nstruct Box {};\n}\n",
                        "defines Box, which core/a.hpp does, too"),
    "links up": ("core/CMakeLists.txt", "target_link_libraries(shortfall_core PUBLIC\n  shortfall_harness)\n",
                 "core/ may not look into harness/"),
    "links json": ("harness/CMakeLists.txt",
                   "target_link_libraries(shortfall_harness PRIVATE nlohmann_json::nlohmann_json)\n",
                   "only core and report may"),
    "links mpi": ("harness/CMakeLists.txt", "target_link_libraries(shortfall_harness PRIVATE MPI::MPI_CXX)\n",
                  "only backends/mpi may"),
}


def faults(tree):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in tree.items():
            path = pathlib.Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return check(pathlib.Path(folder))


class Rules(unittest.TestCase):
    def test_a_clean_tree_has_no_faults(self):
        found, read = faults(CLEAN)

        self.assertEqual(found, [])
        self.assertEqual(read, len(CLEAN))

    def test_every_rule_reports_its_fault_alone(self):
        for rule, (name, text, words) in FAULTY.items():
            with self.subTest(rule):
                found, _ = faults({**CLEAN, name: text})

                self.assertEqual(len(found), 1, found)
                self.assertTrue(found[0].startswith(name + ": ") and words in found[0], found)


if __name__ == "__main__":
    unittest.main()
