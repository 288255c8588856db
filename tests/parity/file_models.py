"""Small models for files, written once for every Keras: each function takes the module (Keras 3, tf_keras or pykeras).

``MODELS`` maps a name to a function; the model comes compiled. ``data(model)`` gives inputs and labels for it.
"""

import numpy as np


def mlp(keras):
    layers = keras.layers
    model = keras.Sequential([
        layers.Input((5,), name="entry"),
        layers.Dense(4, activation="relu", kernel_regularizer=keras.regularizers.L1L2(0.01, 0.02), name="one"),
        layers.Dense(3, use_bias=False, kernel_constraint=keras.constraints.MaxNorm(2.0), kernel_initializer="he_normal"),
        layers.Dropout(0.0), layers.Dense(2, activation="sigmoid", name="out")], name="mlp")  # fmt: skip
    model.compile(
        keras.optimizers.Adam(0.01, amsgrad=True),
        keras.losses.BinaryCrossentropy(label_smoothing=0.1),
        metrics=["accuracy", keras.metrics.MeanSquaredError(name="square")],
    )
    return model


def cnn(keras):
    layers = keras.layers
    model = keras.Sequential([
        layers.Input((8, 8, 2)), layers.Conv2D(4, 3, padding="same", activation="relu"), layers.BatchNormalization(),
        layers.MaxPooling2D(), layers.Conv2D(4, (2, 3), strides=2, groups=2), layers.AveragePooling2D(1),
        layers.BatchNormalization(scale=False, momentum=0.9), layers.Flatten(), layers.Dense(3,
                                                                                           activation="softmax")])  # fmt: skip
    rate = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
    model.compile(
        keras.optimizers.SGD(rate, momentum=0.9, nesterov=True), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model


def graph(keras):
    layers = keras.layers
    a, b = layers.Input((4,), name="a"), layers.Input((4,), name="b")
    shared = layers.Dense(3, activation="tanh", name="shared")
    x = layers.Concatenate(name="both")([shared(a), shared(b)])
    inner = keras.Sequential([layers.Input((6,)), layers.BatchNormalization(), layers.Dense(5)], name="inner")
    y = inner(x)
    c = layers.Input((5,), name="c")
    nested = keras.Model(c, layers.Add(name="sum")([layers.Dense(5, name="deep")(c), c]), name="nested")
    outputs = [layers.Dense(2, name="p")(nested(y)), layers.Softmax(name="q")(nested(nested(y)))]
    model = keras.Model([a, b], outputs, name="graph")
    model.compile(
        keras.optimizers.RMSprop(0.01, momentum=0.5, centered=True),
        {"p": "mse", "q": "categorical_crossentropy"},
        loss_weights={"p": 1.0, "q": 0.5},
        metrics={"p": ["mae"], "q": ["accuracy"]},
    )
    return model


def merging(keras):
    layers = keras.layers
    x = layers.Input((4, 4, 3), name="x")
    a, b = layers.Conv2D(3, 1, name="a")(x), layers.Conv2D(3, 1, name="b")(x)
    parts = [layers.Add()([a, b]), layers.Subtract()([a, b]), layers.Multiply()([a, b]), layers.Average()([a, b]),
             layers.Maximum()([a, b]), layers.Minimum()([a, b])]  # fmt: skip
    y = layers.Concatenate(axis=-1)(parts)
    y = layers.Concatenate()([layers.GlobalAveragePooling2D()(y), layers.GlobalMaxPooling2D()(y)])
    model = keras.Model(x, layers.Dense(2, name="out")(layers.Reshape((4, 9))(y)))
    model.compile(keras.optimizers.Adam(0.01, use_ema=True, weight_decay=0.01), keras.losses.Huber())
    return model


def activations(keras):
    layers = keras.layers
    x = layers.Input((6,), name="x")
    y = layers.Dense(6, name="first")(x)
    for layer in (layers.LeakyReLU(0.1), layers.PReLU(alpha_initializer="ones"), layers.ELU(0.5), layers.ReLU(4.0, 0.1),
                  layers.Activation("softplus"), layers.Activation("selu")):  # fmt: skip
        y = layer(y)
    model = keras.Model(x, layers.Dense(3, activation="elu", name="last")(y))
    model.compile(keras.optimizers.SGD(0.1), "mean_squared_error", weighted_metrics=["mae"])
    return model


def frozen(keras):
    layers = keras.layers
    model = keras.Sequential([
        layers.Input((4,)), layers.Dense(4, trainable=False, name="still"), layers.BatchNormalization(name="norm"),
        layers.Dense(2, name="moves")])  # fmt: skip
    model.get_layer("norm").trainable = False
    model.compile(keras.optimizers.Adam(0.05, clipnorm=1.0), "mae")
    return model


def operators(keras):
    layers = keras.layers
    x = layers.Input((3, 4), name="x")
    y = layers.Dense(4, name="in")(x)
    z = (y * 2.0 - 1.0) / (1.0 + y * y) + x[:, 0:1, :]
    model = keras.Model(x, layers.Dense(2, name="out")(-z[:, 1]))
    model.compile(keras.optimizers.Adam(0.01), "mse")
    return model


def recurrent(keras):
    layers = keras.layers
    model = keras.Sequential([
        layers.Input((5, 3)), layers.Masking(), layers.Bidirectional(layers.LSTM(3, return_sequences=True)),
        layers.TimeDistributed(layers.Dense(4, activation="tanh")), layers.GRU(3, reset_after=False),
        layers.Dense(2, name="out")], name="recurrent")  # fmt: skip
    model.compile(keras.optimizers.Adam(0.01), "mse")
    return model


def decoder(keras):
    layers = keras.layers
    a, b = layers.Input((5, 3), name="a"), layers.Input((4, 2), name="b")
    _, h, c = layers.LSTM(3, return_state=True, name="encoder")(layers.Masking(name="masking")(a))
    y = layers.LSTM(3, return_sequences=True, name="decoder")(b, initial_state=[h, c])
    y = layers.Bidirectional(layers.GRU(2, return_sequences=True), merge_mode="ave", name="both")(y)
    model = keras.Model([a, b], layers.Dense(2, name="out")(y), name="decoder")
    model.compile(keras.optimizers.SGD(0.1), "mse")
    return model


def cells(keras):
    layers = keras.layers
    model = keras.Sequential([
        layers.Input((5, 3)), layers.RNN([layers.LSTMCell(3), layers.GRUCell(2)], return_sequences=True),
        layers.SimpleRNN(3, return_sequences=True, go_backwards=True),
        layers.LSTM(2, activation="relu", unroll=True)], name="cells")  # fmt: skip
    model.compile(keras.optimizers.SGD(0.1), "mse")
    return model


def convolved(keras):
    layers = keras.layers
    model = keras.Sequential([
        layers.Input((3, 4, 4, 2)),
        layers.ConvLSTM2D(2, 2, recurrent_activation="sigmoid", return_sequences=True),
        layers.ConvLSTM2D(2, 2, recurrent_activation="sigmoid", padding="same", go_backwards=True),
        layers.Flatten(), layers.Dense(2, name="out")],
        name="convolved")  # fmt: skip
    model.compile(keras.optimizers.SGD(0.1), "mse")
    return model


def _compiled(keras, inputs, outputs, optimizer=None, loss="mse"):
    model = keras.Model(inputs, outputs)
    model.compile(optimizer or keras.optimizers.Adam(0.01), loss)
    return model


def words(keras):
    layers = keras.layers
    x = layers.Input((5,), dtype="int32", name="x")
    y = layers.Embedding(7, 4, mask_zero=True, name="table")(x)
    y = layers.LSTM(3, return_sequences=True, name="lstm")(y)
    y = layers.GRU(4, recurrent_activation="sigmoid", name="gru")(y)
    return _compiled(keras, x, layers.Dense(3, activation="softmax")(y), None, "sparse_categorical_crossentropy")


def signal(keras):
    layers = keras.layers
    x = layers.Input((8, 3), name="x")
    y = layers.Conv1D(4, 3, padding="causal", dilation_rate=2, name="conv")(x)
    y = layers.SeparableConv1D(4, 3, depth_multiplier=2, padding="same", name="separable")(layers.ZeroPadding1D(1)(y))
    y = layers.Conv1DTranspose(3, 2, strides=2, name="transpose")(layers.Cropping1D(1)(y))
    y = layers.MaxPooling1D(2)(layers.UpSampling1D(2)(layers.AveragePooling1D(2)(y)))
    y = layers.Concatenate()([layers.GlobalAveragePooling1D()(y), layers.GlobalMaxPooling1D()(y)])
    return _compiled(keras, x, layers.Dense(2)(y))


def image(keras):
    layers = keras.layers
    x = layers.Input((8, 8, 2), name="x")
    y = layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same", name="depthwise")(layers.Rescaling(2.0, -1.0)(x))
    y = layers.SeparableConv2D(4, 3, activation="relu", name="separable")(layers.ZeroPadding2D(1)(y))
    y = layers.Conv2DTranspose(3, 3, strides=2, padding="same", name="transpose")(layers.Cropping2D(1)(y))
    y = layers.SpatialDropout2D(0.0)(layers.UpSampling2D(2)(layers.MaxPooling2D(2)(y)))
    return _compiled(keras, x, layers.Dense(2)(layers.GlobalAveragePooling2D()(y)))


def volume(keras):
    layers = keras.layers
    x = layers.Input((4, 4, 4, 1), name="x")
    y = layers.Conv3D(3, 2, padding="same", activation="relu", name="conv")(x)
    y = layers.Conv3DTranspose(2, 2, strides=2, name="transpose")(layers.MaxPooling3D(2)(y))
    y = layers.AveragePooling3D(2)(layers.Cropping3D(1)(layers.ZeroPadding3D(1)(layers.UpSampling3D(1)(y))))
    return _compiled(keras, x, layers.Dense(2)(layers.GlobalMaxPooling3D()(y)))


def attention(keras):
    layers = keras.layers
    x = layers.Input((4, 6), name="x")
    y = layers.MultiHeadAttention(2, 3, name="heads")(x, x)
    y = layers.LayerNormalization(name="norm")(layers.Add()([x, y]))
    y = layers.Attention(use_scale=True, name="scaled")([y, x])
    y = layers.AdditiveAttention(name="added")([y, x])
    return _compiled(keras, x, layers.Dense(2)(layers.GlobalAveragePooling1D()(y)))


def normalizations(keras):
    layers = keras.layers
    x = layers.Input((4, 4, 6), name="x")
    y = layers.GroupNormalization(3, name="group")(x)
    y = layers.Activation("tanh")(y)  # between them, lest one undo the other and its gradients be noise
    y = layers.LayerNormalization(axis=[1, 2], center=False, name="layer")(y)
    y = layers.UnitNormalization(name="unit")(layers.Activation("tanh")(y))
    y = layers.Activation("tanh")(y)
    y = layers.BatchNormalization(axis=1, name="batch")(y)
    return _compiled(keras, x, layers.Dense(2)(layers.Flatten()(y)))


def shapes(keras):
    layers = keras.layers
    x = layers.Input((4,), name="x")
    y = layers.Permute((2, 1))(layers.RepeatVector(3)(layers.Dense(4, name="a")(x)))
    y = layers.Dot(axes=2)([y, y])
    y = layers.EinsumDense("abc,cd->abd", output_shape=(4, 5), bias_axes="d", name="einsum")(y)
    y = layers.ActivityRegularization(l2=0.01)(layers.GaussianNoise(0.0)(layers.AlphaDropout(0.0)(y)))
    return _compiled(keras, x, layers.Dense(2)(layers.Flatten()(y)))


def steps(keras):
    layers = keras.layers
    x = layers.Input((6, 3), name="x")
    y = layers.DepthwiseConv1D(2, depth_multiplier=2, padding="same", name="depthwise")(x)
    y = layers.Conv1D(4, 2, name="conv")(y)
    inner = keras.Sequential([layers.Input((4,)), layers.Dense(6, activation="elu"), layers.LayerNormalization()])
    y = layers.Reshape((5, 3, 2))(layers.TimeDistributed(inner, name="each")(y))
    y = layers.ConvLSTM1D(2, 2, recurrent_activation="sigmoid", name="convolved")(y)
    return _compiled(keras, x, layers.Dense(2)(layers.Softmax()(layers.Flatten()(y))))


def twins(keras):
    layers = keras.layers
    a, b = layers.Input((4,), name="a"), layers.Input((4,), name="b")
    twin = keras.Sequential([layers.Input((4,)), layers.Dense(3, activation="tanh"), layers.Dense(3)], name="twin")
    p, q = twin(a), twin(b)
    y = layers.Minimum()([layers.Subtract()([p, q]), layers.Multiply()([p, q])])
    outputs = [layers.Dense(2, name="near")(y), layers.Dense(1, name="far", kernel_constraint="unit_norm")(p)]
    model = keras.Model([a, b], outputs, name="twins")
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True), {"near": "mse", "far": "mae"},
                  loss_weights={"near": 0.5, "far": 2.0})  # fmt: skip
    return model


def _with_optimizer(name, **options):
    def build(keras):
        layers = keras.layers
        x = layers.Input((4,), name="x")
        y = layers.Dense(2, name="b")(layers.Dense(3, activation="tanh", name="a")(x))
        return _compiled(keras, x, y, getattr(keras.optimizers, name)(**options))

    build.__name__ = f"optimizer_{name.lower()}"
    return build


OPTIMIZERS = [
    _with_optimizer("Adamax", learning_rate=0.01),
    _with_optimizer("Nadam", learning_rate=0.01),
    _with_optimizer("Adagrad", learning_rate=0.1),
    _with_optimizer("Adadelta", learning_rate=1.0),
    _with_optimizer("Ftrl", learning_rate=0.1),
    _with_optimizer("AdamW", learning_rate=0.01, weight_decay=0.1),
]

_FUNCTIONS = (mlp, cnn, graph, merging, activations, frozen, operators, recurrent, decoder, cells, convolved, words,
              signal, image, volume, attention, normalizations, shapes, steps, twins, *OPTIMIZERS)  # fmt: skip
MODELS = {f.__name__: f for f in _FUNCTIONS}
WEIGHTS_TOO = ("mlp", "graph")
SPARSE = ("sparse_categorical_crossentropy",)


def as_list(value):
    return list(value) if isinstance(value, (list, tuple)) else [value]


def data(model):
    """Inputs and labels, lists of arrays."""
    draw = np.random.default_rng(5)
    x = [draw.random((6, *[4 if n is None else n for n in t.shape[1:]])).astype("f4") for t in model.inputs]
    for number, t in enumerate(model.inputs):
        if "int" in str(t.dtype):
            x[number] = draw.integers(0, 7, x[number].shape).astype("i4")
    y = [draw.random((6, *t.shape[1:])).astype("f4") for t in model.outputs]
    losses = model.loss if isinstance(model.loss, dict) else {}
    for number, t in enumerate(model.outputs):
        loss = list(losses.values())[number] if losses else model.loss
        size = t.shape[-1]
        if loss in SPARSE:
            y[number] = draw.integers(0, size, (6, 1)).astype("f4")
        elif loss == "categorical_crossentropy":
            y[number] = np.eye(size, dtype="f4")[draw.integers(0, size, 6)]
    return x, y


def one(values):
    """A single array instead of a list of one."""
    return values[0] if len(values) == 1 else values


def train(model, x, y):
    model.train_on_batch(one(x), one(y))


def predict(model, x):
    return as_list(model.predict(one(x), verbose=0))
