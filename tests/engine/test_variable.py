"""Variables: values that are replaced."""

import copy
import pickle

import numpy as np
import pytest

import pykeras
from pykeras import KerasTensor, Variable, ops


def test_values_and_dtypes():
    v = Variable([1.0, 2.0], name="v")
    assert (v.shape, v.dtype, v.ndim, v.size, v.name, v.path, v.trainable) == ((2,), "float32", 1, 2, "v", "v", True)
    assert Variable(np.zeros(2)).dtype == "float64" and Variable(np.zeros(2), dtype="float32").dtype == "float32"
    assert Variable(3, dtype="int64").value.item() == 3 and Variable(
        lambda shape, dtype: ops.ones(shape, dtype), shape=(2,)
    ).shape == (2,)


def test_assignment():
    v = Variable([1.0, 2.0])
    v.assign([3, 4])
    assert v.value.tolist() == [3.0, 4.0] and v.dtype == "float32"
    v.assign_add(1)
    v.assign_sub([0.5, 0.5])
    assert v.numpy().tolist() == [3.5, 4.5]
    w = Variable([0.0, 0.0])
    w.assign(v)
    v.assign([9.0, 9.0])
    assert w.numpy().tolist() == [3.5, 4.5]


def test_old_values_stay():
    v = Variable([1.0, 2.0])
    old, view = v.value, v.value.numpy()
    v.assign_add([1.0, 1.0])
    assert old.tolist() == [1.0, 2.0] and view.tolist() == [1.0, 2.0]
    copied = v.numpy()
    copied[0] = 100
    assert v.value.tolist() == [2.0, 3.0]


def test_wrong_values():
    v = Variable([1.0, 2.0], name="kernel")
    with pytest.raises(ValueError, match=r'"kernel": expected a value of shape \(2,\), got one of shape \(3,\)'):
        v.assign([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="expected a value of float32"):
        v.write(ops.zeros(2, "float64"))
    with pytest.raises(TypeError):
        v.assign("word")
    with pytest.raises(TypeError, match="symbolic"):
        v.assign(KerasTensor((2,)))
    with pytest.raises(ValueError, match="shape is needed"):
        Variable(lambda shape, dtype: ops.zeros(shape, dtype))
    with pytest.raises(ValueError, match=r"expected shape \(3,\)"):
        Variable([1.0], shape=(3,))
    with pytest.raises(TypeError, match="colour"):
        Variable([1.0], colour=1)
    with pytest.raises(ValueError, match="'/'"):
        Variable([1.0], name="a/b")
    assert v.numpy().tolist() == [1.0, 2.0]


def test_operators_and_numpy():
    v = Variable([1.0, 2.0])
    assert (v + 1).tolist() == [2.0, 3.0] and (2 * v).tolist() == [2.0, 4.0] and v[1].item() == 2.0 and len(v) == 2
    assert np.asarray(v).tolist() == [1.0, 2.0] and float(Variable(3.0)) == 3.0 and [float(x) for x in v] == [1.0, 2.0]
    assert ops.sum(v).item() == 3.0 and "path=" in repr(v)


def test_copies_are_separate():
    v = Variable([1.0, 2.0], trainable=False, name="v")
    v.path = "layer/v"
    for twin in (copy.deepcopy(v), pickle.loads(pickle.dumps(v))):
        assert (twin.name, twin.path, twin.trainable, twin.dtype) == ("v", "layer/v", False, "float32")
        twin.assign([5.0, 6.0])
        assert v.numpy().tolist() == [1.0, 2.0]
    assert copy.copy is not None


def test_trainable_switch_is_seen_by_tapes():
    v = Variable(2.0)
    for trainable in (True, False):
        v.trainable = trainable
        with pykeras.GradientTape() as tape:
            y = v * v
        gradient = tape.gradient(y, v)
        assert (gradient is not None) is trainable
