"""The optimizer's state in HDF5 files of older Keras: which array is which follows from order, names and shapes.

Files are made by hand: Keras 1 to 2.3 wrote their counters first, then one slot of all weights after another, before
2.0.7 in the order of the weights' names; tf.keras wrote the same under ``training/Adam/...``. Real files of both kinds
are among those of ``tools/published_files.py``.
"""

import h5py
import numpy as np
import pytest

from pykeras import layers, models, optimizers


def model(optimizer):
    made = models.Sequential([layers.Input((3,)), layers.Dense(3, name="b"), layers.Dense(3, name="a")])
    made.compile(optimizer, "mse")
    made.train_on_batch(np.ones((2, 3), "f4"), np.ones((2, 3), "f4"))
    return made


def rewritten(path, version, arrays, prefix="Variable"):
    """Puts arrays into a file as the state of an optimizer of a Keras version."""
    with h5py.File(path, "a") as file:
        for owner in (file, file["model_weights"]):
            owner.attrs["keras_version"] = version.encode()
        del file["optimizer_weights"]
        group = file.create_group("optimizer_weights")
        names = [f"{prefix}_{number}:0" for number in range(len(arrays))]
        group.attrs["weight_names"] = np.array([name.encode() for name in names])
        for name, array in zip(names, arrays):
            group[name] = array


def slots(made, name, order):
    return [getattr(made.optimizer._slots[number], name).numpy() for number in order]


IN_LAYERS, BY_NAME = (0, 1, 2, 3), (3, 2, 1, 0)  # b/kernel b/bias a/kernel a/bias; a/bias a/kernel b/bias b/kernel


@pytest.mark.parametrize("version, order", [("2.0.5", BY_NAME), ("2.0.8", IN_LAYERS), ("2.2.4", IN_LAYERS),
                                            ("1.2.2", BY_NAME), ("2.2.4-tf", IN_LAYERS)])  # fmt: skip
@pytest.mark.parametrize("unused", [0, 4])
def test_adam_slot_by_slot(version, order, unused, tmp_path):
    made, path = model(optimizers.Adam(0.01)), tmp_path / "m.h5"
    made.save(path)
    state = [np.array(1, "int64"), *slots(made, "momentum", order), *slots(made, "velocity", order)]
    rewritten(path, version, state + [np.zeros(1, "f4")] * unused, "training/Adam/Variable")
    again = models.load_model(path)
    assert int(again.optimizer.iterations.numpy()) == 1
    for name in ("momentum", "velocity"):
        for a, b in zip(slots(again, name, IN_LAYERS), slots(made, name, IN_LAYERS), strict=True):
            np.testing.assert_array_equal(a, b)


def test_rmsprop_without_a_counter(tmp_path):
    made, path = model(optimizers.RMSprop(0.01)), tmp_path / "m.h5"
    made.save(path)
    rewritten(path, "2.0.8", slots(made, "velocity", IN_LAYERS))
    again = models.load_model(path)
    np.testing.assert_array_equal(slots(again, "velocity", (2,))[0], slots(made, "velocity", (2,))[0])
    assert int(again.optimizer.iterations.numpy()) == 0


def test_momenta_that_sgd_does_not_use(tmp_path):
    made, path = model(optimizers.SGD(0.01)), tmp_path / "m.h5"
    made.save(path)
    rewritten(path, "2.1.6", [np.array(5, "int64"), *[np.zeros(v.shape, "f4") for v in made.trainable_variables]])
    assert int(models.load_model(path).optimizer.iterations.numpy()) == 5


def test_a_state_that_fits_in_no_order_is_left_out_with_a_warning(tmp_path):
    made, path = model(optimizers.Adam(0.01)), tmp_path / "m.h5"
    made.save(path)
    rewritten(path, "2.0.8", [np.array(1, "int64"), *[np.zeros((2, 2), "f4")] * 8])
    with pytest.warns(UserWarning, match="Adam starts afresh"):
        models.load_model(path)
