"""The recurrent layers that are compared with Keras: made by the same lines from its ``layers`` and from ours."""

import zlib

import numpy as np


class Case:
    """One layer, its inputs, and how it is called.

    ``make(layers)`` makes the layer; ``shape`` is that of the inputs; ``mask`` a list of lengths, or of rows of
    booleans; ``states`` the shapes of initial states; ``batches`` how often a stateful layer is called.
    """

    def __init__(self, name, make, shape=(2, 4, 3), mask=None, states=None, batches=1, gradient=True):
        self.name, self.make, self.shape, self.batches, self.gradient = name, make, shape, batches, gradient
        self.state_shapes = states
        self.mask = None if mask is None else np.asarray(mask, bool)
        self._rng = np.random.default_rng(zlib.crc32(name.encode()))
        self.inputs = [self._rng.normal(size=shape).astype("float32") for _ in range(batches)]
        self.states = [self._rng.normal(size=s).astype("float32") for s in states or ()]

    def weights(self, shapes):
        """The same weights on both sides."""
        rng = np.random.default_rng(1)
        return [(rng.normal(size=shape) * 0.5).astype("float32") for shape in shapes]

    @staticmethod
    def weigh(output):
        """What an output is multiplied by before it is summed up to be differentiated."""
        return np.cos(np.arange(output.size, dtype="float32")).reshape(output.shape)


CASES = []


def case(name, make, **options):
    CASES.append(Case(name, make, **options))


GAP = [[True, True, False, True], [False, True, False, False]]
RIGHT = [[True, True, True, False], [True, True, False, False]]

for kind in ("SimpleRNN", "LSTM", "GRU"):

    def of(kind, **options):
        return lambda layers: getattr(layers, kind)(3, **options)

    lower = kind.lower()
    case(f"{lower}", of(kind))
    case(f"{lower}-sequences-state", of(kind, return_sequences=True, return_state=True))
    case(f"{lower}-backwards", of(kind, go_backwards=True, return_sequences=True))
    case(f"{lower}-unroll", of(kind, unroll=True, return_sequences=True))
    case(f"{lower}-relu-no-bias", of(kind, activation="relu", use_bias=False))
    case(f"{lower}-mask", of(kind), mask=RIGHT)
    case(f"{lower}-mask-gap", of(kind, return_sequences=True, return_state=True), mask=GAP)
    case(f"{lower}-mask-zero", of(kind, return_sequences=True, zero_output_for_mask=True), mask=GAP)
    case(f"{lower}-mask-zero-last", of(kind, zero_output_for_mask=True), mask=GAP)
    case(f"{lower}-mask-backwards", of(kind, return_sequences=True, go_backwards=True), mask=GAP)
    states = [(2, 3)] * (2 if kind == "LSTM" else 1)
    case(f"{lower}-initial-state", of(kind, return_state=True), states=states)
    case(f"{lower}-stateful", of(kind, stateful=True), batches=3, gradient=False)
    for merge in ("concat", "sum", "mul", "ave", None):
        case(
            f"bidirectional-{lower}-{merge}",
            lambda layers, kind=kind, merge=merge: layers.Bidirectional(
                of(kind, return_sequences=True)(layers), merge_mode=merge
            ),
        )
    case(
        f"bidirectional-{lower}-mask",
        lambda layers, kind=kind: layers.Bidirectional(of(kind, return_sequences=True)(layers)),
        mask=GAP,
    )
    case(
        f"bidirectional-{lower}-last-state",
        lambda layers, kind=kind: layers.Bidirectional(of(kind, return_state=True)(layers), merge_mode="sum"),
        mask=RIGHT,
        states=states * 2,
    )

case("lstm-hard", lambda layers: layers.LSTM(3, recurrent_activation="hard_sigmoid", unit_forget_bias=False))
case("lstm-implementation-1", lambda layers: layers.LSTM(3, implementation=1, return_sequences=True))
case("gru-reset-before", lambda layers: layers.GRU(3, reset_after=False, return_sequences=True))
case("gru-reset-before-mask", lambda layers: layers.GRU(3, reset_after=False, return_sequences=True), mask=GAP)
case("gru-reset-before-1", lambda layers: layers.GRU(3, reset_after=False, implementation=1, use_bias=False))
case("gru-elu", lambda layers: layers.GRU(3, activation="elu", recurrent_activation="hard_sigmoid"))
case(
    "bidirectional-other-backward",
    lambda layers: layers.Bidirectional(
        layers.LSTM(3, return_sequences=True), backward_layer=layers.GRU(2, return_sequences=True, go_backwards=True)
    ),
    mask=RIGHT,
)
case("bidirectional-stateful", lambda layers: layers.Bidirectional(layers.GRU(2, stateful=True)), batches=3,
     gradient=False)  # fmt: skip
case("rnn-cell", lambda layers: layers.RNN(layers.LSTMCell(3), return_sequences=True))
case("rnn-list", lambda layers: layers.RNN([layers.LSTMCell(3), layers.GRUCell(2), layers.SimpleRNNCell(4)],
                                          return_state=True))  # fmt: skip
case("rnn-list-mask", lambda layers: layers.RNN([layers.SimpleRNNCell(3), layers.LSTMCell(2)],
                                               return_sequences=True), mask=GAP)  # fmt: skip
case("time-distributed-dense", lambda layers: layers.TimeDistributed(layers.Dense(2, activation="tanh")))
case("time-distributed-lstm", lambda layers: layers.TimeDistributed(layers.LSTM(2)), shape=(2, 3, 4, 3))
case("time-distributed-conv", lambda layers: layers.TimeDistributed(layers.Conv2D(2, 2)), shape=(2, 3, 4, 4, 2))
case("time-distributed-mask", lambda layers: layers.TimeDistributed(layers.LSTM(2)), shape=(2, 2, 4, 3),
     mask=[[[1, 1, 0, 1], [1, 0, 0, 0]], [[1, 1, 1, 1], [0, 1, 1, 0]]])  # fmt: skip
for data_format in ("channels_last", "channels_first"):
    for rank, sizes, more in (
        (1, (5,), {"padding": "same"}),
        (2, (5, 4), {"return_sequences": True}),
        (2, (5, 4), {"strides": (2, 1), "padding": "same", "return_state": True}),
        (2, (5, 5), {"dilation_rate": 2, "recurrent_activation": "hard_sigmoid", "use_bias": False}),
        (3, (3, 2, 3), {"go_backwards": True}),
    ):
        shape = (2, 3, *sizes, 2) if data_format == "channels_last" else (2, 3, 2, *sizes)
        case(
            f"conv-lstm{rank}d-{data_format}-{'-'.join(more)}",
            lambda layers, rank=rank, more=more, data_format=data_format: getattr(layers, f"ConvLSTM{rank}D")(
                2, 2, data_format=data_format, **more
            ),
            shape=shape,
        )
case("conv-lstm2d-stateful", lambda layers: layers.ConvLSTM2D(2, 2, stateful=True), shape=(2, 3, 3, 3, 1), batches=2,
     gradient=False)  # fmt: skip
