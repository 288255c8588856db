"""Behaviour of layers that Keras 3's own tests ask for: what is refused, when a layer is built, masks of merged inputs."""

import numpy as np
import pytest

import pykeras
from pykeras import initializers, layers, models, ops

STEPS = np.array([[[0, 0], [5, 6], [0, 0], [-3, 4]]], "float32")
OTHER = np.array([[[0, 0], [0, 0], [-7, 8], [2, -9]]], "float32")


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda: layers.ReLU(negative_slope=None), ValueError, "negative_slope"),
        (lambda: layers.ReLU(threshold=None), ValueError, "threshold"),
        (lambda: layers.Dropout(0.5, noise_shape="ab"), ValueError, "noise_shape: expected a tuple or list"),
        (lambda: layers.Dropout(0.5, noise_shape=(3, 1.5)), ValueError, "noise_shape: expected a positive integer"),
        (lambda: layers.Dropout(0.5, noise_shape=(3, 0)), ValueError, "noise_shape: expected a positive integer"),
        (lambda: layers.AlphaDropout(0.5, noise_shape=(-1,)), ValueError, "noise_shape: expected a positive integer"),
        (lambda: layers.LayerNormalization(axis={"a": 1}), TypeError, "axis: expected an integer or a list"),
        (lambda: layers.UnitNormalization(axis="1"), TypeError, "axis: expected an integer or a list"),
        (lambda: layers.GroupNormalization(groups=0), ValueError, "argument `groups`"),
        (lambda: layers.GroupNormalization(groups=1.5), ValueError, "argument `groups`"),
        (lambda: layers.RepeatVector("3"), TypeError, "n: expected an integer"),
        (lambda: layers.Reshape((-2, 5)), ValueError, "or -1 once, got"),
        (lambda: layers.Dense(2, trainable="yes"), ValueError, "trainable: expected True or False"),
        (
            lambda: layers.InputLayer(batch_size=2, batch_shape=(2, 3)),
            ValueError,
            "batch_size or batch_shape, not both",
        ),
        (lambda: layers.InputLayer((4,), input_tensor=layers.Input((3,))), ValueError, "shape=.4,. is incompatible"),
        (
            lambda: layers.InputLayer(input_tensor=layers.Input((3,)), dtype="int32"),
            ValueError,
            "dtype=int32 is incomp",
        ),
        (lambda: layers.Softmax()(np.ones((1, 3)), mask=np.ones((2, 3))), ValueError, "broadcastable"),
        (lambda: layers.Softmax()(np.ones((1, 3)), mask=np.ones((1, 1, 3))), ValueError, "not have more dimensions"),
        (lambda: layers.Add().compute_mask([STEPS, OTHER], STEPS), ValueError, "`mask` should be a list"),
        (lambda: layers.Concatenate().compute_mask(STEPS, [None]), ValueError, "`inputs` should be a list"),
        (lambda: layers.Multiply().compute_mask([STEPS, OTHER], [None]), ValueError, "should have the same length"),
        (lambda: layers.Layer().compute_output_shape((2, 3)), NotImplementedError, "compute_output_shape"),
        (lambda: layers.Lambda.from_config(layers.Lambda(lambda x: x).get_config()), ValueError, "safe_mode=False"),
    ],
)
def test_what_is_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_what_fits_an_input_tensor_is_taken():
    tensor = pykeras.KerasTensor((2, 3))
    layer = layers.InputLayer((3,), batch_size=2, dtype="float32", input_tensor=tensor)
    assert layer.output is tensor and layer.batch_shape == (2, 3)


@pytest.mark.parametrize(
    "make",
    [
        lambda cls=layers.ReLU: cls(), lambda cls=layers.LeakyReLU: cls(), lambda cls=layers.ELU: cls(),
        lambda cls=layers.Softmax: cls(), lambda cls=layers.Activation: cls("relu"), lambda cls=layers.Identity: cls(),
        lambda cls=layers.Masking: cls(), lambda cls=layers.Dropout: cls(0.5), lambda cls=layers.AlphaDropout: cls(0.5),
        lambda cls=layers.GaussianNoise: cls(0.5), lambda cls=layers.GaussianDropout: cls(0.5),
        lambda cls=layers.SpatialDropout2D: cls(0.5), lambda cls=layers.ActivityRegularization: cls(l1=0.5),
        lambda cls=layers.UnitNormalization: cls(), lambda cls=layers.MaxPooling1D: cls(2),
        lambda cls=layers.AveragePooling3D: cls(2), lambda cls=layers.GlobalMaxPooling2D: cls(),
    ],
)  # fmt: skip
def test_layers_with_nothing_to_build_are_built(make):
    assert make().built
    own = type("Own", (make.__defaults__[0],), {"build": lambda self, input_shape: None})
    assert not make(own).built


@pytest.mark.parametrize(
    "kind, both, one",
    [
        ("Multiply", [[0, 0], [5, 6], [-7, 8], [-6, -36]], [[0, 0], [0, 0], [-7, 8], [-6, -36]]),
        ("Maximum", [[0, 0], [5, 6], [-7, 8], [2, 4]], [[0, 0], [5, 6], [-7, 8], [2, 4]]),
        ("Minimum", [[0, 0], [5, 6], [-7, 8], [-3, -9]], [[0, 0], [0, 0], [-7, 8], [-3, -9]]),
        ("Add", [[0, 0], [5, 6], [-7, 8], [-1, -5]], [[0, 0], [5, 6], [-7, 8], [-1, -5]]),
    ],
)
def test_masked_steps_take_no_part_in_merging(kind, both, one):
    hide = layers.Masking()
    merged = getattr(layers, kind)()([hide(STEPS), hide(OTHER)])
    np.testing.assert_array_equal(merged, [both])
    np.testing.assert_array_equal(merged._keras_mask, [[False, True, True, True]])
    merged = getattr(layers, kind)()([hide(STEPS), ops.convert_to_tensor(OTHER)])
    np.testing.assert_array_equal(merged, [one])
    assert getattr(merged, "_keras_mask", None) is None
    a, b = layers.Input((4, 2)), layers.Input((4, 2))
    model = models.Model([a, b], getattr(layers, kind)()([hide(a), hide(b)]))
    np.testing.assert_array_equal(model([STEPS, OTHER]), [both])


def test_kernels_of_einsum_scale_by_the_inputs_that_the_equation_sums():
    pykeras.utils.set_random_seed(1)
    for equation, shape, size, inputs in (("abc,cde->abde", (None, 8, 64), (8, 8, 16), 64),
                                          ("abc,dc->abd", (None, 4, 16), (4, 512), 16)):  # fmt: skip
        layer = layers.EinsumDense(equation, size, kernel_initializer="lecun_normal")
        layer.build(shape)
        np.testing.assert_allclose(np.std(layer.kernel.numpy()), inputs**-0.5, rtol=0.05)
        assert layer.get_config()["kernel_initializer"]["config"]["input_axes"] is None
    told = layers.EinsumDense("ab,bc->ac", 9, kernel_initializer=initializers.GlorotUniform(1, [1], [0]))
    told.build((None, 400))
    assert np.abs(told.kernel.numpy()).max() <= (6 / 409) ** 0.5


def test_normalizations_count_axes_in_what_they_are_given():
    x = np.random.default_rng(0).normal(size=(5, 2, 3, 4)).astype("float32")
    for layer in (layers.RMSNormalization(), layers.LayerNormalization()):
        layer.build((3, 4))
        np.testing.assert_allclose(layer(x)[1, 1], layer(x[1, 1]), rtol=1e-5, atol=1e-6)


class Opaque(layers.Layer):
    """A call that symbolic inputs cannot go through."""

    def call(self, inputs):
        return ops.convert_to_tensor(np.cumsum(inputs.numpy(), -1))

    def compute_output_shape(self, input_shape):
        return input_shape


def test_a_told_output_shape_stands_in_for_a_call_that_cannot_be_described():
    assert Opaque().compute_output_spec(pykeras.KerasTensor((2, 3))).shape == (2, 3)
    x = layers.Input((3,))
    model = models.Model(x, Opaque()(x))
    np.testing.assert_array_equal(model(np.ones((1, 3), "float32")), [[1, 2, 3]])
    both = type("Both", (Opaque,), {"compute_output_shape": lambda self, shape: {"a": shape, "b": (*shape, 2)}})
    spec = both().compute_output_spec(pykeras.KerasTensor((2, 3)))
    assert {key: tensor.shape for key, tensor in spec.items()} == {"a": (2, 3), "b": (2, 3, 2)}
    with pytest.raises(ValueError, match="expected axis|matmul|dense|shape"):
        type("Wrong", (Opaque,), {"call": lambda self, x: ops.matmul(x, ops.ones((7, 2)))})()(x)


class Mixed(layers.Layer):
    def build(self, x_shape, attention_mask_shape=None):
        self.shapes = x_shape, attention_mask_shape

    def call(self, x, attention_mask=None):
        return x


def test_build_is_told_the_shapes_of_masks_that_are_arguments():
    layer = Mixed()
    layer(np.ones((2, 3)), attention_mask=np.ones((2, 1)))
    assert layer.shapes == ((2, 3), (2, 1))

    class Misnamed(layers.Layer):
        def build(self, x_shape, y):
            pass

        def call(self, x, y):
            return x + y

    with pytest.raises(ValueError, match="expected '<argument of call>_shape'.* got 'y'"):
        Misnamed()(np.ones((2, 3)), np.ones((2, 3)))


def test_losses_of_a_call_that_only_told_shapes_are_forgotten():
    class Adds(layers.Layer):
        def call(self, x):
            self.add_loss(ops.sum(x))
            return x

    model = models.Sequential([models.Sequential([Adds()])])
    for _ in range(2):
        model(np.ones((1, 2), "float32"))
        assert [float(loss) for loss in model.losses] == [2.0]


def test_a_batch_of_none_is_regularized_with_zero():
    layer = layers.ActivityRegularization(l2=1.0)
    layer(np.ones((0, 3), "float32"))
    assert float(layer.losses[0]) == 0.0


def test_a_policy_may_be_set_by_name():
    layer = layers.Dense(2)
    layer.dtype_policy = "float64"
    assert (layer.dtype_policy.name, layer.compute_dtype, layer(np.ones((1, 2))).dtype) == (
        "float64",
        "float64",
        "float64",
    )


def test_lambdas_come_back_from_their_configuration():
    layer = layers.Lambda(lambda x: x**2, mask=ops.convert_to_tensor([True, False]))
    again = layers.Lambda.from_config(layer.get_config(), safe_mode=False)
    assert again([[3.0]]).tolist() == [[9.0]] and np.asarray(again.mask).tolist() == [True, False]


def test_a_sequential_without_input_takes_batches_of_other_sizes():
    model = models.Sequential([layers.Conv1D(2, 3), layers.GlobalAveragePooling1D(), layers.Dense(1)])
    model.compile("sgd", "mse")

    def batches():
        for size in (9, 12):
            yield np.ones((2, size, 3), "float32"), np.ones((2, 1), "float32")

    model.fit(batches(), steps_per_epoch=2, verbose=0)
    with pytest.raises(ValueError, match="conv1d.*axis -1 of size 3, got 4"):
        model(np.ones((2, 9, 4), "float32"))
    with pytest.raises(ValueError, match=r"expects shape \(None, 9, 3\)"):
        model(np.ones((2, 3), "float32"))


def test_weights_given_to_an_embedding_are_there_at_once():
    rows = np.arange(6, dtype="float32").reshape(3, 2)
    layer = layers.Embedding(3, 2, weights=[rows])
    np.testing.assert_array_equal(layer.embeddings, rows)
    np.testing.assert_array_equal(layer([[2]]), [[[4, 5]]])


def test_an_activation_may_be_taken_off():
    layer = layers.Dense(1, activation="relu", kernel_initializer="ones")
    layer.activation = None
    assert layer([[-2.0]]).tolist() == [[-2.0]]
