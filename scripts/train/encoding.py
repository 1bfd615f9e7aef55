# SPDX-License-Identifier: Apache-2.0
"""Turns pixels into input spikes, by the rules that the simulator uses."""

import numpy as np


def _integrate(pixel: np.ndarray, steps: int, subtract: bool) -> np.ndarray:
    """Adds the pixel every step; a spike when the sum passes 1, which resets it or takes 1 off."""
    potential = np.zeros_like(pixel)
    spikes = np.zeros((steps, *pixel.shape), dtype=bool)
    for step in range(steps):
        potential = potential + pixel
        spikes[step] = potential > 1.0
        after = potential - 1.0 if subtract else 0.0
        potential = np.where(spikes[step], after, potential)
    return spikes


def _ramp(pixel: np.ndarray, steps: int) -> np.ndarray:
    """A spike at every step whose level (t + 0.5) / T lies below the pixel: bright pixels end late."""
    levels = (np.arange(steps) + 0.5) / steps
    return pixel[None] > levels.reshape(-1, *[1] * pixel.ndim)


def _latency(pixel: np.ndarray, steps: int) -> np.ndarray:
    """One spike per pixel that is not black, the brighter the earlier."""
    moment = np.floor((1.0 - pixel) * (steps - 1) + 0.5).astype(int)
    at = np.arange(steps).reshape(-1, *[1] * pixel.ndim)
    return (moment[None] == at) & (pixel[None] > 0)


ENCODINGS = {
    "integrate": lambda pixel, steps: _integrate(pixel, steps, subtract=False),
    "integrate_subtract": lambda pixel, steps: _integrate(pixel, steps, subtract=True),
    "ramp": _ramp,
    "latency": _latency,
}


def spike_table(encoding: str, steps: int) -> np.ndarray:
    """The spikes (256, steps) of each of the 256 pixel values; computed in double precision."""
    values = np.arange(256, dtype=np.float64) / 255.0
    return ENCODINGS[encoding](values, steps).T.copy()


def encode(images: np.ndarray, encoding: str, steps: int) -> np.ndarray:
    """Input spikes (steps, images, ...) as booleans, of images (images, ...) as unsigned bytes."""
    return np.moveaxis(spike_table(encoding, steps)[images], -1, 0)
