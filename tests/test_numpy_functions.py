"""NumPy's own functions take tensors and variables as arrays; mixed expressions are tensors."""

import numpy as np
import pytest

import pykeras
from pykeras import _core, ops

VALUES = [[1.0, 4.0], [9.0, 16.0]]
FUNCTIONS = {
    "sqrt": np.sqrt,
    "max": np.max,
    "sum of rows": lambda x: np.sum(x, axis=1),
    "maximum": lambda x: np.maximum(x, 3.0),
    "logical": lambda x: np.logical_and(x > 2, x < 10),
    "outer": lambda x: np.subtract.outer(x, x),
}


@pytest.mark.parametrize("make", [ops.array, pykeras.Variable])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions(name, make):
    found = FUNCTIONS[name](make(VALUES))
    assert isinstance(found, (np.ndarray, np.generic))
    np.testing.assert_allclose(found, FUNCTIONS[name](np.array(VALUES, "f4")))


@pytest.mark.parametrize("make", [ops.array, pykeras.Variable])
def test_mixed_expressions(make):
    array, x = np.array([2.0, 3.0], "f4"), make(VALUES)
    for found, expected in ((array - x, array - np.array(VALUES)), (array @ x, array @ np.array(VALUES)),
                            (array < x, array < np.array(VALUES)), (np.float32(2) * x, 2 * np.array(VALUES))):  # fmt: skip
        assert isinstance(found, _core.Tensor)
        np.testing.assert_allclose(found.numpy(), expected)
    array = np.zeros((2, 2), "f4")
    array += x
    assert isinstance(array, np.ndarray)
    np.testing.assert_array_equal(array, VALUES)
