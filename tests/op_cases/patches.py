"""Patches of volumes, and weighted sums of places along an axis."""

import itertools

import numpy as np

from .case import case, integers, numbers


def padded(x, padding):
    return np.pad(x, ((0, 0), padding[0:2], padding[2:4], padding[4:6], (0, 0)))


def views(x, size, strides, dilation):
    """What each tap of the windows sees, as views of x."""
    counts = [(n - (k - 1) * d - 1) // s + 1 for n, k, s, d in zip(x.shape[1:4], size, strides, dilation)]
    for taps in itertools.product(*map(range, size)):
        spans = [slice(t * d, t * d + (c - 1) * s + 1, s) for t, d, c, s in zip(taps, dilation, counts, strides)]
        yield x[(slice(None), *spans)]


def patches(x, size, strides, dilation, padding):
    return np.concatenate(list(views(padded(x, padding), size, strides, dilation)), -1)


def patches_grad(dy, size, strides, dilation, padding, input_shape):
    dx = padded(np.zeros(input_shape), padding)
    parts = np.split(dy, int(np.prod(size)), -1)
    for part, seen in zip(parts, views(dx, size, strides, dilation)):
        seen += part
    inside = tuple(slice(before, n - after) for n, before, after in zip(dx.shape[1:4], padding[::2], padding[1::2]))
    return dx[(slice(None), *inside)]


FORMS = [  # x, size, strides, dilation, padding
    ((2, 4, 3, 5, 2), (3, 1, 1), (1, 1, 1), (1, 1, 1), (0, 0, 0, 0, 0, 0)),
    ((1, 5, 4, 4, 1), (2, 3, 2), (2, 1, 1), (1, 1, 2), (1, 0, 1, 1, 0, 1)),
    ((2, 1, 6, 7, 3), (1, 2, 3), (1, 2, 3), (1, 1, 1), (0, 0, 0, 0, 2, 1)),
    ((1, 1, 1, 8, 5), (1, 1, 3), (1, 1, 1), (1, 1, 2), (0, 0, 0, 0, 4, 0)),
    ((1, 2, 3, 3, 17), (2, 2, 2), (1, 1, 1), (1, 1, 1), (0, 1, 0, 1, 0, 1)),
]
BIG = {"size": [3, 2, 2], "strides": [1, 2, 1], "dilation": [1, 1, 1], "padding": [1, 1, 0, 0, 0, 0]}
for shape, size, strides, dilation, padding in FORMS:
    form = {"size": list(size), "strides": list(strides), "dilation": list(dilation), "padding": list(padding)}
    x = numbers(*shape, seed=1)
    dy = numbers(*patches(x, **form).shape, seed=2)
    case("patches", [x], patches, **form, large=lambda: ((numbers(3, 8, 12, 11, 9),), BIG))
    case("patches_grad", [dy], patches_grad, **form, input_shape=list(shape),
         large=lambda: ((numbers(3, 8, 6, 10, 108),), {**BIG, "input_shape": [3, 8, 12, 11, 9]}))  # fmt: skip


def resample(x, index, weight, axis):
    taken = np.moveaxis(np.take(x, index, axis), [axis % x.ndim, axis % x.ndim + 1], [0, 1])
    return np.moveaxis(np.einsum("jk,jk...->j...", weight, taken), 0, axis)


def resample_grad(dy, index, weight, axis, length):
    moved = np.moveaxis(dy, axis, 0)
    dx = np.zeros((length, *moved.shape[1:]))
    for j, k in np.ndindex(*index.shape):
        dx[index[j, k]] += weight[j, k] * moved[j]
    return np.moveaxis(dx, 0, axis)


for shape, axis, count, taps in [
    ((2, 5, 3), 1, 7, 2),
    ((4, 6), 0, 3, 3),
    ((3, 2, 9), -1, 4, 1),
    ((2, 3, 4, 20), 2, 6, 2),
]:
    length = shape[axis]
    index = integers(count, taps, high=length, seed=1)
    weight = numbers(count, taps, seed=2)
    weight.flat[0] = 0
    out = list(shape)
    out[axis] = count
    big = integers(60, 3, high=50, seed=3), numbers(60, 3, seed=4)
    case("resample", [numbers(*shape), index, weight], resample, axis=axis,
         large=lambda big=big: ((numbers(6, 50, 600), *big), {"axis": 1}))  # fmt: skip
    case("resample_grad", [numbers(*out, seed=3), index, weight], resample_grad, axis=axis, length=length,
         large=lambda big=big: ((numbers(6, 60, 600), *big), {"axis": 1, "length": 50}))  # fmt: skip
