"""Random image layers: how often, the same for all pixels of an image, drawn anew by replayed steps, masks and labels."""

import numpy as np
import pytest

import pykeras
from pykeras import layers, ops

X = np.random.default_rng(0).uniform(0, 1, (64, 6, 7, 2)).astype("float32")


@pytest.mark.parametrize("mode, mirrored", [
    ("horizontal", X[:, :, ::-1]), ("vertical", X[:, ::-1]), ("horizontal_and_vertical", X[:, ::-1, ::-1]),
])  # fmt: skip
def test_flip_takes_about_half_of_the_images(mode, mirrored):
    y = layers.RandomFlip(mode, seed=1)(X, training=True).numpy()
    turned = np.array([np.array_equal(a, b) for a, b in zip(y, mirrored)])
    stays = np.array([np.array_equal(a, b) for a, b in zip(y, X)])
    assert (turned ^ stays).all() and 20 < turned.sum() < 44


RANDOM = [
    ("RandomFlip", {}), ("RandomRotation", {"factor": 0.3}), ("RandomZoom", {"height_factor": 0.4}),
    ("RandomTranslation", {"height_factor": 0.4, "width_factor": 0.4}),
    ("RandomBrightness", {"factor": 0.5, "value_range": (0, 1)}), ("RandomContrast", {"factor": 0.9}),
    ("RandomCrop", {"height": 3, "width": 3}),
]  # fmt: skip


@pytest.mark.parametrize("layer, options", RANDOM)
def test_seeds(layer, options):
    def made(seed):
        return getattr(layers, layer)(**options, seed=seed)

    first, again, other = made(3), made(3), made(8)
    y = first(X, training=True).numpy()
    np.testing.assert_array_equal(again(X, training=True), y)
    if layer != "RandomCrop":  # of which there are few places
        assert (other(X, training=True).numpy() != y).any()
    draws = {first(X, training=True).numpy().tobytes() for _ in range(6)}
    assert len(draws) > 1
    pykeras.utils.set_random_seed(1)
    a = made(None)(X, training=True).numpy()
    pykeras.utils.set_random_seed(1)
    np.testing.assert_array_equal(made(None)(X, training=True), a)


@pytest.mark.parametrize("layer, options", RANDOM)
def test_replayed_steps_draw_anew(layer, options):
    augmented = getattr(layers, layer)(**options, seed=2)
    results = []

    def step(x):
        results.append(None)
        return augmented(x, training=True)

    from pykeras.training.step import Step

    replayed = Step(step, "augment")
    x = ops.convert_to_tensor(X)
    draws = [replayed(x).numpy() for _ in range(8)]
    assert len(results) == 1 and len(replayed.programs()) == 1
    assert len({d.tobytes() for d in draws}) > 1
    same = getattr(layers, layer)(**options, seed=2)
    for draw in draws:
        np.testing.assert_array_equal(same(X, training=True), draw)


def test_inference_leaves_images_alone():
    for layer, options in RANDOM[:-1]:
        np.testing.assert_array_equal(getattr(layers, layer)(**options)(X, training=False), X)
    y = layers.RandomCrop(3, 3)(X, training=False)
    np.testing.assert_allclose(y, ops.image.resize(X, (3, 3), crop_to_aspect_ratio=True))


def test_crop_is_a_part_of_the_image():
    y = layers.RandomCrop(3, 4, seed=0)(X, training=True).numpy()
    places = [(i, j) for i in range(4) for j in range(4) if np.array_equal(X[:, i : i + 3, j : j + 4], y)]
    assert len(places) == 1


def test_single_images():
    for layer, options in RANDOM:
        y = getattr(layers, layer)(**options, seed=1)(X[0], training=True)
        assert y.shape == ((3, 3, 2) if layer == "RandomCrop" else (6, 7, 2))


def test_masks_move_with_images_and_labels_stay():
    masks = (X[..., :1] > 0.5).astype("float32")
    data = {"images": X, "labels": np.arange(64), "segmentation_masks": masks}
    result = layers.RandomFlip("horizontal", seed=1)(data, training=True)
    flipped = np.array([not np.array_equal(a, b) for a, b in zip(result["images"].numpy(), X)])
    expected = np.where(flipped[:, None, None, None], masks[:, :, ::-1], masks)
    np.testing.assert_array_equal(result["segmentation_masks"], expected)
    np.testing.assert_array_equal(result["labels"], np.arange(64))
    rotated = layers.RandomRotation(0.2, seed=1)({"images": X, "segmentation_masks": masks}, training=True)
    assert set(np.unique(rotated["segmentation_masks"])) == {0.0, 1.0}  # nearest, never in between
    bright = layers.RandomBrightness(0.2, value_range=(0, 1))({"images": X, "segmentation_masks": masks})
    np.testing.assert_array_equal(bright["segmentation_masks"], masks)
    with pytest.raises(ValueError, match="'bounding_boxes': only"):
        layers.RandomFlip()({"images": X, "bounding_boxes": masks})
    with pytest.raises(ValueError, match='expected a dictionary with "images"'):
        layers.RandomFlip()({"labels": X})


def test_whole_images_stay_whole_when_resized():
    x = np.random.default_rng(1).integers(0, 256, (2, 5, 6, 3)).astype("uint8")
    y = layers.Resizing(3, 4)(x)
    assert y.dtype == "uint8"
    exact = ops.image.resize(x.astype("float32"), (3, 4)).numpy()
    assert np.abs(y.numpy() - exact).max() <= 0.5 + 1e-4


def test_elastic_transform_moves_a_little():
    y = ops.image.elastic_transform(X, alpha=1.0, sigma=1.0, seed=3).numpy()
    assert y.shape == X.shape and (y != X).any() and y.min() >= X.min() and y.max() <= X.max()
    np.testing.assert_allclose(ops.image.elastic_transform(X, alpha=0.0, sigma=1.0), X, atol=1e-6)


def test_augmentation_inside_a_model_trains():
    model = pykeras.Sequential([
        pykeras.Input((6, 7, 2)), layers.RandomFlip(seed=1), layers.RandomRotation(0.1, seed=2), layers.Rescaling(2.0),
        layers.Conv2D(3, 3, activation="relu"), layers.GlobalAveragePooling2D(), layers.Dense(1),
    ])  # fmt: skip
    model.compile("adam", "mse")
    y = X.mean((1, 2, 3))[:, None]
    history = model.fit(X, y, epochs=12, batch_size=16, verbose=0).history["loss"]
    assert history[-1] < history[0] / 2


def test_causal_separable_sees_the_past_only():
    layer = layers.SeparableConv1D(2, 3, padding="causal")
    x = np.zeros((1, 6, 2), "float32")
    before = layer(x).numpy()
    x[:, 3] = 1.0
    changed = (layer(x).numpy() != before).any((0, 2))
    assert changed.tolist() == [False, False, False, True, True, True]
