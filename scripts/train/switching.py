# SPDX-License-Identifier: Apache-2.0
"""How likely a magnetic tunnel junction switches: its Fokker-Planck equation by finite volumes.

The equation and its unit of time are those of models/spintronic/switching.hpp; this is a solution of its own, so
that training needs no simulator (the two agree within 1e-3, which training does not feel).
"""

import numpy as np

CELLS = 240
HALVINGS = 10  # the pulse is 2^10 equal steps


def _generator(current: float, stability: float, edges: np.ndarray) -> np.ndarray:
    """d(probability of each cell) / d tau as a matrix: exponentially fitted fluxes over the inner edges."""
    width = edges[1] - edges[0]
    x = edges[1:-1]
    diffusion = (1 - x * x) / (2 * stability)
    drift = (1 - x * x) * (x + current)
    peclet = drift * width / diffusion
    bernoulli = lambda z: np.where(np.abs(z) < 1e-9, 1 - z / 2, z / np.expm1(np.where(np.abs(z) < 1e-9, 1, z)))
    forward = diffusion / width * bernoulli(-peclet) / width
    backward = diffusion / width * bernoulli(peclet) / width
    matrix = np.zeros((CELLS, CELLS))
    left, right = np.arange(CELLS - 1), np.arange(1, CELLS)
    matrix[left, left] -= forward
    matrix[right, left] += forward
    matrix[left, right] += backward
    matrix[right, right] -= backward
    return matrix


def switching_probability(current: float, stability: float, tau: float) -> float:
    """The share of junctions, at rest in the well x < 0 at first, that end a pulse at x > 0. `current` is over Ic0."""
    edges = np.linspace(-1, 1, CELLS + 1)
    centre = (edges[1:] + edges[:-1]) / 2
    start = np.where(centre < 0, np.exp(stability * (centre * centre - 1)), 0)
    generator = _generator(current, stability, edges) * (tau / 2**HALVINGS / 2)
    identity = np.eye(CELLS)
    step = np.linalg.solve(identity - generator, identity + generator)  # Crank-Nicolson
    for _ in range(HALVINGS):
        step = step @ step
    return float((step @ (start / start.sum()))[centre > 0].sum())


def firing_curve(stability: float, tau: float, bias: float, levels: np.ndarray) -> np.ndarray:
    """The firing probability at sums of `levels` thresholds: bias at 0, the even current at 1."""
    currents = np.linspace(-1, 6, 71)
    table = np.array([switching_probability(current, stability, tau) for current in currents])
    even = np.interp(0.5, table, currents)
    return np.interp(bias + (even - bias) * levels, currents, table)
