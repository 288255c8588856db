"""Convolution and pooling over two spatial axes, NHWC."""

import numpy as np

from .case import case, distinct, numbers


def padded(x, padding, value=0.0):
    top, bottom, left, right = padding
    return np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)), constant_values=value)


def windows(x, size, strides, dilation=(1, 1)):
    """For each place of the window: (row, column, the values seen there)."""
    h = (x.shape[1] - (size[0] - 1) * dilation[0] - 1) // strides[0] + 1
    w = (x.shape[2] - (size[1] - 1) * dilation[1] - 1) // strides[1] + 1
    for r in range(size[0]):
        for c in range(size[1]):
            top, left = r * dilation[0], c * dilation[1]
            yield (
                r,
                c,
                x[
                    :,
                    top : top + (h - 1) * strides[0] + 1 : strides[0],
                    left : left + (w - 1) * strides[1] + 1 : strides[1],
                ],
            )


def conv2d(x, kernel, bias=None, strides=(1, 1), dilation=(1, 1), padding=(0, 0, 0, 0), groups=1):
    y = 0
    for r, c, seen in windows(padded(x, padding), kernel.shape[:2], strides, dilation):
        parts = zip(np.split(seen, groups, -1), np.split(kernel[r, c], groups, -1))
        y = y + np.concatenate([part @ weights for part, weights in parts], -1)
    return y if bias is None else y + bias


def input_grad(dy, kernel, strides, dilation, padding, groups, input_shape):
    dx = padded(np.zeros(input_shape), padding)
    for r, c, seen in windows(dx, kernel.shape[:2], strides, dilation):
        parts = zip(np.split(dy, groups, -1), np.split(kernel[r, c], groups, -1))
        seen += np.concatenate([part @ weights.T for part, weights in parts], -1)
    return dx[:, padding[0] : dx.shape[1] - padding[1], padding[2] : dx.shape[2] - padding[3]]


def kernel_grad(x, dy, strides, dilation, padding, groups, kernel_shape):
    dkernel = np.zeros(kernel_shape)
    for r, c, seen in windows(padded(x, padding), kernel_shape[:2], strides, dilation):
        parts = zip(np.split(seen, groups, -1), np.split(dy, groups, -1))
        dkernel[r, c] = np.concatenate([np.einsum("nhwc,nhwf->cf", part, d) for part, d in parts], -1)
    return dkernel


FORMS = [  # x, kernel, strides, dilation, padding, groups
    ((2, 5, 6, 3), (3, 3, 3, 4), (1, 1), (1, 1), (0, 0, 0, 0), 1),
    ((2, 5, 6, 3), (3, 3, 3, 4), (1, 1), (1, 1), (1, 1, 1, 1), 1),
    ((1, 7, 5, 2), (3, 2, 2, 3), (2, 1), (1, 1), (0, 1, 1, 0), 1),
    ((1, 7, 6, 2), (2, 3, 2, 5), (2, 2), (1, 1), (1, 0, 1, 1), 1),
    ((1, 8, 9, 2), (3, 3, 2, 3), (1, 1), (2, 3), (2, 2, 3, 3), 1),
    ((2, 5, 5, 4), (3, 3, 2, 6), (1, 1), (1, 1), (1, 1, 1, 1), 2),
    ((2, 5, 5, 4), (3, 3, 1, 4), (1, 1), (1, 1), (1, 1, 1, 1), 4),
    ((2, 6, 5, 3), (3, 3, 1, 6), (2, 2), (1, 1), (0, 1, 1, 1), 3),
    ((2, 4, 5, 6), (1, 1, 6, 7), (1, 1), (1, 1), (0, 0, 0, 0), 1),
    ((2, 5, 5, 3), (1, 1, 3, 2), (2, 2), (1, 1), (0, 0, 0, 0), 1),
    ((1, 4, 4, 1), (4, 4, 1, 1), (1, 1), (1, 1), (0, 0, 0, 0), 1),
    ((1, 6, 7, 5), (5, 3, 5, 17), (1, 2), (1, 1), (2, 2, 1, 1), 1),
    ((1, 9, 9, 4), (3, 3, 1, 8), (2, 2), (2, 2), (2, 2, 2, 2), 4),
    ((1, 3, 3, 2), (1, 1, 2, 3), (3, 3), (1, 1), (2, 2, 0, 1), 1),
    ((0, 5, 5, 2), (3, 3, 2, 3), (1, 1), (1, 1), (0, 0, 0, 0), 1),
]


def large(name):
    x, kernel, y = numbers(6, 20, 21, 16, seed=1), numbers(3, 3, 16, 24, seed=2), numbers(6, 20, 21, 24, seed=3)
    attributes = {"strides": [1, 1], "dilation": [1, 1], "padding": [1, 1, 1, 1], "groups": 1}
    if name == "conv2d":
        return (x, kernel, None), attributes
    if name == "conv2d_input_grad":
        return (y, kernel), {**attributes, "input_shape": list(x.shape)}
    return (x, y), {**attributes, "kernel_shape": list(kernel.shape)}


for x_shape, kernel_shape, strides, dilation, padding, groups in FORMS:
    x, kernel = numbers(*x_shape, seed=1), numbers(*kernel_shape, seed=2)
    form = {"strides": list(strides), "dilation": list(dilation), "padding": list(padding), "groups": groups}
    y = conv2d(x, kernel, None, **form)
    dy = numbers(*y.shape, seed=3)
    case("conv2d", [x, kernel, None], conv2d, large=lambda: large("conv2d"), **form)
    case("conv2d", [x, kernel, numbers(kernel_shape[3], seed=4)], conv2d, **form)
    case(
        "conv2d_input_grad",
        [dy, kernel],
        input_grad,
        **form,
        input_shape=list(x_shape),
        large=lambda: large("conv2d_input_grad"),
    )
    case("conv2d_kernel_grad", [x, dy], kernel_grad, **form, kernel_shape=list(kernel_shape),
         large=lambda: large("conv2d_kernel_grad"))  # fmt: skip


def max_pool(x, pool_size, strides, padding):
    return np.max([seen for _, _, seen in windows(padded(x, padding, -np.inf), pool_size, strides)], 0)


def max_pool_grad(x, dy, pool_size, strides, padding):
    whole = padded(x, padding, -np.inf)
    dx = np.zeros_like(whole)
    seen = np.stack([part for _, _, part in windows(whole, pool_size, strides)])
    first = np.argmax(seen, 0)
    for number, (_, _, part) in enumerate(windows(dx, pool_size, strides)):
        part += np.where(first == number, dy, 0)
    return dx[:, padding[0] : dx.shape[1] - padding[1], padding[2] : dx.shape[2] - padding[3]]


def max_pool_pick(x, values, pool_size, strides, padding):
    seen = np.stack([part for _, _, part in windows(padded(x, padding, -np.inf), pool_size, strides)])
    held = np.stack([part for _, _, part in windows(padded(values, padding), pool_size, strides)])
    return np.take_along_axis(held, np.argmax(seen, 0)[None], 0)[0]


def counts(shape, pool_size, strides, padding):
    return sum(seen for _, _, seen in windows(padded(np.ones(shape), padding), pool_size, strides))


def average_pool(x, pool_size, strides, padding):
    total = sum(seen for _, _, seen in windows(padded(x, padding), pool_size, strides))
    return total / counts(x.shape, pool_size, strides, padding)


def average_pool_grad(dy, pool_size, strides, padding, input_shape):
    dx = padded(np.zeros(input_shape), padding)
    share = dy / counts(input_shape, pool_size, strides, padding)
    for _, _, part in windows(dx, pool_size, strides):
        part += share
    return dx[:, padding[0] : dx.shape[1] - padding[1], padding[2] : dx.shape[2] - padding[3]]


POOLS = [
    ((2, 4, 6, 3), (2, 2), (2, 2), (0, 0, 0, 0)),
    ((1, 5, 5, 1), (2, 2), (2, 2), (0, 1, 0, 1)),
    ((2, 5, 7, 2), (3, 2), (1, 2), (1, 1, 0, 1)),
    ((1, 6, 6, 17), (3, 3), (2, 2), (0, 1, 1, 1)),
    ((1, 7, 4, 4), (2, 3), (3, 1), (0, 0, 1, 1)),
    ((1, 3, 3, 2), (3, 3), (1, 1), (0, 0, 0, 0)),
    ((2, 3, 4, 2), (1, 1), (1, 1), (0, 0, 0, 0)),
]
BIG = {"pool_size": [3, 3], "strides": [2, 2], "padding": [1, 1, 1, 1]}
for shape, pool_size, strides, padding in POOLS:
    form = {"pool_size": list(pool_size), "strides": list(strides), "padding": list(padding)}
    x = distinct(*shape)
    dy = numbers(*max_pool(x, **form).shape, seed=3)
    case("max_pool2d", [x], max_pool, **form, large=lambda: ((numbers(8, 31, 30, 20),), BIG))
    case("average_pool2d", [x], average_pool, **form, large=lambda: ((numbers(8, 31, 30, 20),), BIG))
    case("max_pool2d_grad", [x, dy], max_pool_grad, **form,
         large=lambda: ((numbers(8, 31, 30, 20), numbers(8, 16, 15, 20)), BIG))  # fmt: skip
    case("max_pool2d_pick", [x, numbers(*shape, seed=4)], max_pool_pick, **form)
    case("average_pool2d_grad", [dy], average_pool_grad, **form, input_shape=list(shape),
         large=lambda: ((numbers(8, 16, 15, 20),), {**BIG, "input_shape": [8, 31, 30, 20]}))  # fmt: skip
# Ties: the first of the largest values takes the gradient.
case("max_pool2d_grad", [np.zeros((1, 4, 4, 2)), np.ones((1, 2, 2, 2))], max_pool_grad, smooth=False,
     pool_size=[2, 2], strides=[2, 2], padding=[0, 0, 0, 0])  # fmt: skip
# The first NaN is the largest.
ODD = np.array([1.0, np.nan, 3.0, np.inf, 2.0, 5.0, np.nan, np.nan]).reshape(1, 2, 4, 1)
for op, other in (("max_pool2d_grad", np.ones((1, 1, 2, 1))), ("max_pool2d_pick", np.arange(8.0).reshape(1, 2, 4, 1))):
    case(op, [ODD, other], max_pool_grad if op.endswith("grad") else max_pool_pick, smooth=False,
         pool_size=[2, 2], strides=[2, 2], padding=[0, 0, 0, 0])  # fmt: skip
