# SPDX-License-Identifier: Apache-2.0
"""Trains dendrites-gated.nir and dendrites-plain.nir: two tasks one after the other, with and without dendrites.

Task A is Fashion-MNIST's classes 0-4, task B its classes 5-9; B is trained after A, without A's images. In the
gated network every hidden neuron has a dendritic compartment with one segment for each context; a segment that
recognises the context opens the neuron, so each task trains its own subnetwork (active dendrites: Iyer et al.
2022, 10.3389/fnbot.2022.846219; here the segments are drawn at random and stay, as in Masse et al. 2018,
10.1073/pnas.1803839115). The plain network gets the context as two more inputs and has no dendrites.

Neurons integrate and fire and are reset to 0, so a constant current I gives the rate 1 / (floor(threshold / I) + 1):
the forward pass uses that rate and the chip's integer weights, the backward pass the line I / threshold instead.
"""

import argparse
import pathlib

import nir
import numpy as np

import fashion

PIXELS, CONTEXTS, HIDDEN, CLASSES = 784, 2, 128, 10
TASKS = ((0, 1, 2, 3, 4), (5, 6, 7, 8, 9))
WEIGHT_MAX = 127  # signed 8-bit weights
HIDDEN_THRESHOLD, OUTPUT_THRESHOLD = 512, 256
SEGMENT_WEIGHT, SEGMENT_THRESHOLD = 64, 32  # one spike of its context opens the gate
STEP_SECONDS = 1e-3


def integers(weight: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(weight), -WEIGHT_MAX, WEIGHT_MAX)


def rate(current: np.ndarray, threshold: float) -> np.ndarray:
    """Spikes per step of a neuron that is reset to 0, for a constant current."""
    safe = np.maximum(current, 1e-6)
    return np.where(current > 0, 1.0 / (np.floor(threshold / safe) + 1.0), 0.0).astype(np.float32)


class Adam:
    def __init__(self, weight: np.ndarray, step: float):
        self.weight, self.step, self.count = weight, step, 0
        self.mean, self.square = np.zeros_like(weight), np.zeros_like(weight)

    def descend(self, gradient: np.ndarray) -> None:
        self.count += 1
        self.mean += 0.1 * (gradient - self.mean)
        self.square += 0.001 * (gradient * gradient - self.square)
        mean, square = self.mean / (1 - 0.9**self.count), self.square / (1 - 0.999**self.count)
        self.weight -= self.step * mean / (np.sqrt(square) + 1e-8)


class Network:
    def __init__(self, gated: bool, overlap: float, random: np.random.Generator):
        self.gated = gated
        # A segment for each (neuron, context): a neuron prefers one context, and may recognise others too.
        preferred = random.integers(CONTEXTS, size=HIDDEN)
        self.segments = (random.random((HIDDEN, CONTEXTS)) < overlap) | (np.arange(CONTEXTS) == preferred[:, None])
        self.hidden = (random.standard_normal((HIDDEN, PIXELS + CONTEXTS)) * 6).astype(np.float32)
        self.output = (random.standard_normal((CLASSES, HIDDEN)) * 12).astype(np.float32)
        if gated:
            self.hidden[:, PIXELS:] = 0

    def forward(self, images: np.ndarray, context: int) -> tuple[np.ndarray, ...]:
        inputs = np.concatenate([images, np.zeros((len(images), CONTEXTS), np.float32)], axis=1)
        if not self.gated:
            inputs[:, PIXELS + context] = 1
        current = inputs @ integers(self.hidden).T
        if self.gated:
            current *= self.segments[:, context]
        rates = rate(current, HIDDEN_THRESHOLD)
        return inputs, current, rates, rates @ integers(self.output).T

    def train(self, images: np.ndarray, labels: np.ndarray, context: int, options, random: np.random.Generator) -> None:
        hidden, output = Adam(self.hidden, options.rate), Adam(self.output, options.rate)
        for _ in range(options.epochs):
            order = random.permutation(len(images))
            for start in range(0, len(order) - options.batch + 1, options.batch):
                chosen = order[start : start + options.batch]
                inputs, current, rates, answer = self.forward(images[chosen], context)
                logits = answer * options.sharpness
                shares = np.exp(logits - logits.max(1, keepdims=True))
                shares /= shares.sum(1, keepdims=True)
                shares[np.arange(len(chosen)), labels[chosen]] -= 1
                error = shares * (options.sharpness / len(chosen))
                slope = np.where((current > 0) & (current < HIDDEN_THRESHOLD), 1.0, 0.05) / HIDDEN_THRESHOLD
                back = (error @ integers(self.output)) * slope
                if self.gated:
                    back *= self.segments[:, context]
                output.descend((error.T @ rates).astype(np.float32))
                gradient = (back.T @ inputs).astype(np.float32)
                if self.gated:
                    gradient[:, PIXELS:] = 0
                hidden.descend(gradient)

    def accuracy(self, images: np.ndarray, labels: np.ndarray, context: int) -> float:
        answers = rate(self.forward(images, context)[3], OUTPUT_THRESHOLD).argmax(1)
        return float((answers == labels).mean())

    def graph(self, metadata: dict) -> nir.NIRGraph:
        """Nodes and edges; the gate is a population of its own, which network.dendrites joins to the hidden one."""
        neurons = lambda size, threshold: nir.IF(
            r=np.full(size, 1 / STEP_SECONDS, np.float32), v_threshold=np.full(size, threshold, np.float32),
            v_reset=np.zeros(size, np.float32))
        nodes = {
            "input": nir.Input({"input": np.array([PIXELS + CONTEXTS])}),
            "hidden.weights": nir.Linear(weight=integers(self.hidden)), "hidden": neurons(HIDDEN, HIDDEN_THRESHOLD),
            "answer.weights": nir.Linear(weight=integers(self.output)), "answer": neurons(CLASSES, OUTPUT_THRESHOLD),
            "output": nir.Output({"output": np.array([CLASSES])}),
        }
        names = list(nodes)
        edges = list(zip(names, names[1:]))
        if self.gated:
            weight = np.zeros((HIDDEN, PIXELS + CONTEXTS), np.float32)
            weight[:, PIXELS:] = self.segments * SEGMENT_WEIGHT
            nodes["gate.weights"], nodes["gate"] = nir.Linear(weight=weight), neurons(HIDDEN, SEGMENT_THRESHOLD)
            edges += [("input", "gate.weights"), ("gate.weights", "gate")]
        return nir.NIRGraph(nodes, edges, metadata=metadata)


def task(split: str, classes: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    images, labels = fashion.load(split)
    kept = np.isin(labels, classes)
    return images[kept].reshape(-1, PIXELS).astype(np.float32) / 255, labels[kept].astype(np.int64)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default="configs/networks", help="folder of the networks")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=0.1, help="step of Adam, in units of a weight's integer")
    parser.add_argument("--overlap", type=float, default=0.05, help="chance that a neuron recognises another context too")
    parser.add_argument("--sharpness", type=float, default=0.03, help="logits per unit of output current")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    train, test = [task("train", classes) for classes in TASKS], [task("test", classes) for classes in TASKS]
    for gated in (True, False):
        random = np.random.default_rng(options.seed)
        network = Network(gated, options.overlap, random)
        for context, (images, labels) in enumerate(train):
            network.train(images, labels, context, options, random)
            scores = [network.accuracy(*test[c], c) for c in range(CONTEXTS)]
            print(f"{'gated' if gated else 'plain'} after task {'AB'[context]}: "
                  f"A {100 * scores[0]:.2f} %, B {100 * scores[1]:.2f} %", flush=True)
        path = options.out / f"dendrites-{'gated' if gated else 'plain'}.nir"
        nir.write(path, network.graph({"dt": STEP_SECONDS, "seed": options.seed}), compression_opts=9)


if __name__ == "__main__":
    main()
