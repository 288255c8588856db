"""Ops that NumPy does not have, against the numbers of Keras 3."""

import pathlib

import numpy as np
import pytest
from parity.signal_cases import CASES, smooth_sum

import pykeras
from pykeras import ops

NUMBERS = np.load(pathlib.Path(__file__).parent / "fixtures" / "signal_ops.npz")


@pytest.mark.parametrize("name", CASES)
def test_value_and_gradient(name):
    op, inputs, kwargs, slopes = CASES[name]
    given = [ops.convert_to_tensor(x) if isinstance(x, np.ndarray) else x for x in inputs]
    with pykeras.GradientTape() as tape:
        tape.watch([given[i] for i in slopes])
        outputs = getattr(ops, op)(*given, **kwargs)
        outputs = pykeras.tree.flatten(list(outputs) if isinstance(outputs, tuple) else outputs)
        total = smooth_sum(outputs, ops)
    for i, value in enumerate(outputs):
        want = NUMBERS[f"{name}/out{i}"]
        got = value.numpy()
        if name == "eigh" and i == 1:  # signs are anybody's
            got, want = np.abs(got), np.abs(want)
        assert got.shape == want.shape and got.dtype.kind == want.dtype.kind
        np.testing.assert_allclose(got, want, rtol=2e-4, atol=2e-5)
    found = tape.gradient(total, [given[i] for i in slopes]) if slopes else []
    for i, slope in zip(slopes, found):
        np.testing.assert_allclose(slope.numpy(), NUMBERS[f"{name}/slope{i}"], rtol=5e-4, atol=5e-5)
