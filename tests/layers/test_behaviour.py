"""What single layers do beyond their recorded numbers."""

import numpy as np
import pytest

import pykeras
from pykeras import layers, ops

X = np.arange(24, dtype="float32").reshape(2, 3, 4) / 10


def test_dropout_keeps_the_mean_and_its_share():
    pykeras.utils.set_random_seed(1)
    ones = np.ones((100, 200), "float32")
    layer = layers.Dropout(0.25)
    dropped = np.asarray(layer(ones, training=True))
    assert set(np.unique(dropped)) == {0.0, np.float32(1 / 0.75)}
    assert (dropped == 0).mean() == pytest.approx(0.25, abs=0.01)
    assert not np.array_equal(dropped, layer(ones, training=True)), "a new mask each time"
    np.testing.assert_array_equal(layer(ones), ones)
    np.testing.assert_array_equal(layer(ones, training=False), ones)
    np.testing.assert_array_equal(layers.Dropout(0)(ones, training=True), ones)
    assert not np.asarray(layers.Dropout(1)(ones, training=True)).any()


def test_dropout_repeats_with_its_seed():
    ones = np.ones((10, 10), "float32")
    first, second = (np.asarray(layers.Dropout(0.5, seed=7)(ones, training=True)) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    pykeras.utils.set_random_seed(3)
    first = np.asarray(layers.Dropout(0.5)(ones, training=True))
    pykeras.utils.set_random_seed(3)
    np.testing.assert_array_equal(first, layers.Dropout(0.5)(ones, training=True))


def test_dropout_of_whole_channels():
    dropped = np.asarray(layers.Dropout(0.5, noise_shape=(None, 1, None), seed=1)(np.ones((8, 5, 6)), training=True))
    assert dropped.shape == (8, 5, 6)
    np.testing.assert_array_equal(dropped, np.repeat(dropped[:, :1], 5, 1))
    assert 0 < (dropped == 0).mean() < 1


def test_dropout_passes_the_gradient_of_what_it_kept():
    x = ops.convert_to_tensor(np.ones((50, 4), "float32"))
    layer = layers.Dropout(0.5, seed=2)
    with pykeras.GradientTape() as tape:
        tape.watch(x)
        y = layer(x, training=True)
    np.testing.assert_array_equal(tape.gradient(y, x), y)


def test_batch_normalization_learns_what_it_normalizes_by():
    random = np.random.default_rng(0)
    model = pykeras.Sequential([layers.BatchNormalization(momentum=0.5, input_shape=(3,))])
    model.compile("sgd", "mse")
    x = random.normal([1, -2, 5], [0.5, 2, 1], (64, 3)).astype("float32")
    layer = model.layers[0]
    layer.trainable = True
    model.fit(x, np.zeros_like(x), epochs=20, batch_size=64, verbose=0)
    np.testing.assert_allclose(layer.moving_mean, x.mean(0), atol=1e-3)
    np.testing.assert_allclose(layer.moving_variance, x.var(0), rtol=1e-3)


def test_frozen_batch_normalization_uses_what_it_knows():
    layer = layers.BatchNormalization()
    x = np.random.default_rng(0).normal(3, 2, (16, 3)).astype("float32")
    layer(x, training=True)
    moved = layer.moving_mean.numpy()
    assert moved.any()
    layer.trainable = False
    frozen = np.asarray(layer(x, training=True))
    np.testing.assert_array_equal(frozen, layer(x, training=False))
    np.testing.assert_array_equal(layer.moving_mean, moved)


def test_batch_normalization_without_any_position_left():
    layer = layers.BatchNormalization()
    out = layer(X, training=True, mask=np.zeros((2, 3), bool))
    assert np.isfinite(np.asarray(out)).all() and np.isfinite(layer.moving_variance.numpy()).all()


def test_flatten_gives_the_same_weights_to_both_layouts():
    image = np.arange(2 * 3 * 4 * 5, dtype="float32").reshape(2, 3, 4, 5)
    last = layers.Flatten()(image)
    first = layers.Flatten("channels_first")(np.moveaxis(image, -1, 1))
    np.testing.assert_array_equal(last, first)


def test_shapes_without_samples():
    empty = np.zeros((0, 4, 4, 2), "float32")
    assert layers.Flatten()(empty).shape == (0, 32)
    assert layers.Reshape((8, -1))(empty).shape == (0, 8, 4)
    assert layers.Dense(3)(empty).shape == (0, 4, 4, 3)
    assert layers.Conv2D(3, 2)(empty).shape == (0, 3, 3, 3)
    assert layers.MaxPooling2D()(empty).shape == (0, 2, 2, 2)


def test_convolution_of_one_pixel_is_dense():
    image = np.random.default_rng(0).normal(size=(2, 3, 3, 4)).astype("float32")
    conv, dense = layers.Conv2D(5, 1), layers.Dense(5)
    expected = conv(image)
    dense.build((None, 4))
    dense.set_weights([conv.kernel.numpy()[0, 0], conv.bias.numpy()])
    np.testing.assert_allclose(dense(image), expected, rtol=1e-5, atol=1e-6)


def test_padding_never_wins_a_maximum_and_never_counts_in_a_mean():
    low = -np.ones((1, 3, 3, 1), "float32")
    for layer in (layers.MaxPooling2D(2, 1, "same"), layers.AveragePooling2D(2, 1, "same")):
        np.testing.assert_array_equal(layer(low), low)


def test_image_data_format_is_the_default():
    before = pykeras.config.image_data_format()
    pykeras.config.set_image_data_format("channels_first")
    try:
        assert layers.Conv2D(1, 1).data_format == "channels_first"
        assert layers.Conv2D(4, 3)(np.ones((1, 2, 5, 5), "float32")).shape == (1, 4, 3, 3)
        assert layers.GlobalAveragePooling2D()(np.ones((1, 2, 5, 5), "float32")).shape == (1, 2)
    finally:
        pykeras.config.set_image_data_format(before)


def test_merging_functions_are_their_layers():
    a, b = np.full((2, 3), 4.0, "float32"), np.full((2, 3), 2.0, "float32")
    found = {
        name: float(np.asarray(getattr(layers, name)([a, b])).flat[0])
        for name in ("add", "subtract", "multiply", "average", "maximum", "minimum")
    }
    assert found == {"add": 6, "subtract": 2, "multiply": 8, "average": 3, "maximum": 4, "minimum": 2}
    assert layers.concatenate([a, b], axis=0).shape == (4, 3)
    inputs = pykeras.Input((3,))
    assert layers.add([inputs, inputs], name="sum")._keras_history[0].name == "sum"


def test_masks_of_merged_inputs():
    embedded = [
        layers.Masking()(np.array([[[1.0], [0.0], [0.0]]])),
        layers.Masking()(np.array([[[1.0], [2.0], [0.0]]])),
    ]
    added = layers.Add()(embedded)
    np.testing.assert_array_equal(added._keras_mask, [[True, True, False]])
    joined = layers.Concatenate()(embedded)
    np.testing.assert_array_equal(joined._keras_mask, [[True, True, False]])  # Keras asks for any


def test_softmax_gives_masked_positions_nothing():
    mask = np.array([[True, False, True]])
    out = np.asarray(layers.Softmax()(np.array([[1.0, 50.0, 1.0]], "float32"), mask=mask))
    np.testing.assert_allclose(out, [[0.5, 0, 0.5]], atol=1e-7)


def test_keras2_spellings():
    assert layers.LeakyReLU(alpha=0.2).negative_slope == 0.2
    assert layers.Convolution2D is layers.Conv2D and layers.MaxPool2D is layers.MaxPooling2D
    assert layers.GlobalAvgPool2D is layers.GlobalAveragePooling2D
    assert layers.Dense(2, input_dim=3)._batch_input_shape == (None, 3)
    assert layers.Dense(2, batch_input_shape=(5, 3))._batch_input_shape == (5, 3)
    assert layers.Dense(2, input_shape=(3,), batch_size=4)._batch_input_shape == (4, 3)


def test_input_of_a_tensor_and_its_dtype():
    inputs = layers.Input((3,), dtype="int32", batch_size=2, name="ids")
    assert (inputs.shape, inputs.dtype) == ((2, 3), "int32")
    again = layers.Input(tensor=inputs)
    assert again.shape == (2, 3) and again.dtype == "int32"
    layer = layers.InputLayer.from_config(layers.InputLayer((None, 4), dtype="float64", name="x").get_config())
    assert layer.output.shape == (None, None, 4) and layer.output.dtype == "float64" and layer.name == "x"


def test_trained_slopes_stay_shared():
    layer = layers.PReLU(shared_axes=[1, 2])
    model = pykeras.Sequential([layers.Input((4, 4, 3)), layer])
    model.compile("sgd", "mse")
    x = -np.ones((2, 4, 4, 3), "float32")
    model.fit(x, x, epochs=3, verbose=0)
    assert layer.alpha.shape == (1, 1, 3) and (layer.alpha.numpy() > 0).all()
