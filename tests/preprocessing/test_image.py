"""Image generators beyond what Keras 2 records: training, iteration, files, errors."""

import sys

import numpy as np
import pytest

import pykeras
from pykeras import layers
from pykeras.preprocessing import image
from pykeras.preprocessing.image import ImageDataGenerator


def images(count=10):
    return np.random.default_rng(0).uniform(0, 255, (count, 6, 5, 3)).astype("float32")


def test_models_take_them():
    x, y = images(), np.eye(2)[np.arange(10) % 2]
    batches = ImageDataGenerator(rescale=1 / 255, rotation_range=10, horizontal_flip=True).flow(x, y, batch_size=4)
    assert len(batches) == 3 and [len(b) for _, b in (batches[i] for i in range(3))] == [4, 4, 2]
    model = pykeras.Sequential([pykeras.Input((6, 5, 3)), layers.Flatten(), layers.Dense(2, activation="softmax")])
    model.compile("adam", "categorical_crossentropy")
    history = model.fit(batches, epochs=2, steps_per_epoch=3, verbose=0).history
    assert len(history["loss"]) == 2
    assert model.predict(ImageDataGenerator().flow(x, batch_size=4, shuffle=False), verbose=0).shape == (10, 2)


def test_batches_go_round():
    batches = ImageDataGenerator().flow(images(), np.arange(10), batch_size=4, shuffle=False)
    assert [next(batches)[1].tolist() for _ in range(4)] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9], [0, 1, 2, 3]]
    batches.reset()
    assert next(iter(batches))[1][0] == 0
    shuffled = ImageDataGenerator().flow(images(), np.arange(10), batch_size=10, seed=1)
    first, second = shuffled.next()[1].tolist(), shuffled.next()[1].tolist()
    assert first != second and sorted(first) == sorted(second) == list(range(10))
    with pytest.raises(IndexError, match="batch 1 of 1"):
        _ = shuffled[1]


def test_inputs_weights_and_subsets():
    generator = ImageDataGenerator(validation_split=0.2)
    x, labels = images(), np.arange(10) % 2
    (first, other), y, weights = next(
        generator.flow((x, np.arange(10)), labels, sample_weight=np.arange(10), subset="training", shuffle=False)
    )
    assert len(first) == 8 and other.tolist() == weights.tolist() == list(range(2, 10)) and len(y) == 8
    assert len(next(generator.flow(x, labels, subset="validation"))[0]) == 2
    with pytest.raises(ValueError, match="different classes"):
        generator.flow(x, np.arange(10), subset="training")
    generator.flow(x, np.arange(10), subset="training", ignore_class_split=True)


def test_whitened_images_are_uncorrelated():
    rng = np.random.default_rng(1)
    x = (rng.normal(size=(200, 4)) @ rng.normal(size=(4, 4))).reshape(200, 2, 2, 1)
    generator = ImageDataGenerator(zca_whitening=True, dtype="float64")
    generator.fit(x)
    white = generator.standardize(x.copy()).reshape(200, 4)
    np.testing.assert_allclose(white.T @ white / 200, np.eye(4), atol=1e-3)


def test_changed_images_are_written(tmp_path):
    pytest.importorskip("PIL")
    batches = ImageDataGenerator().flow(images(3), save_to_dir=tmp_path, save_prefix="x", save_format="png")
    next(batches)
    assert sorted(path.name.split("_")[1] for path in tmp_path.iterdir()) == ["0", "1", "2"]


def test_scipy_is_asked_for_by_name(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy", None)
    for kwargs in ({"order": 3}, {"fill_mode": "wrap"}):
        with pytest.raises(ImportError, match="pip install scipy"):
            image.apply_affine_transform(images(1)[0], 30, row_axis=0, col_axis=1, channel_axis=2, **kwargs)
    image.apply_affine_transform(images(1)[0], 30, row_axis=0, col_axis=1, channel_axis=2)


def test_scipy_agrees():
    pytest.importorskip("scipy")
    x = images(1)[0]
    kwargs = {"row_axis": 0, "col_axis": 1, "channel_axis": 2}
    for order in (0, 1):
        matrix = np.array([[0.9, -0.3, 0.4], [0.2, 1.1, -0.7], [0, 0, 1]])
        planes = np.moveaxis(x, 2, 0)
        for mode in ("nearest", "reflect", "constant"):
            ours = image_affine()._sampled(planes, matrix, mode, 5.0, order)
            np.testing.assert_allclose(
                ours, image_affine()._by_scipy(planes, matrix, mode, 5.0, order), rtol=1e-4, atol=1e-3
            )
    assert image.apply_affine_transform(x, 20, fill_mode="wrap", order=2, **kwargs).shape == x.shape


def image_affine():
    from pykeras.preprocessing import affine

    return affine


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda x: image.apply_affine_transform(x[0], 1, row_axis=1, col_axis=1), "expected 0, 1 and 2"),
        (lambda x: image.apply_affine_transform(x[0], 1, row_axis=0, col_axis=2, channel_axis=1), "first or last"),
        (lambda x: image.apply_affine_transform(x, 1), "three axes"),
        (lambda x: image.apply_affine_transform(x[0], 1, fill_mode="edge"), "fill_mode: expected one of"),
        (lambda x: image.random_zoom(x[0], 3), "zoom_range: expected two numbers"),
        (lambda x: ImageDataGenerator(zoom_range=(1, 2, 3)), "zoom_range: expected two numbers"),
        (lambda x: ImageDataGenerator(brightness_range=1), "brightness_range: expected two numbers"),
        (lambda x: ImageDataGenerator(data_format="rows"), "data_format: expected one of"),
        (lambda x: ImageDataGenerator(validation_split=2), "validation_split: expected"),
        (lambda x: ImageDataGenerator().fit(x[0]), r"got \(6, 5, 3\)"),
        (lambda x: ImageDataGenerator().flow(x[0]), r"got \(6, 5, 3\)"),
        (lambda x: ImageDataGenerator().flow(x, [1]), "y: expected 10 samples, .* got 1"),
        (lambda x: ImageDataGenerator().flow(x, subset="test"), "subset: expected one of"),
        (lambda x: ImageDataGenerator().flow(x, batch_size=0), "batch_size: expected"),
    ],
)
def test_errors(act, message):
    with pytest.raises(ValueError, match=message):
        act(images())


def test_what_needs_fit_says_so():
    for kwargs in ({"featurewise_center": True}, {"featurewise_std_normalization": True}, {"zca_whitening": True}):
        with pytest.warns(UserWarning, match=r"does nothing before fit\(images\)"):
            ImageDataGenerator(**kwargs).standardize(images(1)[0])
