"""Times scipy's DCT on the shapes that `compare` wrote, float64, as the published processor calls it."""
import pathlib
import sys
import time

import numpy as np
from scipy.fft import dct

folder = pathlib.Path(sys.argv[1])
for shape in (folder / "shapes.txt").read_text().split():
    horizon, dimensions = map(int, shape.split("x"))
    chunks = np.random.default_rng(1).normal(size=(256, horizon, dimensions))
    times = []
    for _ in range(9):
        start = time.perf_counter()
        for chunk in chunks:
            dct(chunk, axis=0, norm="ortho")
        times.append((time.perf_counter() - start) / len(chunks) * 1e6)
    print(shape, "scipy dct", "transform", f"{sorted(times)[len(times) // 2]:.3f}", sep="\t")
