# SPDX-License-Identifier: Apache-2.0
"""Solves a crossbar with badcrossbar (github.com/joksas/badcrossbar) and prints the CPU seconds of each run and its currents.

Use: run_badcrossbar.py FILE RUNS; FILE holds rows, columns, r, the volts and the conductances, one number a line.
"""
import contextlib
import io
import logging
import sys
import time

import badcrossbar
import numpy as np

logging.disable(logging.CRITICAL)
numbers = np.loadtxt(sys.argv[1])
rows, columns, resistance = int(numbers[0]), int(numbers[1]), numbers[2]
volts = numbers[3:3 + rows].reshape(rows, 1)
cells = 1.0 / numbers[3 + rows:].reshape(rows, columns)
seconds = []
for _ in range(int(sys.argv[2])):
    begin = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        solution = badcrossbar.compute(volts, cells, resistance)
    seconds.append(time.process_time() - begin)
print("seconds", *seconds)
print("current", *(f"{value:.17g}" for value in np.asarray(solution.currents.output).ravel()))
