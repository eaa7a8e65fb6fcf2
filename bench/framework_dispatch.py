#!/usr/bin/env python3
"""Time that a host takes to hand one operation of a framework to its device.

One layer of a GPT, built of the modules that Megatron-LM has (linear layers as autograd functions,
scores with a mask, dropout, norms, residuals), with tensors of 64 elements a row: its products take
nothing, what is left is Python, dispatch and autograd. The layer has 15 operations forward and 21
backward by the count of shortfall's model (model/training/steps_*.cpp), by which its times are
divided: model/system/published.hpp holds the result.

Needs PyTorch (Debian: python3-torch). Run it on a machine that does nothing else:

    /usr/bin/python3 bench/framework_dispatch.py [--layers N] [--repeats N]
"""

import argparse
import statistics
import time

import torch
import torch.nn.functional as functional
from torch import nn
from torch.utils.checkpoint import checkpoint

HIDDEN, HEADS, TOKENS, BATCH = 64, 4, 8, 1
OPERATIONS_FORWARD, OPERATIONS_BACKWARD = 15, 21


class Product(torch.autograd.Function):
    """x W^T, its gradients by two products, as tensor-parallel layers do."""

    @staticmethod
    def forward(ctx, inputs, weight):
        ctx.save_for_backward(inputs, weight)
        return torch.matmul(inputs, weight.t())

    @staticmethod
    def backward(ctx, gradient):
        inputs, weight = ctx.saved_tensors
        rows = gradient.contiguous().view(-1, gradient.shape[-1])
        return gradient.matmul(weight), rows.t().matmul(inputs.view(-1, inputs.shape[-1]))


class Linear(nn.Module):
    """Leaves its bias to the operation behind it, if asked to."""

    def __init__(self, inputs, outputs, leaves_bias):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) * 0.02)
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.leaves_bias = leaves_bias

    def forward(self, inputs):
        outputs = Product.apply(inputs, self.weight)
        return (outputs, self.bias) if self.leaves_bias else (outputs + self.bias, None)


@torch.jit.script
def bias_dropout_add(inputs, bias, residual, probability: float):
    return residual + functional.dropout(inputs + bias, probability, True)


@torch.jit.script
def bias_gelu(bias, inputs):
    x = inputs + bias
    return x * 0.5 * (1.0 + torch.tanh(0.79788456 * x * (1 + 0.044715 * x * x)))


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.norms = nn.ModuleList([nn.LayerNorm(HIDDEN), nn.LayerNorm(HIDDEN)])
        self.query_key_value = Linear(HIDDEN, 3 * HIDDEN, False)
        self.projection = Linear(HIDDEN, HIDDEN, True)
        self.up = Linear(HIDDEN, 4 * HIDDEN, True)
        self.down = Linear(4 * HIDDEN, HIDDEN, True)

    def attention(self, inputs, mask):
        mixed, _ = self.query_key_value(inputs)
        parts = torch.split(mixed.view(TOKENS, BATCH, HEADS, -1), HIDDEN // HEADS, -1)
        query, key, value = [part.contiguous().view(TOKENS, BATCH * HEADS, -1) for part in parts]
        scores = torch.empty(BATCH * HEADS, TOKENS, TOKENS)
        scores = torch.baddbmm(scores, query.transpose(0, 1),
                               key.transpose(0, 1).transpose(1, 2), beta=0.0, alpha=0.1)
        scores = scores.view(BATCH, HEADS, TOKENS, TOKENS).masked_fill(mask, -1e4)
        shares = functional.dropout(torch.softmax(scores, -1), 0.1, True)
        context = torch.bmm(shares.view(BATCH * HEADS, TOKENS, TOKENS), value.transpose(0, 1))
        context = context.view(BATCH, HEADS, TOKENS, -1).permute(2, 0, 1, 3).contiguous()
        return self.projection(context.view(TOKENS, BATCH, HIDDEN))

    def forward(self, inputs, mask):
        outputs, bias = self.attention(self.norms[0](inputs), mask)
        inputs = bias_dropout_add(outputs, bias.expand_as(inputs), inputs, 0.1)
        widened, bias = self.up(self.norms[1](inputs))
        outputs, bias = self.down(bias_gelu(bias, widened))
        return bias_dropout_add(outputs, bias.expand_as(inputs), inputs, 0.1)


def times_of_step(layers, mask, recomputes):
    """Seconds of one layer, forward and backward."""
    hidden = torch.randn(TOKENS, BATCH, HIDDEN, requires_grad=True)
    begin = time.perf_counter()
    for layer in layers:
        hidden = checkpoint(layer, hidden, mask) if recomputes else layer(hidden, mask)
    middle = time.perf_counter()
    hidden.sum().backward()
    end = time.perf_counter()
    for parameter in layers.parameters():
        parameter.grad = None
    return (middle - begin) / len(layers), (end - middle) / len(layers)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--layers", type=int, default=24)
    parser.add_argument("--repeats", type=int, default=200)
    options = parser.parse_args()
    torch.set_num_threads(1)
    layers = nn.ModuleList([Layer() for _ in range(options.layers)])
    mask = torch.ones(1, 1, TOKENS, TOKENS).triu(1).bool()
    for recomputes in (False, True):
        for _ in range(10):
            times_of_step(layers, mask, recomputes)
        times = [times_of_step(layers, mask, recomputes) for _ in range(options.repeats)]
        forward, backward = zip(*times)
        print(f"{'recomputed' if recomputes else 'plain':<10} forward least "
              f"{min(forward) * 1e3:.2f} ms, median {statistics.median(forward) * 1e3:.2f} ms; "
              f"backward least {min(backward) * 1e3:.2f} ms, "
              f"median {statistics.median(backward) * 1e3:.2f} ms")
        if not recomputes:
            print(f"one operation: forward {min(forward) / OPERATIONS_FORWARD * 1e6:.0f} us, "
                  f"backward {min(backward) / OPERATIONS_BACKWARD * 1e6:.0f} us")
    print("PyTorch", torch.__version__)


if __name__ == "__main__":
    main()
