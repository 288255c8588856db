"""What RNN does with cells, states, masks and bad input."""

import collections

import numpy as np
import pytest

import pykeras
from pykeras import Input, Model, Sequential, layers, ops, registry

RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 5, 3)).astype("float32")
KINDS = [layers.SimpleRNN, layers.LSTM, layers.GRU]


class Minimal(layers.Layer):
    """The cell of Keras's own documentation."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), initializer="uniform", name="kernel")
        self.recurrent_kernel = self.add_weight(shape=(self.units, self.units), initializer="uniform",
                                                name="recurrent_kernel")  # fmt: skip

    def call(self, inputs, states):
        output = ops.matmul(inputs, self.kernel) + ops.matmul(states[0], self.recurrent_kernel)
        return output, [output]


def distance(a, b):
    return np.abs(np.asarray(a) - np.asarray(b)).max()


def by_hand(cell, x, h):
    outputs = []
    for t in range(x.shape[1]):
        h = x[:, t] @ cell.kernel.numpy() + h @ cell.recurrent_kernel.numpy()
        outputs.append(h)
    return np.stack(outputs, 1)


def test_a_cell_of_ones_own():
    layer = layers.RNN(Minimal(4), return_sequences=True, return_state=True)
    outputs, state = layer(X)
    wanted = by_hand(layer.cell, X, np.zeros((2, 4)))
    np.testing.assert_allclose(outputs, wanted, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(state, wanted[:, -1], rtol=1e-4, atol=1e-6)
    assert [w.path for w in layer.weights] == [f"{layer.name}/{layer.cell.name}/{n}" for n in
                                               ("kernel", "recurrent_kernel")]  # fmt: skip


def test_a_cell_that_is_no_layer():
    class Total:
        state_size = 3

        def call(self, inputs, states):
            return states[0] + inputs, states[0] + inputs

    np.testing.assert_allclose(layers.RNN(Total())(X), X.sum(1), rtol=1e-5, atol=1e-6)


def test_cells_one_on_top_of_the_other():
    layer = layers.RNN([Minimal(4), layers.LSTMCell(2)], return_state=True)
    output, first, second = layer(X)
    assert output.shape == (2, 2) and first.shape == (2, 4) and [s.shape for s in second] == [(2, 2)] * 2
    alone = layers.RNN(Minimal(4), return_sequences=True)
    alone(X)
    alone.set_weights(layer.get_weights()[:2])
    after = layers.LSTM(2)
    after(alone(X))
    after.set_weights(layer.get_weights()[2:])
    np.testing.assert_allclose(output, after(alone(X)), rtol=1e-5, atol=1e-6)


Pair = collections.namedtuple("Pair", ["mean", "grid"])


class Nested(layers.Layer):
    """States of two shapes in a named tuple, inputs in a dictionary."""

    state_size = Pair(3, (2, 2))

    def get_initial_state(self, batch_size=None):
        return Pair(ops.zeros((batch_size, 3)), ops.ones((batch_size, 2, 2)))

    def build(self, input_shape):
        assert input_shape == {"a": (2, 3), "b": (2, 2)}
        self.scale = self.add_weight(name="scale", shape=(), initializer="ones")

    def call(self, inputs, states):
        mean, grid = states
        mean = (mean + inputs["a"]) * self.scale
        grid = grid * ops.expand_dims(inputs["b"], 1)
        return {"mean": mean, "grid": grid}, [mean, grid]


def test_nested_states_inputs_and_outputs():
    b = RNG.normal(size=(2, 5, 2)).astype("float32")
    layer = layers.RNN(Nested(), return_sequences=True, return_state=True)
    outputs, mean, grid = layer({"a": X, "b": b})
    np.testing.assert_allclose(outputs["mean"], np.cumsum(X, 1), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(grid, np.broadcast_to(np.prod(b, 1)[:, None], (2, 2, 2)), rtol=1e-4)
    assert outputs["grid"].shape == (2, 5, 2, 2) and mean.shape == (2, 3)


def test_initial_state_as_keras_tensors():
    inputs, h, c = Input((None, 3)), Input((4,)), Input((4,))
    layer = layers.LSTM(4)
    by_name = Model([inputs, h, c], layer(inputs, initial_state=[h, c]))
    in_a_list = Model([inputs, h, c], layer([inputs, h, c]))
    h0, c0 = (RNG.normal(size=(2, 4)).astype("float32") for _ in range(2))
    wanted = layer(X, initial_state=[h0, c0])
    assert distance(wanted, layer(X)) > 1e-3
    for model in (by_name, in_a_list):
        np.testing.assert_allclose(model.predict([X, h0, c0], verbose=0), wanted, rtol=1e-5, atol=1e-6)
    twin = Model.from_config(by_name.get_config())
    twin.set_weights(by_name.get_weights())
    np.testing.assert_allclose(twin.predict([X, h0, c0], verbose=0), wanted, rtol=1e-5, atol=1e-6)


def test_encoder_and_decoder_share_states():
    source, target = Input((None, 3)), Input((None, 2))
    _, *states = layers.GRU(4, return_state=True)(source)
    model = Model([source, target], layers.GRU(4, return_sequences=True)(target, initial_state=states))
    model.compile("sgd", "mse")
    data = [X, RNG.normal(size=(2, 6, 2))]
    before = model.evaluate(data, np.ones((2, 6, 4)), verbose=0)
    model.fit(data, np.ones((2, 6, 4)), epochs=20, verbose=0)
    assert model.evaluate(data, np.ones((2, 6, 4)), verbose=0) < before
    assert all(np.abs(g).max() > 0 for g in [model.get_weights()[0]])


@pytest.mark.parametrize("kind", KINDS)
def test_stateful_over_batches(kind):
    layer = kind(4, stateful=True, return_sequences=True)
    whole = kind(4, return_sequences=True)
    whole(X)
    first = layer(X[:, :2])
    whole.set_weights(layer.get_weights())
    parts = np.concatenate([first, layer(X[:, 2:4]), layer(X[:, 4:])], 1)
    np.testing.assert_allclose(parts, whole(X), rtol=1e-4, atol=1e-6)
    layer.reset_state()
    np.testing.assert_allclose(layer(X[:, :2]), first, rtol=1e-5, atol=1e-7)
    layer.reset_states(states=[np.zeros((2, 4))] * len(layer.states))
    np.testing.assert_allclose(layer(X[:, :2]), first, rtol=1e-5, atol=1e-7)
    assert len(layer.weights) == 3, "states are no weights"


@pytest.mark.parametrize("make", [lambda: layers.LSTM(4, stateful=True, batch_input_shape=(2, 5, 3)),
                                  lambda: layers.Bidirectional(layers.GRU(2, stateful=True))])  # fmt: skip
def test_stateful_models_eager_and_replayed(make):
    """Training and prediction carry the states on, also when steps are replayed; reset_states() of the model."""
    histories = []
    for eagerly in (True, False):
        pykeras.utils.set_random_seed(3)
        model = Sequential([make(), layers.Dense(1)])
        model.compile("sgd", "mse", run_eagerly=eagerly)
        x = X
        history = model.fit(x, np.ones((2, 1)), batch_size=2, epochs=4, shuffle=False, verbose=0).history["loss"]
        outputs = [model.predict(x, batch_size=2, verbose=0) for _ in range(3)]
        assert np.abs(outputs[0] - outputs[1]).max() > 1e-4
        model.reset_states()
        again = model.predict(x, batch_size=2, verbose=0)
        model.reset_states()
        np.testing.assert_array_equal(model.predict(x, batch_size=2, verbose=0), again)
        histories.append((history, outputs, again))
    np.testing.assert_allclose(histories[0][0], histories[1][0], rtol=1e-6)
    for mine, other in zip(histories[0][1], histories[1][1]):
        np.testing.assert_allclose(mine, other, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("options", [
    {}, {"dropout": 0.3}, {"recurrent_dropout": 0.3}, {"dropout": 0.3, "implementation": 1}, {"unroll": True},
    {"activation": "relu"}, {"go_backwards": True, "dtype": "float64"}, {"kernel_regularizer": "l2"},
    {"activity_regularizer": "l2", "recurrent_constraint": "unit_norm"},
])  # fmt: skip
def test_fit_is_the_same_eagerly_and_replayed(kind, options):
    weights = []
    for eagerly in (True, False):
        pykeras.utils.set_random_seed(7)
        model = Sequential([Input((5, 3)), layers.Masking(), kind(4, seed=5, **options), layers.Dense(1)])
        model.compile(pykeras.optimizers.SGD(0.1), "mse", run_eagerly=eagerly)
        data = np.random.default_rng(1).normal(size=(12, 5, 3)).astype("float32")
        data[::2, 3:] = 0
        model.fit(data, data[:, 0, :1], batch_size=4, epochs=2, verbose=0)
        weights.append(model.get_weights())
    for mine, other in zip(*weights):
        np.testing.assert_allclose(mine, other, rtol=1e-5, atol=1e-6)


def test_dropout_drops_the_same_inputs_at_every_step():
    layer = layers.SimpleRNN(8, dropout=0.5, seed=1, kernel_initializer="identity", recurrent_initializer="zeros",
                             activation="linear", return_sequences=True)  # fmt: skip
    outputs = np.asarray(layer(np.ones((6, 4, 8)), training=True))
    np.testing.assert_array_equal(np.unique(outputs), [0.0, 2.0])
    np.testing.assert_array_equal(outputs, np.repeat(outputs[:, :1], 4, axis=1))
    assert distance(outputs, layer(np.ones((6, 4, 8)), training=True)) > 0, "another call, another mask"
    np.testing.assert_array_equal(layer(np.ones((6, 4, 8))), 1.0)


@pytest.mark.parametrize(("kind", "gates"), [(layers.LSTM, 4), (layers.GRU, 3)])
def test_dropout_of_each_gate(kind, gates):
    """Implementation 2 has one mask for all gates, 1 has one for each."""
    for implementation, count in ((1, gates), (2, 1)):
        layer = kind(3, dropout=0.5, implementation=implementation, seed=2)
        layer(X)
        masks = layer.cell.get_dropout_mask(ops.ones((4, 200)))
        masks = np.stack([np.asarray(m) for m in (masks if isinstance(masks, list) else [masks])])
        assert len(np.unique(masks.reshape(len(masks), -1), axis=0)) == len(masks) == count
        layer.cell.reset_dropout_mask()
        assert layer.dropout == 0.5 and layer.implementation == implementation


def test_recurrent_dropout_scales_what_is_kept():
    layer = layers.SimpleRNN(1000, recurrent_dropout=0.25, seed=1, activation="linear", kernel_initializer="zeros",
                             recurrent_initializer="identity")  # fmt: skip
    output = np.asarray(layer(np.zeros((1, 1, 1)), initial_state=np.ones((1, 1000)), training=True))
    np.testing.assert_allclose(np.unique(output), [0.0, 4 / 3], rtol=1e-5)
    assert abs((output == 0).mean() - 0.25) < 0.05


def test_time_major():
    layer = layers.GRU(4, return_sequences=True, time_major=True)
    outputs = layer(np.swapaxes(X, 0, 1))
    other = layers.GRU(4, return_sequences=True)
    other(X)
    other.set_weights(layer.get_weights())
    np.testing.assert_allclose(np.swapaxes(outputs, 0, 1), other(X), rtol=1e-5, atol=1e-6)
    assert layers.GRU.from_config(layer.get_config()).time_major


def test_names_of_keras_2():
    assert layers.CuDNNLSTM is layers.LSTM and layers.CuDNNGRU is layers.GRU
    assert isinstance(layers.deserialize({"class_name": "CuDNNGRU", "config": {"units": 3}}), layers.GRU)

    class Old(layers.AbstractRNNCell):
        state_size = output_size = 3

        def call(self, inputs, states):
            return inputs + states[0], [inputs + states[0]]

    np.testing.assert_allclose(layers.RNN(Old())(X), X.sum(1), rtol=1e-5, atol=1e-6)


def test_configuration_of_a_cell_of_ones_own():
    layer = layers.RNN([Minimal(4), layers.GRUCell(2, implementation=1)], go_backwards=True)
    with registry.custom_object_scope({"Minimal": Minimal}):
        twin = layers.RNN.from_config(layer.get_config())
    assert twin.get_config() == layer.get_config()
    both = layers.Bidirectional(layers.RNN(Minimal(4)))  # copies the layer without being told the class
    assert both(X).shape == (2, 8)


class Returns(Minimal):
    def call(self, inputs, states):
        return inputs, [ops.zeros((inputs.shape[0], 9))]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.RNN(layers.Dense(2)), "state_size"),
        (lambda: layers.RNN(3), "'call'"),
        (lambda: layers.LSTM(0), "units: expected a positive integer"),
        (lambda: layers.LSTM(3, units_=2), "units_"),
        (lambda: layers.LSTM(3)(X[0]), r"expected 3 axes, got 2"),
        (lambda: layers.LSTM(3, stateful=True)(Input((5, 3))), "batch size must be known"),
        (lambda: layers.LSTM(3, unroll=True)(Input((None, 3))), "unroll"),
        (lambda: layers.LSTM(3)(X, initial_state=[X[:, 0]]), "initial_state: expected 2 tensors, got 1"),
        (lambda: layers.GRU(4)(X, initial_state=X[:, 0]), r"initial_state: state 0: expected shape \(2, 4\)"),
        (lambda: layers.GRU(4)(X, mask=np.ones((2, 4), bool)), r"expected a mask of shape \(batch, 5\)"),
        (lambda: layers.LSTM(3)(X[:, :0]), "at least one time step"),
        (lambda: layers.LSTM(3)(Input((5, None))), "number of features"),
        (lambda: layers.RNN(Returns(4))(X), r"state 0 of the cell had shape \(2, 4\)"),
        (lambda: layers.LSTM(3, use_cudnn=True, unroll=True)(X), "use_cudnn"),
        (lambda: layers.LSTM(3).reset_state([X]), "there are no states"),
        (lambda: layers.StackedRNNCells([]), "list of cells"),
        (lambda: layers.ConvLSTM2D(2, 2)(Input((3, None, 4, 1))), "must be known"),
        (lambda: layers.ConvLSTM2D(2, 2, strides=2, dilation_rate=2), "cannot both exceed 1"),
    ],
)
def test_bad_input(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()


def test_stateful_batches_keep_their_size():
    layer = layers.GRU(3, stateful=True)
    layer(X)
    with pytest.raises(ValueError, match="states are those of 2 samples, the batch has 1"):
        layer(X[:1])
