"""to_categorical, to_ordinal, normalize, set_random_seed, and the exports of utils."""

import random as python_random

import numpy as np
import pytest

from pykeras import ops, random, utils


def test_to_categorical():
    one_hot = utils.to_categorical([0, 1, 3])
    assert one_hot.dtype == np.float64
    assert one_hot.tolist() == [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1]]
    assert utils.to_categorical([0, 1], 4).shape == (2, 4)
    assert utils.to_categorical([0, 1], dtype="float32").dtype == np.float32


@pytest.mark.parametrize(
    ("x", "shape"),
    [([[0], [1]], (2, 2)), ([[0, 1], [1, 2]], (2, 2, 3)), (2, (3,)), (np.zeros((2, 3, 1)), (2, 3, 1)), ([1], (1, 2))],
)
def test_to_categorical_shapes(x, shape):
    assert utils.to_categorical(x).shape == shape


def test_to_categorical_of_a_tensor_is_a_tensor():
    result = utils.to_categorical(ops.convert_to_tensor([0, 2]), 3)
    assert ops.is_tensor(result)
    assert np.asarray(result).tolist() == [[1, 0, 0], [0, 0, 1]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0, 5], 3), "label 5 is not one of the 3 classes 0 to 2"),
        (([-1, 1], 3), "label -1 is not one of the 3 classes"),
        ((["a"],), "expected class numbers"),
        (([np.nan],), "NaN"),
        (([],), "num_classes: needed"),
        (([0], 0), "num_classes: expected a positive integer"),
    ],
)
def test_to_categorical_errors(arguments, message):
    with pytest.raises(ValueError, match=message):
        utils.to_categorical(*arguments)


def test_to_categorical_of_nothing():
    assert utils.to_categorical([], 3).shape == (0, 3)


def test_to_ordinal():
    assert utils.to_ordinal([0, 1, 3]).tolist() == [[0, 0, 0], [1, 0, 0], [1, 1, 1]]
    assert utils.to_ordinal([0], 5).dtype == np.float32 and utils.to_ordinal([0], 5).shape == (1, 4)


# Values as Keras 3.15 gives them for the last axis.
@pytest.mark.parametrize(
    ("order", "row"), [(2, [0.6, 0.8]), (1, [0.42857143, 0.57142857]), (3, [0.66697178, 0.8892957]), (0, [1.5, 2.0])]
)
def test_normalize(order, row):
    result = utils.normalize(np.array([[3.0, 4.0], [0.0, 0.0]]), order=order)
    np.testing.assert_allclose(result, [row, [0.0, 0.0]], rtol=1e-7)


def test_normalize_along_other_axes():
    x = np.random.default_rng(0).normal(size=(2, 3, 4))
    for axis in (0, 1, 2, -2):
        np.testing.assert_allclose(np.linalg.norm(utils.normalize(x, axis), axis=axis), 1.0)
    np.testing.assert_allclose(np.abs(utils.normalize(x, 0, np.inf)).max(0), 1.0)


def test_normalize_forms():
    assert utils.normalize(np.array([3.0, 4.0])).tolist() == [[0.6, 0.8]]
    assert utils.normalize(np.array([[3, 4]])).dtype == np.float64
    assert utils.normalize(np.ones((2, 2), "float32")).dtype == np.float32
    assert ops.is_tensor(utils.normalize([[3.0, 4.0]]))
    with pytest.raises(ValueError, match="has no axis 4"):
        utils.normalize(np.ones((2, 2)), axis=4)


def test_set_random_seed_covers_python_numpy_and_ours():
    def draw():
        return python_random.random(), np.random.rand(), np.asarray(random.normal((3,))).tolist()

    utils.set_random_seed(5)
    first, second = draw(), draw()
    utils.set_random_seed(5)
    assert (draw(), draw()) == (first, second)
    assert first != second
    utils.set_random_seed(6)
    assert draw() != first


@pytest.mark.parametrize("seed", ["a", 1.5, None, -1, 2**32])
def test_bad_seeds(seed):
    with pytest.raises(ValueError, match="seed: expected an integer"):
        utils.set_random_seed(seed)


def test_every_export_resolves():
    for name in utils.__all__:
        assert getattr(utils, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'get_fiel'"):
        _ = utils.get_fiel


def test_clear_session_forgets_names():
    from pykeras.keras_tensor import auto_name

    utils.clear_session()
    assert [auto_name("dense"), auto_name("dense")] == ["dense", "dense_1"]
    utils.clear_session()
    assert auto_name("dense") == "dense"


def test_legacy_functions():
    from pykeras import regularizers

    config = utils.legacy.serialize_keras_object(regularizers.L2(0.5))
    assert config == {"class_name": "L2", "config": {"l2": 0.5}}
    again = utils.legacy.deserialize_keras_object(config, custom_objects={"L2": regularizers.L2})
    assert again.l2 == 0.5
    assert type(utils.legacy.deserialize_keras_object("L1", {"L1": regularizers.L1})) is regularizers.L1
    with pytest.raises(ValueError, match='Unknown thing "L3"'):
        utils.legacy.deserialize_keras_object("L3", {"L1": regularizers.L1}, printable_module_name="thing")
