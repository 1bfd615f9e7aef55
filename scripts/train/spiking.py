# SPDX-License-Identifier: Apache-2.0
"""What both trainings share: rounded weights, batches of input spikes, seeds and progress lines."""

import random
import sys
import time
from collections.abc import Iterator

import numpy as np
import torch

from encoding import spike_table


class RoundThrough(torch.autograd.Function):
    """Rounds forwards, lets the gradient through unchanged (straight-through estimator)."""

    @staticmethod
    def forward(context, value):
        return torch.round(value)

    @staticmethod
    def backward(context, gradient):
        return gradient


def integers(value: torch.Tensor, low: int, high: int) -> torch.Tensor:
    """The nearest integers in [low, high], with a gradient inside the bounds."""
    return RoundThrough.apply(torch.clamp(value, low, high))


class Encoder:
    """Turns images (unsigned bytes) into spike tensors (steps, images, 1, 28, 28) by table."""

    def __init__(self, encoding: str, steps: int):
        self.table = torch.from_numpy(spike_table(encoding, steps)).float()

    def __call__(self, images: np.ndarray) -> torch.Tensor:
        spikes = self.table[torch.from_numpy(images.astype(np.int64))]
        return spikes.permute(3, 0, 1, 2).unsqueeze(2).contiguous()


def batches(count: int, size: int, shuffle: np.random.Generator) -> Iterator[np.ndarray]:
    """The indices of one epoch, in random order, all of one size."""
    order = shuffle.permutation(count)
    for start in range(0, count - size + 1, size):
        yield order[start : start + size]


def set_seed(seed: int) -> np.random.Generator:
    """Seeds everything that draws numbers, and keeps PyTorch to one thread and to fixed algorithms."""
    random.seed(seed)
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    return np.random.default_rng(seed)


class Progress:
    """Prints one line per report on stderr, with the seconds since the start."""

    def __init__(self):
        self.start = time.monotonic()

    def __call__(self, text: str) -> None:
        print(f"[{time.monotonic() - self.start:6.0f} s] {text}", file=sys.stderr, flush=True)
