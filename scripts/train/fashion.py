# SPDX-License-Identifier: Apache-2.0
"""Reads Fashion-MNIST from the idx files of Debian's package dataset-fashion-mnist."""

import gzip
import os
import pathlib
import struct

import numpy as np

FOLDER = pathlib.Path(os.environ.get("FASHION_MNIST", "/usr/share/datasets/fashion-mnist"))
IDX_UNSIGNED_BYTES = 0x08


def read_idx(path: pathlib.Path) -> np.ndarray:
    """One idx file of unsigned bytes, in the shape its header gives."""
    if not path.exists():
        raise SystemExit(
            f"{path}: no such file; install Debian's package dataset-fashion-mnist, "
            "or name the folder of the idx files in FASHION_MNIST"
        )
    with gzip.open(path) as file:
        zero, kind, dimensions = struct.unpack(">HBB", file.read(4))
        if zero != 0 or kind != IDX_UNSIGNED_BYTES:
            raise SystemExit(f"{path}: not an idx file of unsigned bytes")
        shape = struct.unpack(f">{dimensions}I", file.read(4 * dimensions))
        return np.frombuffer(file.read(), dtype=np.uint8).reshape(shape)


def load(split: str) -> tuple[np.ndarray, np.ndarray]:
    """Images (count, 28, 28) and labels (count,) of `train` or `test`, as unsigned bytes."""
    prefix = {"train": "train", "test": "t10k"}[split]
    images = read_idx(FOLDER / f"{prefix}-images-idx3-ubyte.gz")
    labels = read_idx(FOLDER / f"{prefix}-labels-idx1-ubyte.gz")
    return images, labels
