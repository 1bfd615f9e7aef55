# SPDX-License-Identifier: Apache-2.0
"""Trains fashion-dynapse.nir, a network within DYNAP-SE's synapses. NumPy only.

A neuron of DYNAP-SE has 64 words of content-addressable memory, each a source and one of four kinds of synapse whose weights all
neurons of a core share. So a weight here is a whole number, how many words name the source, with the sign of an exciting or an
inhibiting kind; and the magnitudes of a neuron's weights add up to at most 64. Seven by seven pixels, the means of squares of four
by four, fit; 28 by 28 do not.

Three populations of hidden neurons, each on a core of its own, look at the same pixels; ten neurons on the fourth core look at all of
them. The forward pass is the rate at which a DPI neuron fires under a constant current, the backward pass its slope.
"""

import argparse
import pathlib

import nir
import numpy as np

import fashion

SIDE, PARTS, CLASSES, WORDS = 7, 3, 10, 64
MOST_SPIKES_PER_SECOND = 200  # of a white pixel: one in every step
STEP_SECONDS = 5e-3
# The chip's (configs/chips/dynapse-like.yaml): an event of weight current I leaves a charge of I x SYNAPSE_SECONDS in the neuron's
# input current, which is the synapse's gain (100) times the pulse (10 us).
SYNAPSE_SECONDS = 1e-3
FIRING_CURRENT = 20e-9  # weight current of a weight equal to the threshold
UNIT_CURRENT = {"hidden": 20e-9, "classes": 25e-9}  # of one word
# The DPI neuron under a constant input current: spikes per second at 1 nA, and how they grow, fitted to
# `spikefab device configs/devices/dpi.yaml --drive dc,1pA..3nA,300ms` (whose current is that into the synapse, a gain of 100 before).
RATE, EXPONENT = 41.4, 0.418


def rate(current):
    """Spikes per second, and their slope by the current, which is kept finite near 0."""
    nano = current / 1e-9
    rates = RATE * np.maximum(nano, 0) ** EXPONENT
    slope = np.where(nano > 0, RATE * EXPONENT * np.maximum(nano, 1.0) ** (EXPONENT - 1), 1.0) / 1e-9
    return rates, slope


def words(weight):
    """Whole numbers near `weight` (inputs, neurons), at most WORDS of them a neuron: the smallest weights go first."""
    whole = np.rint(weight)
    for neuron in np.flatnonzero(np.abs(whole).sum(0) > WORDS):
        order = np.argsort(np.abs(weight[:, neuron]))
        excess = np.abs(whole[order, neuron]).sum() - WORDS
        for source in order:
            if excess <= 0:
                break
            cut = min(excess, abs(whole[source, neuron]))
            whole[source, neuron] -= np.sign(whole[source, neuron]) * cut
            excess -= cut
    return whole


class Adam:
    def __init__(self, weight, step):
        self.weight, self.step, self.count = weight, step, 0
        self.mean, self.square = np.zeros_like(weight), np.zeros_like(weight)

    def descend(self, gradient, factor):
        self.count += 1
        self.mean += 0.1 * (gradient - self.mean)
        self.square += 0.001 * (gradient * gradient - self.square)
        mean, square = self.mean / (1 - 0.9**self.count), self.square / (1 - 0.999**self.count)
        self.weight -= self.step * factor * mean / (np.sqrt(square) + 1e-8)
        np.clip(self.weight, -3.4, 3.4, out=self.weight)


class Network:
    def __init__(self, hidden, random):
        self.hidden = random.standard_normal((SIDE * SIDE, PARTS * hidden)) * 0.8
        self.classes = random.standard_normal((PARTS * hidden, CLASSES)) * 0.8

    def forward(self, pixels):
        self.rates_in = pixels * MOST_SPIKES_PER_SECOND
        self.first, self.second = words(self.hidden), words(self.classes)
        current = UNIT_CURRENT["hidden"] * SYNAPSE_SECONDS * (self.rates_in @ self.first)
        self.rates, self.slope = rate(current)
        current = UNIT_CURRENT["classes"] * SYNAPSE_SECONDS * (self.rates @ self.second)
        answer, self.slope_out = rate(current)
        return answer

    def backward(self, gradient):
        back = gradient * self.slope_out * (UNIT_CURRENT["classes"] * SYNAPSE_SECONDS)
        second = self.rates.T @ back
        back = (back @ self.second.T) * self.slope * (UNIT_CURRENT["hidden"] * SYNAPSE_SECONDS)
        return self.rates_in.T @ back, second

    def accuracy(self, pixels, labels):
        return float((self.forward(pixels).argmax(1) == labels).mean())


def load(split):
    images, labels = fashion.load(split)
    side = 28 // SIDE
    pixels = images.reshape(len(images), SIDE, side, SIDE, side).mean((2, 4)) / 255
    return pixels.reshape(len(images), -1), labels.astype(np.int64)


def train(network, pixels, labels, options, random):
    optimisers = [Adam(network.hidden, options.rate), Adam(network.classes, options.rate)]
    updates, done = options.epochs * (len(pixels) // options.batch), 0
    for epoch in range(options.epochs):
        order = random.permutation(len(pixels))
        for start in range(0, len(order) - options.batch + 1, options.batch):
            chosen = order[start : start + options.batch]
            logits = network.forward(pixels[chosen]) * options.sharpness
            shares = np.exp(logits - logits.max(1, keepdims=True))
            shares /= shares.sum(1, keepdims=True)
            shares[np.arange(len(chosen)), labels[chosen]] -= 1
            gradients = network.backward(shares * (options.sharpness / len(chosen)))
            for optimiser, gradient in zip(optimisers, gradients):
                optimiser.descend(gradient, 0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * done / updates)))
            done += 1
        print(f"epoch {epoch + 1}: {100 * network.accuracy(pixels[:5000], labels[:5000]):.2f} % of training images", flush=True)


def graph(network, hidden, metadata):
    """Thresholds say what a weight of 1 is: FIRING_CURRENT over the threshold. The leak is the circuit's."""
    neurons = lambda size, layer: nir.LIF(
        tau=np.full(size, 20e-3, np.float32), r=np.full(size, 20e-3 / STEP_SECONDS, np.float32), v_leak=np.zeros(size, np.float32),
        v_threshold=np.full(size, FIRING_CURRENT / UNIT_CURRENT[layer], np.float32), v_reset=np.zeros(size, np.float32))
    first, second = words(network.hidden).T.astype(np.float32), words(network.classes).T.astype(np.float32)
    nodes = {"input": nir.Input({"input": np.array([SIDE * SIDE])}), "classes": neurons(CLASSES, "classes"),
             "output": nir.Output({"output": np.array([CLASSES])})}
    edges = [("classes", "output")]
    for part in range(PARTS):
        name, mine = f"hidden_{'abc'[part]}", slice(part * hidden, (part + 1) * hidden)
        nodes[f"{name}.weights"], nodes[name] = nir.Linear(weight=first[mine]), neurons(hidden, "hidden")
        nodes[f"{name}.readout"] = nir.Linear(weight=second[:, mine])
        edges += [("input", f"{name}.weights"), (f"{name}.weights", name), (name, f"{name}.readout"),
                  (f"{name}.readout", "classes")]
    return nir.NIRGraph(nodes, edges, metadata=metadata)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default="configs/networks/fashion-dynapse.nir")
    parser.add_argument("--hidden", type=int, default=20, help="neurons of each of the three populations")
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--rate", type=float, default=0.01, help="step of Adam, in words")
    parser.add_argument("--sharpness", type=float, default=0.05, help="logits per spike a second")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    random = np.random.default_rng(options.seed)
    pixels, labels = load("train")
    network = Network(options.hidden, random)
    train(network, pixels, labels, options, random)
    test_pixels, test_labels = load("test")
    print(f"10,000 test images, as rates: {100 * network.accuracy(test_pixels, test_labels):.2f} %; "
          f"words of a neuron: {np.abs(words(network.hidden)).sum(0).mean():.0f} and "
          f"{np.abs(words(network.classes)).sum(0).mean():.0f} of {WORDS}")
    nir.write(options.out, graph(network, options.hidden, {"dt": STEP_SECONDS, "seed": options.seed}), compression_opts=9)


if __name__ == "__main__":
    main()
