"""Function: the operations between symbolic inputs and outputs; name_scope and device."""

import inspect

import numpy as np
import pytest

import pykeras
from pykeras import KerasTensor, layers, ops


def test_a_function_computes_its_outputs():
    x, y = KerasTensor((None, 3)), KerasTensor((3, 2))
    function = pykeras.Function([x, y], {"sum": ops.sum(x, axis=1), "product": ops.matmul(x, y)})
    a, b = np.arange(6, dtype="f4").reshape(2, 3), np.ones((3, 2), "f4")
    got = function([a, b])
    np.testing.assert_array_equal(got["sum"].numpy(), [3, 12])
    np.testing.assert_array_equal(got["product"].numpy(), a @ b)
    assert len(function.inputs) == 2 and len(function.outputs) == 2
    assert function.compute_output_shape([(5, 3), (3, 2)]) == {"sum": (5,), "product": (5, 2)}
    symbolic = function([KerasTensor((7, 3)), y])
    assert symbolic["product"].shape == (7, 2)


def test_a_function_holds_layers():
    x = pykeras.Input((3,))
    dense = layers.Dense(2)
    function = pykeras.Function(x, dense(x))
    assert dense in function.operations
    a = np.ones((4, 3), "f4")
    np.testing.assert_array_equal(function(a).numpy(), dense(a).numpy())
    np.testing.assert_array_equal(function([[1.0, 1.0, 1.0]]).numpy(), dense(a[:1]).numpy())


def test_what_a_function_refuses():
    x, y = KerasTensor((None, 3)), KerasTensor((None, 3))
    with pytest.raises(ValueError, match="not among the inputs|was not made by"):
        pykeras.Function(x, ops.add(x, y))
    function = pykeras.Function([x, y], x + y)
    with pytest.raises(ValueError, match="structures do not match"):
        function([np.ones((1, 3), "f4")])


def test_names_follow_their_scopes():
    with pykeras.name_scope("outer"), pykeras.name_scope("inner"):
        layer = layers.Dense(1, name="d")
        layer.build((None, 2))
    assert layer.kernel.path == "outer/inner/d/kernel"
    for wrong in ("", "a/b", 3):
        with pytest.raises(ValueError, match="string without '/'"):
            pykeras.name_scope(wrong)


def test_the_one_device():
    for name in ("cpu", "CPU:0", "/cpu:0", "/device:CPU:0"):
        with pykeras.device(name):
            assert ops.ones(()).numpy() == 1
    with pytest.raises(ValueError, match="on the CPU alone.*gpu:0"), pykeras.device("gpu:0"):
        pass


def test_add_weight_tells_its_arguments():
    for method in (layers.Layer.add_weight, layers.Layer.add_variable):
        assert {"shape", "initializer", "name"} <= set(inspect.signature(method).parameters)
    layer = layers.Layer()
    assert layer.add_weight("w", (2,)).shape == layer.add_weight((2,), name="v").shape == (2,)
