"""Random numbers: Philox 4x32-10 (Salmon et al., 2011) written down again in NumPy."""

import numpy as np

from .arithmetic import erfinv
from .case import case, numbers

LOW = np.uint64(0xFFFFFFFF)


def words(state, count):
    """The first ``count`` 32-bit words of the stream (seed, counter)."""
    groups = np.arange((count + 3) // 4, dtype=np.uint64)
    half = np.uint64(32)
    w = [np.full_like(groups, int(state[1])), np.zeros_like(groups), groups & LOW, groups >> half]
    key = [int(state[0]), 0]
    for _ in range(10):
        p0, p1 = w[0] * np.uint64(0xD2511F53), w[2] * np.uint64(0xCD9E8D57)
        w = [(p1 >> half) ^ w[1] ^ np.uint64(key[0]), p1 & LOW, (p0 >> half) ^ w[3] ^ np.uint64(key[1]), p0 & LOW]
        key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return np.stack(w, -1).reshape(-1)[:count]


def unit(state, count, dtype):
    if dtype == "float32":
        return (words(state, count) >> np.uint64(8)).astype(float) * 2.0**-24
    w = words(state, 2 * count)
    return (((w[1::2] << np.uint64(32)) | w[0::2]) >> np.uint64(11)).astype(float) * 2.0**-53


def uniform(state, shape, low, high, dtype):
    return (low + (high - low) * unit(state, int(np.prod(shape)), dtype)).reshape(shape).astype(dtype)


def normal(state, shape, mean, stddev, dtype):
    count = int(np.prod(shape))
    even = count + count % 2
    if dtype == "float32":
        w = words(state, even)
        radius = np.sqrt(-2 * np.log(((w[0::2] >> np.uint64(1)).astype(float) + 0.5) * 2.0**-31))
        angle = (w[1::2] >> np.uint64(8)).astype(float) * 2.0**-24 * 2 * np.pi
    else:
        u = unit(state, even, dtype)
        radius, angle = np.sqrt(-2 * np.log1p(-u[0::2])), 2 * np.pi * u[1::2]
    z = np.stack([radius * np.cos(angle), radius * np.sin(angle)], -1).reshape(-1)[:count]
    return (mean + stddev * z).reshape(shape).astype(dtype)


def truncated(state, shape, mean, stddev, dtype):
    u = unit(state, int(np.prod(shape)), dtype)
    z = np.clip(np.sqrt(2) * erfinv((2 * u - 1) * 0.95449973610364158), -2, 2)
    return (mean + stddev * z).reshape(shape).astype(dtype)


def dropout(x, state, rate):
    kept = words(state, x.size) >= np.uint64(min(np.ceil(rate * 2.0**32), 0xFFFFFFFF))
    return np.where(kept.reshape(x.shape), x / (1 - rate), 0)


for seed, counter in [(1, 0), (7, 12345), (2**32 - 1, 2**31)]:
    state = np.array([seed, counter], "uint32")
    for shape in [(), (1,), (3, 5), (257,), (0, 2)]:
        for dtype in ("float32", "float64"):
            size = {"shape": list(shape), "dtype": dtype}
            many = lambda **a: lambda: ((np.array([5, 6], "uint32"),), {"shape": [100_003], **a})  # noqa: E731
            case("random_uniform", [state], uniform, **size, low=-1.5, high=2.0, large=many())
            case("random_normal", [state], normal, **size, mean=0.5, stddev=2.0, tolerance=8, large=many())
            case("truncated_normal", [state], truncated, **size, mean=0.5, stddev=2.0, tolerance=16, large=many())
        for rate in (0.0, 0.3, 0.9):
            case("dropout", [numbers(*shape), state], dropout, rate=rate,
                 large=lambda: ((numbers(100_003), np.array([5, 6], "uint32")), None))  # fmt: skip
