"""Settings of the process change what they say they change."""

import sys

import numpy as np
import pytest

import pykeras
from pykeras import config, layers, mixed_precision, tree


@pytest.fixture
def limits():
    yield
    config.set_max_epochs(None)
    config.set_max_steps_per_epoch(None)


def test_limits_of_fit(limits):
    model = pykeras.Sequential([layers.Dense(1)])
    model.compile("sgd", "mse")
    x, y = np.ones((64, 2)), np.ones(64)
    config.set_max_epochs(2)
    config.set_max_steps_per_epoch(3)
    steps = []
    counter = pykeras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: steps.append(batch))
    history = model.fit(x, y, batch_size=8, epochs=5, verbose=0, callbacks=[counter])
    assert history.epoch == [0, 1] and steps == [0, 1, 2] * 2
    steps.clear()
    model.fit(((x[:8], y[:8]) for _ in range(9)), epochs=1, verbose=0, callbacks=[counter])
    assert steps == [0, 1, 2]
    for wrong in (0, -1, 1.5, True):
        with pytest.raises(ValueError, match="positive integer"):
            config.set_max_epochs(wrong)


def test_dtype_policy():
    try:
        config.set_dtype_policy("float64")
        assert layers.Dense(2).compute_dtype == "float64" and config.dtype_policy().name == "float64"
        with pytest.warns(UserWarning, match="computing in float32"):
            mixed_precision.set_global_policy("mixed_float16")
        layer = layers.Dense(2)
        assert layer.compute_dtype == layer.variable_dtype == "float32"
        assert mixed_precision.global_policy().name == "mixed_float16"
        assert layer(np.ones((1, 3))).dtype == "float32"
    finally:
        config.set_dtype_policy(None)
    with pytest.raises(ValueError, match="16-bit floating point"):
        config.set_dtype_policy("float16")
    assert layers.Dense(2).compute_dtype == "float32"


def test_one_engine():
    config.set_backend("pykeras")
    with pytest.raises(ValueError, match="its own engine"):
        config.set_backend("jax")
    assert config.backend() == "pykeras" and not config.is_nnx_enabled()


def test_trees():
    structure = {"b": [1, None], "a": (2,)}
    assert tree.map_structure(lambda x: x * 2, structure, none_is_leaf=False) == {"b": [2, None], "a": (4,)}
    assert [path for path, _ in tree.flatten_with_path(structure)] == [("a", 0), ("b", 0), ("b", 1)]
    with pytest.raises(TypeError, match="list and tuple"):
        tree.assert_same_structure([1], (2,), check_types=True)
    with pytest.raises(ValueError, match="paths"):
        tree.assert_same_paths([1], [1, 2])
    drop = tree.traverse(lambda x: tree.MAP_TO_NONE if x == 1 else None, structure)
    assert drop == {"b": [None, None], "a": (2,)}
    with pytest.raises(ValueError, match="do not match"):
        tree.map_structure_up_to([0, 0], len, [[1]])


def test_tracebacks_without_frames_of_the_package(capsys):
    import pykeras

    def call_a_layer():
        pykeras.layers.Dense(2, input_shape=(3,), activation=lambda x: x.nothing)([[1.0, 2.0, 3.0]])

    before = sys.excepthook
    config.enable_traceback_filtering()
    try:
        assert config.is_traceback_filtering_enabled()
        with pytest.raises(AttributeError) as caught:
            call_a_layer()
        sys.excepthook(caught.type, caught.value, caught.tb)
    finally:
        config.disable_traceback_filtering()
    assert sys.excepthook is before and not config.is_traceback_filtering_enabled()
    shown = capsys.readouterr().err
    assert "call_a_layer" in shown and "<lambda>" in shown and "layers/layer.py" not in shown
    assert "frames of pykeras are not shown" in shown
