#!/usr/bin/env python3
"""Times matrix products of PyTorch on one GPU, to be held against `shortfall run gemm`.

    bench/torch_products.py TYPE MxNxK [MxNxK ...]        TYPE: bf16 or f8_e4m3

Prints one line of JSON for each shape: {"shape", "type", "min_s", "median_s", "samples"}, times of
one product. Operands are standard normal (f8: rounded to e4m3, B column-major, scales 1, results in
bf16, no fast accumulation). A sample repeats the product for at least a millisecond between two
events behind a warm-up; there are at least 30 samples, or as many as fit into a second.
"""

import json
import statistics
import sys

import torch

LEAST_SAMPLE_S, SAMPLES, WARM_UP_S = 1e-3, 30, 0.2


def product(kind, m, n, k):
    """A function that does the product once, and writes where it has written before."""
    a = torch.randn(m, k, device="cuda", dtype=torch.float32)
    b = torch.randn(k, n, device="cuda", dtype=torch.float32)
    c = torch.empty(m, n, device="cuda", dtype=torch.bfloat16)
    if kind == "bf16":
        a, b = a.bfloat16(), b.bfloat16()
        return lambda: torch.matmul(a, b, out=c)
    if kind == "f8_e4m3":
        a, b = a.to(torch.float8_e4m3fn), b.t().contiguous().to(torch.float8_e4m3fn).t()
        one = torch.ones((), device="cuda")
        return lambda: torch._scaled_mm(a, b, scale_a=one, scale_b=one, out_dtype=torch.bfloat16,
                                        use_fast_accum=False, out=c)
    sys.exit(f"torch_products: '{kind}' is no type. One of: bf16, f8_e4m3")


def time_of(function, calls):
    start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    start.record()
    for _ in range(calls):
        function()
    end.record()
    end.synchronize()
    return start.elapsed_time(end) * 1e-3 / calls


def timed(function):
    time_of(function, 3)
    once = time_of(function, 3)
    calls = max(1, round(LEAST_SAMPLE_S / once + 0.5))
    time_of(function, max(calls, round(WARM_UP_S / once)))
    return [time_of(function, calls) for _ in range(SAMPLES)]


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    kind = sys.argv[1]
    for shape in sys.argv[2:]:
        samples = timed(product(kind, *(int(size) for size in shape.split("x"))))
        print(json.dumps({"shape": shape, "type": kind, "min_s": min(samples),
                          "median_s": statistics.median(samples), "samples": len(samples)}), flush=True)


if __name__ == "__main__":
    main()
