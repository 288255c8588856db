"""Dtypes and values of ops against what Keras gave (record_ops.py)."""

import json
import pathlib

import numpy as np
import pytest
from parity import ops_calls

from pykeras import ops

FIXTURE = json.loads((pathlib.Path(__file__).parent / "fixtures" / "ops.json").read_text())
FUNCTIONS = {**ops_calls.one_array(ops), **ops_calls.two_arrays(ops)}


def operand(text):
    return ops_calls.NUMBERS[text] if text in ops_calls.NUMBERS else np.array([1, 2], text)


@pytest.mark.parametrize("name", FIXTURE["dtypes"])
def test_dtypes(name):
    want = ops_calls.unpacked(FIXTURE["dtypes"][name])
    got = {operands: FUNCTIONS[name](*map(operand, operands.split())).dtype for operands in want}
    assert want and got == want


@pytest.fixture(scope="module")
def results():
    return ops_calls.values(ops)


@pytest.mark.parametrize("name", FIXTURE["values"])
def test_values(name, results):
    want, got = FIXTURE["values"][name], results[name]
    assert (list(got.shape), got.dtype) == (want["shape"], want["dtype"])
    np.testing.assert_allclose(got.numpy().ravel(), np.array(want["numbers"], want["dtype"]), rtol=1e-5, atol=1e-6)
