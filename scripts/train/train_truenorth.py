# SPDX-License-Identifier: Apache-2.0
"""Trains fashion-truenorth.nir: binary neurons without memory, small-integer weights, votes of many neurons.

Every neuron spikes if the weighted sum of the last step's spikes is above its threshold. Weights are those
that TrueNorth's axon types can express: 4-bit integers from four copies of each input (1, 2, 4, -8), or
-1, 0, 1 from two copies. Trained with straight-through gradients, in the manner of Esser et al. 2016
(PNAS, doi:10.1073/pnas.1604850113); statistics of the batch set the thresholds at first, then thresholds
are integers and trained as such.
"""

import argparse
import math
import pathlib

import numpy as np
import torch
import torch.nn.functional as functional

import fashion
from networks import Layer, write_network
from spiking import Encoder, Progress, RoundThrough, batches, integers, set_seed

STEP_SECONDS = 1e-3
THRESHOLD_MAX = 255
HOPS = 3  # the last steps' input spikes do not reach the output before the end
HELD_BACK = 2000  # training images kept for watching; the test images play no part
SIDE, MAPS1, MAPS2 = 28, 8, 32
BLOCKS = 9  # the output neurons see one of 3 x 3 blocks of the second layer each
VOTES_PER_BLOCK = 16  # output neurons per class and block
STATISTICS_MEMORY = 0.99


class Gate(torch.autograd.Function):
    """1 where the input is above 0; the gradient passes where the input is within 1 of 0."""

    @staticmethod
    def forward(context, distance):
        context.save_for_backward(distance)
        return (distance > 0).float()

    @staticmethod
    def backward(context, gradient):
        (distance,) = context.saved_tensors
        return gradient * torch.clamp(1 - distance.abs(), min=0)


class BinaryLayer(torch.nn.Module):
    """Integer weights, then neurons that are gates, with one threshold per `unit` (channel or neuron)."""

    def __init__(self, name: str, shape: tuple[int, ...], units: tuple[int, ...], low: int, high: int):
        super().__init__()
        self.name, self.low, self.high = name, low, high
        spread = 0.8 if high == 1 else high / 2.5
        self.weight = torch.nn.Parameter(torch.randn(shape) * spread)
        self.shift = torch.nn.Parameter(torch.full(units, 1.0))
        self.threshold = torch.nn.Parameter(torch.zeros(units), requires_grad=False)
        self.register_buffer("mean", torch.zeros(units))
        self.register_buffer("spread", torch.ones(units))
        self.settled = False

    def integer_weight(self) -> torch.Tensor:
        return integers(self.weight, self.low, self.high)

    def integer_threshold(self) -> torch.Tensor:
        return integers(self.threshold, 0, THRESHOLD_MAX)

    def gate(self, sums: torch.Tensor, over: tuple[int, ...]) -> torch.Tensor:
        """Sums to spikes; `over` are the dimensions that share a threshold."""
        if self.settled:
            return Gate.apply((sums - self.integer_threshold()) / self.spread)
        mean, spread = self.mean, self.spread
        if self.training:
            variance, mean = torch.var_mean(sums, over)
            mean, spread = mean.view_as(self.mean), variance.view_as(self.spread).add(1e-3).sqrt()
            self.mean.lerp_(mean.detach(), 1 - STATISTICS_MEMORY)
            self.spread.lerp_(spread.detach(), 1 - STATISTICS_MEMORY)
        threshold = torch.clamp(mean + self.shift * spread, min=0)  # silent without input
        return Gate.apply((sums - threshold) / spread)

    def settle(self) -> None:
        """From now on the thresholds are integers (sum > 2.7 means sum > 2 for integer sums)."""
        self.threshold.data = torch.floor(torch.clamp(self.mean + self.shift.data * self.spread, min=0))
        self.threshold.requires_grad_(True)
        self.settled = True


class Convolution(BinaryLayer):
    def __init__(self, name: str, inputs: int, maps: int, kernel: int, padding: int, low: int, high: int):
        super().__init__(name, (maps, inputs, kernel, kernel), (maps, 1, 1), low, high)
        self.padding = padding

    def forward(self, spikes: torch.Tensor) -> torch.Tensor:
        sums = functional.conv2d(spikes, self.integer_weight(), stride=2, padding=self.padding)
        return self.gate(sums, (0, 2, 3))


class Votes(BinaryLayer):
    """Output neurons (class, block, vote); each sees the 128 neurons of its 2 x 2 x 32 block."""

    def __init__(self, name: str):
        shape = (BLOCKS, MAPS2 * 4, 10 * VOTES_PER_BLOCK)
        super().__init__(name, shape, (BLOCKS, 10 * VOTES_PER_BLOCK), -1, 1)

    @staticmethod
    def blocks(neurons: torch.Tensor) -> torch.Tensor:
        """(count, maps, 6, 6) to (count, 9 blocks, 128)."""
        split = neurons.reshape(-1, MAPS2, 3, 2, 3, 2).permute(0, 2, 4, 1, 3, 5)
        return split.reshape(-1, BLOCKS, MAPS2 * 4)

    def forward(self, spikes: torch.Tensor) -> torch.Tensor:
        return self.gate(torch.einsum("nbi,bio->nbo", self.blocks(spikes), self.integer_weight()), (0,))

    def dense(self) -> tuple[np.ndarray, np.ndarray]:
        """Weights (outputs, 1152) and thresholds, outputs ordered by class, then block, then vote."""
        source = self.blocks(torch.arange(MAPS2 * 36).reshape(1, MAPS2, 6, 6))[0].numpy()
        weight = self.integer_weight().detach().numpy().reshape(BLOCKS, -1, 10, VOTES_PER_BLOCK)
        result = np.zeros((10, BLOCKS, VOTES_PER_BLOCK, MAPS2 * 36))
        for block in range(BLOCKS):
            result[:, block][:, :, source[block]] = weight[block].transpose(1, 2, 0)
        threshold = self.integer_threshold().detach().numpy().reshape(BLOCKS, 10, VOTES_PER_BLOCK)
        return result.reshape(-1, MAPS2 * 36), threshold.transpose(1, 0, 2).reshape(-1)


class Network(torch.nn.Module):
    """28 x 28 -> 8 maps of 14 x 14 -> 32 maps of 6 x 6 -> 10 classes of 9 x 16 votes."""

    def __init__(self):
        super().__init__()
        self.layers = torch.nn.ModuleList([
            Convolution("edges", 1, MAPS1, 5, 2, -8, 7),
            Convolution("parts", MAPS1, MAPS2, 4, 0, -1, 1),
            Votes("votes"),
        ])
        self.sharpness = torch.nn.Parameter(torch.tensor(20.0))

    def forward(self, spikes: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Input spikes (steps, images, 1, 28, 28) to votes (images, 10), as shares of all possible ones.

        Also the sum over layers of the share of neurons that spike in a step.
        """
        values, activity = spikes.flatten(0, 1), torch.zeros(())
        for layer in self.layers:
            values = layer(values)
            activity = activity + values.mean()
        votes = values.reshape(*spikes.shape[:2], BLOCKS, 10, VOTES_PER_BLOCK)
        return votes.mean((0, 2, 4)), activity


def accuracy(network: Network, encoder: Encoder, images: np.ndarray, labels: np.ndarray) -> float:
    network.eval()
    right = 0
    with torch.no_grad():
        for start in range(0, len(images), 200):
            votes, _ = network(encoder(images[start : start + 200])[:-HOPS])
            right += int((votes.numpy().argmax(1) == labels[start : start + 200]).sum())
    network.train()
    return right / len(images)


def train(options, network: Network, encoder: Encoder, images, labels, progress: Progress) -> None:
    """Each batch shows a few steps of its images, spread over all; the votes of each step add up anyway."""
    shuffle = set_seed(options.seed + 1)
    images, held_images = images[:-HELD_BACK], images[-HELD_BACK:]
    labels, held_labels = labels[:-HELD_BACK], labels[-HELD_BACK:]
    updates = options.epochs * (len(images) // options.batch)
    optimiser = torch.optim.Adam([
        {"params": [p for n, p in network.named_parameters() if "sharpness" not in n], "lr": options.rate},
        {"params": [network.sharpness], "lr": 0.05},
    ])
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda update: 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * update / updates)))
    usable = options.steps - HOPS
    for epoch in range(options.epochs):
        if epoch == options.epochs - options.settled_epochs:
            for layer in network.layers:
                layer.settle()
        losses, right = [], 0
        for chosen in batches(len(images), options.batch, shuffle):
            target = torch.from_numpy(labels[chosen].astype(np.int64))
            parts = np.array_split(np.arange(usable), options.steps_shown)
            shown = [int(shuffle.choice(part)) for part in parts]
            votes, activity = network(encoder(images[chosen])[shown])
            loss = functional.cross_entropy(votes * network.sharpness, target)
            optimiser.zero_grad()
            (loss + options.spike_price * activity).backward()
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
            right += int((votes.argmax(1) == target).sum())
        progress(f"epoch {epoch + 1}: loss {np.mean(losses):.3f}, train {right / len(images):.4f}, "
                 f"held back {accuracy(network, encoder, held_images, held_labels):.4f}, "
                 f"activity {activity.item():.3f}")


def unrolled(layer: Convolution, shape: tuple[int, int, int]) -> np.ndarray:
    """The convolution's weights as a matrix (outputs, inputs): what each single input does."""
    single_inputs = torch.eye(math.prod(shape)).reshape(-1, *shape)
    weight = layer.integer_weight().detach()
    return functional.conv2d(single_inputs, weight, stride=2, padding=layer.padding).flatten(1).T.numpy()


def neighbours_together(maps: int, side: int, rows: int) -> np.ndarray:
    """The order of (map, row, column) neurons by bands of rows, then column, so that neighbours in the
    order share their inputs: a core of TrueNorth sees few inputs, and neurons are put in it in order."""
    numbers = np.arange(maps * side * side).reshape(maps, side // rows, rows, side)
    return numbers.transpose(1, 3, 2, 0).reshape(-1)


def export(options, network: Network, train_accuracy: float) -> None:
    edges, parts, votes = network.layers
    edges_order, parts_order = neighbours_together(MAPS1, 14, 2), neighbours_together(MAPS2, 6, 1)
    votes_weight, votes_threshold = votes.dense()
    weights = {
        edges: unrolled(edges, (1, SIDE, SIDE))[edges_order],
        parts: unrolled(parts, (MAPS1, 14, 14))[parts_order][:, edges_order],
        votes: votes_weight[:, parts_order],
    }
    per_map = lambda layer: layer.integer_threshold().detach().numpy().reshape(-1)
    thresholds = {
        edges: np.repeat(per_map(edges), 14 * 14)[edges_order],
        parts: np.repeat(per_map(parts), 6 * 6)[parts_order],
        votes: votes_threshold,
    }
    layers = [Layer(l.name, weights[l], 1, thresholds[l], STEP_SECONDS) for l in network.layers]
    write_network(options.out, layers, (1, SIDE, SIDE), {
        "dt": STEP_SECONDS, "steps": options.steps, "encoding": options.encoding,
        "train_accuracy": train_accuracy, "seed": options.seed,
        "votes_per_class": BLOCKS * VOTES_PER_BLOCK,
    })


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default="configs/networks/fashion-truenorth.nir")
    parser.add_argument("--epochs", type=int, default=14)
    parser.add_argument("--settled-epochs", type=int, default=4, help="last epochs, with integer thresholds")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rate", type=float, default=1e-2, help="highest learning rate")
    parser.add_argument("--steps", type=int, default=16)
    parser.add_argument("--steps-shown", type=int, default=4, help="steps of an image in one update")
    parser.add_argument("--spike-price", type=float, default=0.3, help="loss per share of neurons that spike")
    parser.add_argument("--encoding", default="ramp")
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
