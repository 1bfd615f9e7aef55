# SPDX-License-Identifier: Apache-2.0
"""Trains fashion-loihi.nir: a convolutional spiking network in Loihi's integers, by surrogate gradients.

The forward pass is the chip's arithmetic, integer for integer (weights of 8 bits, a leak that rounds
towards zero), so what is trained is what the chip runs. The backward pass replaces the step of the
threshold by a smooth slope (Neftci, Mostafa, Zenke 2019, arXiv:1901.09948).
"""

import argparse
import math
import pathlib

import numpy as np
import torch
import torch.nn.functional as functional

import fashion
from networks import Layer, write_network
from spiking import Encoder, Progress, batches, integers, set_seed

WEIGHT_MAX = 127  # signed 8-bit weights
LEAK = 512  # share of the potential lost per step, in 1/4096
STEP_SECONDS = 1e-3
TIME_CONSTANT = STEP_SECONDS * 4096 / LEAK
SURROGATE_SLOPE = 3.0
HELD_BACK = 2000  # training images kept for watching; the test images play no part
FRACTION = 64  # Loihi keeps the potential in 1/64 of a weight unit


class LeakyIntegrateAndFire(torch.autograd.Function):
    """Currents (steps, ...) in weight units to spikes; the potential goes to 0 at a spike."""

    @staticmethod
    def forward(context, current, threshold):
        keep = FRACTION * (4096 - LEAK) / 4096
        potential = torch.zeros_like(current[0])
        before_reset, spikes = torch.empty_like(current), torch.empty_like(current)
        for step in range(current.shape[0]):
            potential = torch.trunc(potential * keep).div_(FRACTION).add_(current[step])
            before_reset[step] = potential
            spikes[step] = potential > threshold
            potential = potential * (1 - spikes[step])
        context.save_for_backward(before_reset, spikes)
        context.threshold = threshold
        return spikes

    @staticmethod
    def backward(context, gradient):
        before_reset, spikes = context.saved_tensors
        distance = (before_reset / context.threshold).sub_(1).abs_()
        slope = distance.mul_(SURROGATE_SLOPE).add_(1).square_().reciprocal_().div_(context.threshold)
        through_time = torch.zeros_like(gradient[0])
        result = torch.empty_like(gradient)
        for step in reversed(range(gradient.shape[0])):
            through_time = through_time * (1 - spikes[step]) * ((4096 - LEAK) / 4096)
            through_time = through_time + gradient[step] * slope[step]
            result[step] = through_time
        return result, None


class SpikingLayer(torch.nn.Module):
    """Weights in units of the threshold, rounded to integers when used; then the neurons."""

    def __init__(self, name: str, shape: tuple[int, ...], threshold: int, input_rate: float, stride: int = 1):
        super().__init__()
        self.name, self.threshold, self.stride = name, threshold, stride
        spread = 0.5 / math.sqrt(math.prod(shape[1:]) * input_rate)
        self.weight = torch.nn.Parameter(torch.randn(shape) * spread)

    def integer_weight(self) -> torch.Tensor:
        return integers(self.weight * self.threshold, -WEIGHT_MAX, WEIGHT_MAX)

    def forward(self, spikes: torch.Tensor) -> torch.Tensor:
        flat, weight = spikes.flatten(0, 1), self.integer_weight()
        if weight.dim() == 4:
            current = functional.conv2d(flat, weight, stride=self.stride)
        else:
            current = functional.linear(flat.flatten(1), weight)
        return LeakyIntegrateAndFire.apply(current.unflatten(0, spikes.shape[:2]), float(self.threshold))


class Network(torch.nn.Module):
    """28 x 28 -> 12 maps of 12 x 12 -> 32 maps of 5 x 5 -> 128 -> 10; every hop takes one step."""

    def __init__(self):
        super().__init__()
        self.layers = torch.nn.ModuleList([
            SpikingLayer("convolution1", (12, 1, 5, 5), 127, 0.25, stride=2),
            SpikingLayer("convolution2", (32, 12, 4, 4), 256, 0.1, stride=2),
            SpikingLayer("dense1", (128, 800), 256, 0.1),
            SpikingLayer("dense2", (10, 128), 256, 0.1),
        ])

    def forward(self, spikes: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """Spike counts (images, 10) and the mean spikes per image of each layer."""
        rates = []
        for layer in self.layers:
            spikes = layer(spikes[:-1])  # the last step's spikes would arrive after the end
            rates.append(spikes.sum() / spikes.shape[1])
        return spikes.sum(0), rates


def accuracy(network: Network, encoder: Encoder, images: np.ndarray, labels: np.ndarray) -> float:
    right = 0
    with torch.no_grad():
        for start in range(0, len(images), 500):
            counts, _ = network(encoder(images[start : start + 500]))
            answers = counts.numpy().argmax(1)  # ties go to the lowest class
            right += int((answers == labels[start : start + 500]).sum())
    return right / len(images)


def train(options, network: Network, encoder: Encoder, images, labels, progress: Progress) -> None:
    shuffle = set_seed(options.seed + 1)
    images, held_images = images[:-HELD_BACK], images[-HELD_BACK:]
    labels, held_labels = labels[:-HELD_BACK], labels[-HELD_BACK:]
    updates = options.epochs * (len(images) // options.batch)
    optimiser = torch.optim.Adam(network.parameters(), lr=options.rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, options.rate, updates, pct_start=0.15)
    for epoch in range(options.epochs):
        losses, right = [], 0
        for chosen in batches(len(images), options.batch, shuffle):
            target = torch.from_numpy(labels[chosen].astype(np.int64))
            counts, rates = network(encoder(images[chosen]))
            loss = functional.cross_entropy(counts * options.sharpness, target)
            spikes_sent = sum(rates) / 1000
            optimiser.zero_grad()
            (loss + options.spike_price * spikes_sent).backward()
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
            right += int((counts.argmax(1) == target).sum())
        progress(f"epoch {epoch + 1}: loss {np.mean(losses):.3f}, train {right / len(images):.4f}, "
                 f"held back {accuracy(network, encoder, held_images, held_labels):.4f}, "
                 f"spikes {[round(rate.item()) for rate in rates]}")


def export(options, network: Network, train_accuracy: float) -> None:
    layers = []
    for layer in network.layers:
        weight = layer.integer_weight().detach().numpy()
        layers.append(Layer(layer.name, weight, layer.stride, layer.threshold, TIME_CONSTANT))
    write_network(options.out, layers, (1, 28, 28), {
        "dt": STEP_SECONDS, "steps": options.steps, "encoding": options.encoding,
        "train_accuracy": train_accuracy, "seed": options.seed, "votes_per_class": 1,
    })


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default="configs/networks/fashion-loihi.nir")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rate", type=float, default=2e-3, help="highest learning rate")
    parser.add_argument("--steps", type=int, default=16)
    parser.add_argument("--encoding", default="integrate_subtract")
    parser.add_argument("--sharpness", type=float, default=0.6, help="logits per output spike")
    parser.add_argument("--spike-price", type=float, default=0.02, help="loss per 1,000 spikes an image")
    parser.add_argument("--limit", type=int, default=60000, help="use only so many training images")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    progress = Progress()
    set_seed(options.seed)
    network, encoder = Network(), Encoder(options.encoding, options.steps)
    images, labels = (part[: options.limit] for part in fashion.load("train"))
    train(options, network, encoder, images, labels, progress)
    export(options, network, accuracy(network, encoder, images, labels))
    progress(f"wrote {options.out}")


if __name__ == "__main__":
    main()
