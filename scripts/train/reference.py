# SPDX-License-Identifier: Apache-2.0
"""Runs a NIR network on Fashion-MNIST in the chips' integers, layer by layer, with NumPy only.

This is the plain functional meaning of a network, without a chip: no cores, no packets, no time but the
step. A spike of step t is integrated by the next layer at step t + 1, input spikes included, and every
image starts from rest. Each step, a neuron that receives the weighted sum a of spikes does

    u = decay(u, du) + 64 a,   v = decay(v, dv) + u + bias,   spike if v > 64 threshold, then v = 0

with decay(x, d) = sign(x) floor(|x| (4096 - d) / 4096): Loihi's neuron (Davies 2018, equations in the
project's description of the chip). With dv = 4096 the neuron has no memory and is TrueNorth's, used as
a gate: it spikes at step t if the weighted sum of the spikes of step t - 1 is above its threshold.
"""

import argparse
import json
import pathlib
from dataclasses import dataclass, field

import nir
import numpy as np

import fashion
from encoding import ENCODINGS, encode

FULL = 4096  # decays are given in 1/4096
FRACTION = 64  # potentials are kept in 1/64 of a weight unit


@dataclass
class Layer:
    """The nodes that carry spikes to a population of neurons, and its integers."""

    name: str
    maps: list[nir.NIRNode]
    current_decay: np.ndarray
    potential_decay: np.ndarray
    threshold: np.ndarray


@dataclass
class Result:
    """What a run of some images gave: spikes (steps, images, ...) per layer and synaptic events."""

    spikes: dict[str, np.ndarray] = field(default_factory=dict)
    synaptic_events: dict[str, int] = field(default_factory=dict)


# --- the network -------------------------------------------------------------------------------------


def chain(graph: nir.NIRGraph) -> list[tuple[str, nir.NIRNode]]:
    """The nodes of a graph that is one path, from its input to its output."""
    after = dict(graph.edges)
    if len(after) != len(graph.edges) or len(graph.edges) != len(graph.nodes) - 1:
        raise SystemExit("the reference runs only networks whose nodes form one chain")
    name = next(name for name, node in graph.nodes.items() if isinstance(node, nir.Input))
    path = [name]
    while name in after:
        name = after[name]
        path.append(name)
    return [(name, graph.nodes[name]) for name in path]


def whole(values: np.ndarray, what: str) -> np.ndarray:
    """The values as integers; a network that is not in integers is refused."""
    rounded = np.rint(values)
    if np.abs(rounded - values).max() > 1e-3:
        raise SystemExit(f"{what} is not in integers; the reference does not quantise")
    return rounded.astype(np.int64)


def layers_of(graph: nir.NIRGraph, dt: float) -> list[Layer]:
    """Splits the chain after each population of neurons."""
    layers, maps = [], []
    for name, node in chain(graph):
        if isinstance(node, (nir.Conv2d, nir.Linear, nir.Affine, nir.Flatten)):
            maps.append(node)
        elif isinstance(node, (nir.LIF, nir.IF, nir.CubaLIF)):
            layers.append(Layer(name, maps, *neuron_integers(name, node, dt)))
            maps = []
        elif not isinstance(node, (nir.Input, nir.Output)):
            raise SystemExit(f"node {name}: the reference does not know {type(node).__name__}")
    return layers


def neuron_integers(name: str, node: nir.NIRNode, dt: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The decay of the current, the decay of the potential (both in 1/4096) and the threshold."""
    everything = np.full(node.v_threshold.shape, FULL, dtype=np.int64)
    if isinstance(node, nir.IF):
        gain, current, potential = node.r * dt, everything, 0 * everything
    elif isinstance(node, nir.LIF):
        gain, current, potential = node.r * dt / node.tau, everything, np.rint(FULL * dt / node.tau)
    else:
        gain = node.r * dt / node.tau_mem * node.w_in * dt / node.tau_syn
        current, potential = np.rint(FULL * dt / node.tau_syn), np.rint(FULL * dt / node.tau_mem)
    if not np.allclose(gain, 1.0, rtol=1e-5):
        raise SystemExit(f"node {name}: a weight of 1 adds {gain.flat[0]:.6g}, not 1, at dt = {dt} s")
    if np.any(node.v_reset != 0):
        raise SystemExit(f"node {name}: the reference resets to 0 only")
    return current.astype(np.int64), potential.astype(np.int64), whole(node.v_threshold, f"{name}.v_threshold")


# --- one layer ---------------------------------------------------------------------------------------


def convolve(node: nir.Conv2d, weight: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Values (count, channels, height, width) through a convolution without groups or dilation."""
    if isinstance(node.padding, str) or node.groups != 1 or tuple(node.dilation) != (1, 1):
        raise SystemExit("the reference knows Conv2d with numeric padding, one group and no dilation")
    rows, columns = node.padding
    padded = np.pad(values, ((0, 0), (0, 0), (rows, rows), (columns, columns)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, weight.shape[2:], axis=(2, 3))
    windows = windows[:, :, :: node.stride[0], :: node.stride[1]]
    return np.moveaxis(np.tensordot(windows, weight, axes=([1, 4, 5], [1, 2, 3])), 3, 1)


def carry(maps: list[nir.NIRNode], spikes: np.ndarray, count_synapses: bool = False) -> np.ndarray:
    """The weighted sums that spikes (count, ...) give; or how many weights that are not 0 they meet.

    Sums of integers below 2^53 are exact in double precision, and products of matrices fast.
    """
    values = spikes.astype(np.float64)
    for node in maps:
        if isinstance(node, nir.Flatten):
            values = values.reshape(len(values), -1)
            continue
        weight = whole(node.weight, "weight").astype(np.float64)
        weight = (weight != 0).astype(np.float64) if count_synapses else weight
        values = convolve(node, weight, values) if isinstance(node, nir.Conv2d) else values @ weight.T
        bias = getattr(node, "bias", None)
        if bias is not None and not count_synapses:
            values = values + whole(bias, "bias").reshape(-1, *[1] * (values.ndim - 2))
    return np.rint(values).astype(np.int64)


def decay(value: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Takes share / 4096 off, rounding towards zero."""
    return np.sign(value) * (np.abs(value) * (FULL - share) // FULL)


def fire(layer: Layer, sums: np.ndarray) -> np.ndarray:
    """Spikes (steps, images, ...) of neurons at rest that receive the sums (steps, images, ...)."""
    spikes = np.zeros(sums.shape, dtype=bool)
    current = np.zeros(sums.shape[1:], dtype=np.int64)
    potential = np.zeros_like(current)
    for step in range(len(sums)):
        current = decay(current, layer.current_decay) + FRACTION * sums[step]
        potential = decay(potential, layer.potential_decay) + current
        spikes[step] = potential > FRACTION * layer.threshold
        potential[spikes[step]] = 0
    return spikes


def run(layers: list[Layer], input_spikes: np.ndarray) -> Result:
    """Runs input spikes (steps, images, ...) through all layers; spikes take one step per layer."""
    result = Result(spikes={"input": input_spikes})
    spikes = input_spikes
    for layer in layers:
        arriving = np.concatenate([np.zeros_like(spikes[:1]), spikes[:-1]])
        flat = arriving.reshape(-1, *arriving.shape[2:])
        sums = carry(layer.maps, flat)
        spikes = fire(layer, sums.reshape(*arriving.shape[:2], *sums.shape[1:]))
        result.synaptic_events[layer.name] = int(carry(layer.maps, flat, count_synapses=True).sum())
        result.spikes[layer.name] = spikes
    return result


# --- the command -------------------------------------------------------------------------------------


def answers(output_spikes: np.ndarray, votes_per_class: int) -> np.ndarray:
    """The class whose neurons spiked most, the lowest at a tie; neuron n votes for n // votes_per_class."""
    counts = output_spikes.sum(0)
    return counts.reshape(len(counts), -1, votes_per_class).sum(2).argmax(1)


def raster(result: Result, image: int) -> dict[str, list[list[int]]]:
    """Per layer and step, the numbers of the neurons that spiked."""
    return {
        name: [np.flatnonzero(step[image]).tolist() for step in spikes]
        for name, spikes in result.spikes.items()
    }


def describe(result: Result, image: int, label: int, answer: int) -> dict:
    counts = {name: int(spikes[:, image].sum()) for name, spikes in result.spikes.items()}
    return {"image": image, "label": label, "answer": answer, "spikes": counts,
            "raster": raster(result, image)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("network", type=pathlib.Path)
    parser.add_argument("--images", type=int, default=1000, help="how many test images, from the first on")
    parser.add_argument("--split", choices=["test", "train"], default="test")
    parser.add_argument("--steps", type=int, help="steps per image (default: the network's)")
    parser.add_argument("--encoding", choices=sorted(ENCODINGS), help="default: the network's")
    parser.add_argument("--dump", type=pathlib.Path, help="write spikes of images 0 to 9, as JSON, here")
    options = parser.parse_args()

    graph = nir.read(options.network)
    text = lambda value: value.decode() if isinstance(value, bytes) else str(value)
    steps = options.steps or int(graph.metadata["steps"])
    encoding = options.encoding or text(graph.metadata["encoding"])
    layers = layers_of(graph, float(graph.metadata["dt"]))
    images, labels = (part[: options.images] for part in fashion.load(options.split))

    input_shape = tuple(graph.nodes["input"].input_type["input"])
    spike_totals, event_totals, right, dumped = {}, {}, 0, []
    for start in range(0, len(images), 100):
        chunk = images[start : start + 100].reshape(-1, *input_shape)
        result = run(layers, encode(chunk, encoding, steps))
        given = answers(result.spikes[layers[-1].name], int(graph.metadata["votes_per_class"]))
        right += int((given == labels[start : start + 100]).sum())
        for name, spikes in result.spikes.items():
            spike_totals[name] = spike_totals.get(name, 0) + int(spikes.sum())
        for name, events in result.synaptic_events.items():
            event_totals[name] = event_totals.get(name, 0) + events
        if start == 0:
            dumped = [describe(result, i, int(labels[i]), int(given[i])) for i in range(min(10, len(chunk)))]

    print(f"{options.network}: {len(images)} {options.split} images, {encoding}, {steps} steps each")
    print(f"accuracy {right / len(images):.4f} ({right} right)")
    for name, total in spike_totals.items():
        print(f"spikes of {name}: {total} ({total / len(images):.1f} an image)")
    for name, total in event_totals.items():
        print(f"synaptic events into {name}: {total} ({total / len(images):.1f} an image)")
    print(f"synaptic events: {sum(event_totals.values())} ({sum(event_totals.values()) / len(images):.1f} an image)")
    if options.dump:
        options.dump.write_text(json.dumps({"encoding": encoding, "steps": steps, "images": dumped}) + "\n")


if __name__ == "__main__":
    main()
