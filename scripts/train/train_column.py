# SPDX-License-Identifier: Apache-2.0
"""Trains the networks for crossbars whose columns end in spintronic neurons. NumPy only.

mtj          binary neurons without memory that fire with the switching probability of their tunnel junction; trained
             by sampling, with the probability's slope as gradient. 100 output neurons vote.
domain-wall  neurons whose potential cannot fall below 0, loses a constant amount per step and is 0 after a spike;
             trained by surrogate gradients through time.

Weights are real numbers, thresholds are 1, there are no biases: a crossbar's column has none.
"""

import argparse
import pathlib
import sys
import time

import numpy as np

import fashion
from encoding import spike_table
from networks import Layer, write_network
from switching import firing_curve

STEP_SECONDS = 2e-6
HELD_BACK = 2000  # training images kept for watching; the test images play no part
SURROGATE_SLOPE = 3.0
# The junction of configs/chips/mtj.yaml: stability, pulse in units of tau, bias over Ic0.
STABILITY, PULSE_TAU, BIAS = 40.0, 5.353, 0.6
# The wall of configs/chips/domain-wall.yaml: what it loses per step, as a share of the way to the junction.
WALL_LEAK = 0.16
VOTES = {"mtj": 10, "domain-wall": 1}


class Adam:
    def __init__(self, weights, rate):
        self.weights, self.rate, self.count = weights, rate, 0
        self.mean = [np.zeros_like(w) for w in weights]
        self.square = [np.zeros_like(w) for w in weights]

    def step(self, gradients, factor):
        self.count += 1
        correction = np.sqrt(1 - 0.999**self.count) / (1 - 0.9**self.count)
        for weight, gradient, mean, square in zip(self.weights, gradients, self.mean, self.square):
            mean += 0.1 * (gradient - mean)
            square += 0.001 * (gradient * gradient - square)
            weight -= self.rate * factor * correction * mean / (np.sqrt(square) + 1e-8)


class MtjLayer:
    """Sums (rows, neurons) to spikes; rows are independent moments."""

    levels = np.linspace(-8, 12, 2001)

    def __init__(self, draws):
        self.draws = draws
        self.curve = firing_curve(STABILITY, PULSE_TAU, BIAS, self.levels).astype(np.float32)
        self.slope = np.gradient(self.curve, self.levels).astype(np.float32)

    def _index(self, sums):
        return np.clip(np.rint((sums + 8) * 100), 0, 2000).astype(np.int32)

    def forward(self, sums):
        self.index = self._index(sums)
        probability = self.curve[self.index]
        return (self.draws.random(sums.shape, dtype=np.float32) < probability).astype(np.float32)

    def backward(self, gradient):
        return gradient * (self.slope[self.index] + 0.02)  # a little everywhere, or silent neurons stay silent


class WallLayer:
    """Sums (steps, images, neurons) to spikes."""

    def forward(self, sums):
        potential = np.zeros_like(sums[0])
        self.before = np.empty_like(sums)
        self.spikes = np.empty_like(sums)
        for step in range(len(sums)):
            potential = np.maximum(potential - WALL_LEAK, 0) + sums[step]
            self.before[step] = potential
            self.spikes[step] = potential >= 1
            potential = np.maximum(potential, 0) * (1 - self.spikes[step])
        return self.spikes

    def backward(self, gradient):
        slope = 1 / (1 + SURROGATE_SLOPE * np.abs(self.before - 1)) ** 2
        through, result = np.zeros_like(gradient[0]), np.empty_like(gradient)
        for step in reversed(range(len(gradient))):
            through = through * (1 - self.spikes[step]) * (self.before[step] > WALL_LEAK)
            through = through + gradient[step] * slope[step]
            result[step] = through
        return result


class Network:
    """784 inputs, hidden neurons, votes for ten classes."""

    def __init__(self, kind, hidden, draws):
        self.votes = VOTES[kind]
        sizes = [784, hidden, 10 * self.votes]
        self.weights = [(draws.standard_normal((a, b)) * 1.5 / np.sqrt(a)).astype(np.float32)
                        for a, b in zip(sizes, sizes[1:])]
        self.layers = [MtjLayer(draws) if kind == "mtj" else WallLayer() for _ in self.weights]

    def forward(self, spikes):
        """Spikes (steps, images, 784) to the mean number of votes per step (images, 10)."""
        self.inputs = []
        values = spikes
        for weight, layer in zip(self.weights, self.layers):
            self.inputs.append(values)
            values = layer.forward(values @ weight)
        self.shape = values.shape
        return values.reshape(*values.shape[:2], 10, self.votes).mean((0, 3))

    def backward(self, gradient):
        """`gradient` by the mean votes; returns that by the weights."""
        share = gradient / (self.shape[0] * self.votes)
        values = np.broadcast_to(np.repeat(share, self.votes, axis=1), self.shape)
        result = []
        for weight, layer, inputs in zip(self.weights[::-1], self.layers[::-1], self.inputs[::-1]):
            values = layer.backward(values)
            flat = values.reshape(-1, values.shape[-1])
            result.append(inputs.reshape(-1, inputs.shape[-1]).T @ flat)
            values = (flat @ weight.T).reshape(inputs.shape)
        return result[::-1]


def accuracy(network, table, images, labels):
    right = 0
    for start in range(0, len(images), 200):
        spikes = np.moveaxis(table[images[start : start + 200]], -1, 0)
        right += int((network.forward(spikes).argmax(1) == labels[start : start + 200]).sum())
    return right / len(images)


def train(options, network, table, images, labels, draws, report):
    images, held_images = images[:-HELD_BACK], images[-HELD_BACK:]
    labels, held_labels = labels[:-HELD_BACK], labels[-HELD_BACK:]
    optimiser = Adam(network.weights, options.rate)
    updates = options.epochs * (len(images) // options.batch)
    done = 0
    for epoch in range(options.epochs):
        order, losses, right = draws.permutation(len(images)), [], 0
        for start in range(0, len(order) - options.batch + 1, options.batch):
            chosen = order[start : start + options.batch]
            spikes = np.moveaxis(table[images[chosen]], -1, 0)
            if options.kind == "mtj":  # moments are independent: a few of them stand for all
                parts = np.array_split(np.arange(options.steps), options.steps_shown)
                spikes = spikes[[int(draws.choice(part)) for part in parts]]
            logits = network.forward(np.ascontiguousarray(spikes)) * options.sharpness
            share = np.exp(logits - logits.max(1, keepdims=True))
            share /= share.sum(1, keepdims=True)
            target = labels[chosen]
            losses.append(-np.log(share[np.arange(len(chosen)), target] + 1e-9).mean())
            right += int((logits.argmax(1) == target).sum())
            share[np.arange(len(chosen)), target] -= 1
            gradients = network.backward((share * (options.sharpness / len(chosen))).astype(np.float32))
            optimiser.step(gradients, 0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * done / updates)))
            done += 1
        report(f"epoch {epoch + 1}: loss {np.mean(losses):.3f}, train {right / len(images):.4f}, "
               f"held back {accuracy(network, table, held_images, held_labels):.4f}")


def fit_to_cells(network):
    """Clips weights at half of the largest, and keeps 127 steps to each sign.

    A cell's error is a share of full scale, so a few large weights would make all others less certain; and cells hold
    no finer steps than these (the file is a third of the size).
    """
    for weight in network.weights:
        top = 0.5 * np.abs(weight).max()
        weight[:] = np.rint(np.clip(weight, -top, top) / top * 127) * (top / 127)


def export(options, network, train_accuracy):
    names = ["hidden", "votes" if VOTES[options.kind] > 1 else "classes"]
    # Memory: the wall keeps its place but for the leak (no leak in the file: it is the chip's); junctions keep nothing.
    keep = STEP_SECONDS if options.kind == "mtj" else 1e6 * STEP_SECONDS
    layers = [Layer(name, weight.T, 1, 1.0, keep) for name, weight in zip(names, network.weights)]
    write_network(options.out, layers, (1, 28, 28), {
        "dt": STEP_SECONDS, "steps": options.steps, "encoding": options.encoding, "train_accuracy": train_accuracy,
        "seed": options.seed, "votes_per_class": VOTES[options.kind],
    })


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=VOTES)
    parser.add_argument("--out", type=pathlib.Path)
    parser.add_argument("--hidden", type=int, default=256)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--steps", type=int, help="default: 16 (mtj), 12 (domain-wall)")
    parser.add_argument("--steps-shown", type=int, default=2, help="mtj: steps of an image in one update")
    parser.add_argument("--sharpness", type=float, default=10.0)
    parser.add_argument("--encoding", choices=["integrate", "integrate_subtract", "ramp", "latency"])
    parser.add_argument("--limit", type=int, default=60000, help="use only so many training images")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.out = options.out or pathlib.Path(f"configs/networks/fashion-{options.kind}.nir")
    options.steps = options.steps or (16 if options.kind == "mtj" else 12)
    options.encoding = options.encoding or ("ramp" if options.kind == "mtj" else "integrate_subtract")
    begin = time.monotonic()
    report = lambda text: print(f"[{time.monotonic() - begin:6.0f} s] {text}", file=sys.stderr, flush=True)
    draws = np.random.default_rng(options.seed)
    table = spike_table(options.encoding, options.steps).astype(np.float32)
    images, labels = (part[: options.limit] for part in fashion.load("train"))
    images, labels = images.reshape(len(images), -1), labels.astype(np.int64)
    network = Network(options.kind, options.hidden, draws)
    train(options, network, table, images, labels, draws, report)
    fit_to_cells(network)
    test_images, test_labels = fashion.load("test")
    found = accuracy(network, table, test_images[:1000].reshape(1000, -1), test_labels[:1000])
    report(f"first 1,000 test images: {found:.4f}")
    export(options, network, accuracy(network, table, images[:10000], labels[:10000]))
    report(f"wrote {options.out}")


if __name__ == "__main__":
    main()
