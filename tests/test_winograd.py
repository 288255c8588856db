"""3x3 convolutions on many channels, which take Winograd's way: near the exact sums, and the same bits everywhere."""

import numpy as np
import pytest

from pykeras import _core, config

FORM = {"strides": [1, 1], "dilation": [1, 1], "groups": 1}
#: batch, height, width, channels in and out, padding
SHAPES = [
    (6, 12, 13, 16, 32, (1, 1, 1, 1)),
    (3, 28, 28, 32, 64, (0, 0, 0, 0)),
    (17, 8, 8, 64, 64, (1, 1, 1, 1)),
    (1, 40, 24, 96, 48, (2, 0, 1, 2)),
    (5, 16, 16, 128, 112, (0, 2, 1, 1)),
]


def products(shape, dtype):
    """Output and both gradients."""
    batch, height, width, channels, filters, padding = shape
    draw = np.random.default_rng(0)
    x = draw.normal(size=(batch, height, width, channels)).astype(dtype)
    kernel = draw.normal(size=(3, 3, channels, filters)).astype(dtype)
    bias = draw.normal(size=filters).astype(dtype)
    form = {**FORM, "padding": list(padding)}
    y = _core.op.conv2d(x, kernel, bias, **form).numpy()
    dy = draw.normal(size=y.shape).astype(dtype)
    dx = _core.op.conv2d_input_grad(dy, kernel, **form, input_shape=list(x.shape)).numpy()
    dw = _core.op.conv2d_kernel_grad(x, dy, **form, kernel_shape=list(kernel.shape)).numpy()
    return {"y": y, "dx": dx, "dw": dw}


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_near_the_exact_sums(shape):
    exact, ours = products(shape, "float64"), products(shape, "float32")
    for name, value in exact.items():
        assert np.abs(ours[name] - value).max() <= 2e-5 * np.abs(value).max(), name


@pytest.mark.parametrize("shape", SHAPES[:3], ids=str)
def test_threads_do_not_change_bits(shape):
    before = config.num_threads()
    try:
        config.set_num_threads(1)
        one = products(shape, "float32")
        config.set_num_threads(2)
        two = products(shape, "float32")
    finally:
        config.set_num_threads(before)
    for name, value in one.items():
        np.testing.assert_array_equal(two[name], value, name)


def test_a_sample_has_the_same_bits_in_any_batch():
    draw = np.random.default_rng(1)
    x, kernel = draw.random((5, 15, 16, 32), "f4"), draw.random((3, 3, 32, 16), "f4")
    form = {**FORM, "padding": [1, 1, 1, 1]}
    whole = _core.op.conv2d(x, kernel, None, **form).numpy()
    for i in range(5):
        np.testing.assert_array_equal(_core.op.conv2d(x[i : i + 1], kernel, None, **form).numpy(), whole[i : i + 1])
