# SPDX-License-Identifier: Apache-2.0
"""Writes a trained feed-forward network as a NIR file; the same network gives the same bytes."""

import pathlib
from dataclasses import dataclass

import nir
import numpy as np


@dataclass
class Layer:
    """One layer: integer weights (convolution if 4-D, else dense), then neurons that leak."""

    name: str
    weight: np.ndarray
    stride: int
    threshold: int | np.ndarray  # one for all neurons, or one per channel or neuron
    time_constant: float  # seconds
    padding: int = 0


def _synapses(layer: Layer, shape: tuple[int, ...]) -> tuple[nir.NIRNode, tuple[int, ...]]:
    """The node that holds the weights, and the shape it gives."""
    weight = layer.weight.astype(np.float32)
    if weight.ndim == 2:
        return nir.Linear(weight=weight), (weight.shape[0],)
    node = nir.Conv2d(
        input_shape=shape[1:], weight=weight, stride=(layer.stride,) * 2, padding=(layer.padding,) * 2,
        dilation=(1, 1), groups=1, bias=np.zeros(weight.shape[0], np.float32),
    )
    return node, tuple(int(size) for size in node.output_type["output"])


def _neurons(layer: Layer, shape: tuple[int, ...], dt: float) -> nir.LIF:
    """Neurons into which a weight of 1 adds 1: NIR scales the input by dt / tau * r, so r = tau / dt."""
    threshold = np.asarray(layer.threshold, dtype=np.float32)
    threshold = threshold.reshape(threshold.shape + (1,) * (len(shape) - threshold.ndim))
    filled = lambda value: np.full(shape, value, dtype=np.float32)
    return nir.LIF(
        tau=filled(layer.time_constant), r=filled(layer.time_constant / dt), v_leak=filled(0),
        v_threshold=np.broadcast_to(threshold, shape).copy(), v_reset=filled(0),
    )


def write_network(path: pathlib.Path, layers: list[Layer], shape: tuple[int, ...], metadata: dict) -> None:
    """Nodes `input`, `<layer>.weights`, `<layer>` and so on, `output`, in a chain."""
    nodes = {"input": nir.Input({"input": np.array(shape)})}
    for layer in layers:
        if layer.weight.ndim == 2 and len(shape) > 1:
            nodes["flatten"] = nir.Flatten({"input": np.array(shape)}, start_dim=0, end_dim=-1)
            shape = (int(np.prod(shape)),)
        nodes[f"{layer.name}.weights"], shape = _synapses(layer, shape)
        nodes[layer.name] = _neurons(layer, shape, metadata["dt"])
    nodes["output"] = nir.Output({"output": np.array(shape)})
    names = list(nodes)
    graph = nir.NIRGraph(nodes, list(zip(names, names[1:])), metadata=metadata)
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    nir.write(path, graph, compression_opts=9)
