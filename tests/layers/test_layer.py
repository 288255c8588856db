"""The base of every layer: weights, what it holds, calling, losses, configuration."""

import collections

import numpy as np
import pytest

import pykeras
from pykeras import KerasTensor, Variable, initializers, layers, ops

X = np.arange(12, dtype="float32").reshape(4, 3) / 10


class Scale(layers.Layer):
    def build(self, input_shape):
        self.factor = self.add_weight(name="factor", shape=(input_shape[-1],), initializer="ones")

    def call(self, inputs):
        return inputs * self.factor


class Holder(layers.Layer):
    """Sublayers in an attribute, a list, a dictionary, a tuple inside a list, and one found under two names."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.first = layers.Dense(2)
        self.listed = [layers.Dense(3), layers.Dense(4)]
        self.named = {"b": layers.Dense(5), "a": [layers.Dense(6)]}
        self.nested = [(layers.Dense(7),)]
        self.again = self.first

    def call(self, inputs):
        for layer in (self.first, *self.listed, self.named["b"], *self.named["a"], *self.nested[0]):
            inputs = layer(inputs)
        return inputs


def test_weights_of_sublayers_are_found_in_the_order_they_were_set():
    layer = Holder()
    assert layer.weights == []
    layer(X)
    assert [w.shape[-1] for w in layer.weights] == [2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7]
    assert layer.weights[0] is layer.first.kernel
    assert layer.count_params() == sum(int(np.prod(w.shape)) for w in layer.weights)
    layer.listed.append(layers.Dense(1))
    layer.listed[-1].build((None, 7))
    assert len(layer.weights) == 14
    del layer.named
    assert len(layer.weights) == 10


def test_paths_name_the_layers_that_hold_a_weight():
    layer = Holder(name="holder")
    layer(X)
    names = [layer.first.name, *(each.name for each in layer.listed)]
    assert [w.path for w in layer.weights[:6:2]] == [f"holder/{name}/kernel" for name in names]
    assert layer.weights[0].name == "kernel"


def test_variables_and_metrics_of_attributes():
    class Counting(layers.Layer):
        def __init__(self):
            super().__init__()
            self.step = Variable(0.0, trainable=False, name="step")
            self.slopes = [Variable([1.0]), Variable([2.0])]
            self.mean = pykeras.metrics.Mean(name="mean")
            self.dropout = layers.Dropout(0.5, seed=1)

        def call(self, inputs):
            self.step.assign_add(1.0)
            self.mean.update_state(inputs)
            return inputs * self.slopes[0]

    layer = Counting()
    assert [w.shape for w in layer.weights] == [(1,), (1,), ()]
    assert layer.weights[2] is layer.step
    assert [w.trainable for w in layer.weights] == [True, True, False]
    assert any(v is layer.dropout.seed_generator.state for v in layer.variables)
    layer(X)
    layer(X)
    assert float(layer.step.numpy()) == 2
    assert float(layer.mean.result()) == pytest.approx(X.mean())


@pytest.mark.parametrize(
    "add",
    [
        lambda layer: layer.add_weight((2, 3), "ones", "float64", False, name="w"),
        lambda layer: layer.add_weight("w", (2, 3), "float64", "ones", None, False),
        lambda layer: layer.add_weight("w", shape=(2, 3), dtype="float64", initializer="ones", trainable=False),
        lambda layer: layer.add_weight(shape=[2, 3], name="w", dtype="float64", initializer=np.ones((2, 3)),
                                       trainable=False),
    ],
    ids=["keras3", "keras2", "name", "keywords"],
)  # fmt: skip
def test_add_weight_takes_both_orders(add):
    layer = layers.Layer(name="own")
    weight = add(layer)
    assert (weight.name, weight.path, weight.shape, weight.dtype) == ("w", "own/w", (2, 3), "float64")
    assert not weight.trainable and layer.non_trainable_weights == [weight] and layer.trainable_weights == []
    np.testing.assert_array_equal(weight, np.ones((2, 3)))


def test_add_weight_looks_up_what_is_not_given():
    class Own(layers.Layer):
        def __init__(self):
            super().__init__()
            self.kernel_initializer = initializers.get("ones")
            self.kernel_regularizer = pykeras.regularizers.get("l2")
            self.kernel_constraint = pykeras.constraints.get("non_neg")

    layer = Own()
    kernel = layer.add_weight("kernel", (2,))
    assert kernel.numpy().tolist() == [1, 1]
    assert kernel.regularizer is layer.kernel_regularizer and kernel.constraint is layer.kernel_constraint
    other = layer.add_weight("other", (200,))
    assert other.regularizer is None and 0 < np.abs(other.numpy()).max() < 0.2, "glorot_uniform"
    assert layer.add_weight(shape=(), dtype="int32").numpy() == 0
    with pytest.raises(TypeError, match="add_weight: shape is given twice"):
        layer.add_weight((2,), shape=(2,))


def test_trainable_reaches_all_sublayers():
    layer = Holder()
    layer(X)
    layer.first.trainable = False
    assert len(layer.trainable_weights) == 10 and len(layer.non_trainable_weights) == 2
    layer.trainable = False
    assert layer.trainable_weights == [] and len(layer.non_trainable_weights) == 12
    assert not any(w.trainable for w in layer.weights)
    layer.trainable = True
    assert len(layer.trainable_weights) == 12
    frozen = layers.BatchNormalization(trainable=False)
    frozen.build((None, 3))
    assert frozen.trainable_weights == []
    frozen.trainable = True
    assert [w.name for w in frozen.trainable_weights] == ["gamma", "beta"], "moving averages never are"


def test_order_of_weights_does_not_depend_on_trainable():
    layer = layers.BatchNormalization()
    layer.build((None, 3))
    names = [w.name for w in layer.weights]
    layer.trainable = False
    assert [w.name for w in layer.weights] == names == ["gamma", "beta", "moving_mean", "moving_variance"]


def test_weights_argument_sets_the_first_values():
    kernel = np.ones((3, 2), "float32") * 3
    layer = layers.Dense(2, weights=[kernel, np.zeros(2)])
    layer(X)
    np.testing.assert_array_equal(layer.kernel, kernel)


def test_build_happens_once_and_outside_of_call_too():
    calls = []

    class Built(layers.Layer):
        def build(self, input_shape):
            calls.append(input_shape)

        def call(self, inputs):
            return inputs

    layer = Built()
    assert not layer.built
    layer(X)
    layer(X[:1])
    assert calls == [(4, 3)] and layer.built
    assert layer.get_build_config() == {"input_shape": (4, 3)}
    other = Scale()
    other.build((None, 3))
    assert other.factor.shape == (3,)
    other(X)
    assert len(other.weights) == 1 and other.get_build_config() == {"input_shape": (None, 3)}


def test_build_gets_the_shapes_it_names():
    seen = {}

    class Two(layers.Layer):
        def build(self, query_shape, value_shape):
            seen.update(query=query_shape, value=value_shape)

        def call(self, query, value):
            return query + value

    Two()(X, value=X[:1])
    assert seen == {"query": (4, 3), "value": (1, 3)}


def test_any_name_may_stand_for_self():
    class Own(layers.Layer):
        def __init__(this, units, **kwargs):
            super().__init__(**kwargs)
            this.dense = layers.Dense(units)

        def build(this, shape):
            this.size = shape[-1]

        def call(this, x, training=None):
            return this.dense(x), training

    layer = Own(2, name="own")
    assert layer(X, training=True)[1] is True and layer.size == 3
    assert layer.get_config()["units"] == 2


def test_training_is_passed_down():
    seen = []

    class Inner(layers.Layer):
        def call(self, inputs, training=None):
            seen.append(training)
            return inputs

    class Outer(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.inner = Inner()

        def call(self, inputs):  # knows nothing of training
            return self.inner(inputs)

    layer = Outer()
    layer(X)
    layer(X, training=True)
    layer(X, training=False)
    assert seen == [None, True, False]
    model = pykeras.Sequential([layer])
    model.predict(X, verbose=0)
    assert seen[-1] is False


def test_default_of_training_counts():
    class Always(layers.Layer):
        def call(self, inputs, training=True):
            return inputs * (2.0 if training else 1.0)

    assert float(Always()(1.0)) == 2 and float(Always()(1.0, training=False)) == 1


def test_inputs_are_brought_to_the_layers_dtype():
    layer = layers.Dense(2, dtype="float64")
    assert layer(X).dtype == "float64" and layer.kernel.dtype == "float64"
    assert layers.Dense(2)(X.astype("float64")).dtype == "float32"
    assert layers.Dense(2)([[1, 2], [3, 4]]).shape == (2, 2)
    assert layers.Identity()(np.array([1, 2])).dtype == "int64", "integers stay"
    assert layers.Identity(autocast=False)(X.astype("float64")).dtype == "float64"


def test_losses_are_those_of_the_last_call():
    class Penalty(layers.Layer):
        def call(self, inputs):
            self.add_loss(ops.sum(inputs))
            return inputs

    class Outer(layers.Layer):
        def __init__(self):
            super().__init__()
            self.inner = Penalty()
            self.dense = layers.Dense(2, kernel_regularizer=pykeras.regularizers.L2(0.5))

        def call(self, inputs):
            return self.dense(self.inner(inputs))

    layer = Outer()
    for _ in range(2):
        layer(X)
        kernel = layer.dense.kernel.numpy()
        assert [float(loss) for loss in layer.losses] == pytest.approx([X.sum(), 0.5 * (kernel**2).sum()], rel=1e-5)
    layer.trainable = False
    assert len(layer.losses) == 1, "weights that are not trained have no penalty"


def test_activity_regularizer_is_a_mean_over_samples():
    layer = layers.Activation("linear", activity_regularizer=pykeras.regularizers.L1(0.1))
    layer(X)
    assert float(layer.losses[0]) == pytest.approx(0.1 * X.sum() / 4, rel=1e-5)


def test_assigning_while_described_changes_nothing():
    class Running(layers.Layer):
        def __init__(self):
            super().__init__()
            self.total = self.add_weight(name="total", shape=(3,), initializer="zeros", trainable=False)

        def call(self, inputs):
            self.total.assign(self.total + ops.sum(inputs, 0))
            self.total.assign_add(ops.sum(inputs, 0))
            self.total.assign_sub(ops.sum(inputs, 0))
            return inputs - self.total

    inputs = pykeras.Input((3,))
    layer = Running()
    model = pykeras.Model(inputs, layer(inputs))
    np.testing.assert_array_equal(layer.total, np.zeros(3))
    model(X)
    np.testing.assert_allclose(layer.total, X.sum(0), rtol=1e-6)
    with pytest.raises(TypeError, match="running.*/total.*a symbolic tensor has no value"):
        layer.total.assign(inputs)

    class Wrong(Running):
        def call(self, inputs):
            self.total.assign(ops.sum(inputs, 1, keepdims=True))
            return inputs

    with pytest.raises(ValueError, match=r"total.*expected a value of shape \(3,\), got one of shape \(None, 1\)"):
        Wrong()(inputs)


def test_compute_output_shape_builds_nothing():
    layer = layers.Dense(5)
    assert layer.compute_output_shape((None, 3)) == (None, 5)
    assert not layer.built and layer.weights == []
    assert layers.Concatenate()([KerasTensor((None, 2)), KerasTensor((None, 3))]).shape == (None, 5)


def test_get_and_set_weights():
    layer = Scale()
    layer.build((None, 3))
    layer.set_weights([np.array([1.0, 2.0, 3.0])])
    values = layer.get_weights()
    values[0][:] = 0
    assert layer.factor.numpy().tolist() == [1, 2, 3], "copies"


def test_names_count_up_by_class():
    pykeras.utils.clear_session()
    names = [layers.Dense(1).name, layers.Dense(1).name, layers.MaxPooling2D().name, Scale().name, layers.ReLU().name]
    assert names == ["dense", "dense_1", "max_pooling2d", "scale", "re_lu"]


Pair = collections.namedtuple("Pair", "left right")


def test_inputs_and_outputs_of_any_structure():
    class Structured(layers.Layer):
        def call(self, inputs):
            return {"sum": inputs["a"] + inputs["b"][0], "pair": Pair(inputs["a"], inputs["b"][1])}

    made = Structured()({"a": X, "b": [X, X + 1]})
    np.testing.assert_array_equal(made["sum"], X + X)
    np.testing.assert_array_equal(made["pair"].right, X + 1)
    described = Structured()({"a": KerasTensor((None, 3)), "b": [KerasTensor((None, 1)), KerasTensor((2, 3))]})
    assert described["sum"].shape == (None, 3) and described["pair"].right.shape == (2, 3)
