"""Both directions of a sequence."""

from __future__ import annotations

from typing import Any

from pykeras import check, ops, tree
from pykeras.layers.layer import REGISTRY, Layer
from pykeras.layers.recurrent.rnn import split_constants, without_states
from pykeras.layers.wrapper import build_inner, copy_layer, layer_from

_MERGES = {
    "concat": lambda y, z: ops.concatenate([y, z], -1),
    "sum": lambda y, z: y + z,
    "ave": lambda y, z: (y + z) / 2.0,
    "mul": lambda y, z: y * z,
    None: lambda y, z: (y, z),
}


@REGISTRY.register
class Bidirectional(Layer):
    """A recurrent layer run over a sequence forwards, another one backwards, their outputs merged (Schuster and
    Paliwal, IEEE Transactions on Signal Processing 45, 2673).

    Arguments:
        layer: a recurrent layer; two copies of it are made, named ``forward_...`` and ``backward_...``.
        merge_mode: ``"concat"``, ``"sum"``, ``"mul"``, ``"ave"``, or ``None`` for both outputs.
        weights: initial values, those of the forward layer first.
        backward_layer: the layer for the other direction instead of a copy; its ``go_backwards`` must be the other.

    Inputs, ``mask`` and ``constants`` as the layer's; ``initial_state`` holds the states of the forward layer, then
    those of the backward one, and so do the states that come with ``return_state``. With ``return_sequences`` the outputs
    of the backward layer are turned round, so that both are in one order.

    Raises ``ValueError`` for layers that do not fit each other.

    >>> from pykeras import layers
    >>> Bidirectional(layers.LSTM(4, return_sequences=True))(ops.ones((2, 5, 3))).shape
    (2, 5, 8)
    """

    def __init__(self, layer, merge_mode="concat", weights=None, backward_layer=None, **kwargs):
        for name, given in (("layer", layer), ("backward_layer", backward_layer)):
            if not isinstance(given, Layer) and not (given is None and name == "backward_layer"):
                raise ValueError(f"Bidirectional: {name}: expected a layer, got {given!r}")
        check.one_of("merge_mode", merge_mode, tuple(_MERGES))
        self._num_constants = check.non_negative_int("num_constants", kwargs.pop("num_constants", 0))
        super().__init__(weights=weights, **kwargs)
        self.merge_mode = merge_mode
        self.forward_layer = copy_layer(layer, name=f"forward_{layer.name.removeprefix('forward_')}")
        if backward_layer is None:
            name = f"backward_{layer.name.removeprefix('backward_')}"
            backward_layer = copy_layer(layer, name=name, go_backwards=not layer.go_backwards)
        self.backward_layer = backward_layer
        for each in (self.forward_layer, self.backward_layer):
            if hasattr(layer, "use_cudnn"):  # not part of the configuration
                each.use_cudnn = layer.use_cudnn
            if hasattr(each, "zero_output_for_mask"):
                # What was made up at masked steps must not be merged with the other direction's.
                each.zero_output_for_mask = each.return_sequences
        self._check_layers()
        self.stateful = layer.stateful
        self.return_sequences = layer.return_sequences
        self.return_state = layer.return_state
        self.supports_masking = True
        self.input_spec = layer.input_spec

    def _check_layers(self):
        forward, backward = self.forward_layer, self.backward_layer
        if forward.go_backwards == backward.go_backwards:
            raise ValueError(f"{self._label}: go_backwards is {forward.go_backwards} for both layers, it must differ")
        for name in ("stateful", "return_sequences", "return_state"):
            mine, other = getattr(forward, name), getattr(backward, name)
            if mine != other:
                raise ValueError(f"{self._label}: {name} is {mine} for the forward layer, {other} for the backward one")

    def __call__(self, sequences, initial_state=None, constants=None, **kwargs):
        if isinstance(sequences, list) and sequences and all(hasattr(leaf, "shape") for leaf in sequences):
            sequences, *states = sequences
            sequences, states, constants = split_constants(sequences, states, constants, self._num_constants)
            initial_state = states or initial_state
        if initial_state is not None:
            kwargs["initial_state"] = initial_state
        if constants is not None:
            kwargs["constants"] = list(constants) if isinstance(constants, (list, tuple)) else [constants]
            self._num_constants = len(kwargs["constants"])
        return super().__call__(sequences, **kwargs)

    def build(self, sequences_shape, initial_state_shape=None, constants_shape=None):
        for layer in (self.forward_layer, self.backward_layer):
            build_inner(layer, without_states(sequences_shape))
        self.built = True

    def call(self, sequences, initial_state=None, mask=None, training=None, constants=None):
        halves: list = [None, None]
        if initial_state is not None:
            if not isinstance(initial_state, (list, tuple)) or len(initial_state) % 2:
                raise ValueError("initial_state: expected the states of both layers, a list of even length")
            half = len(initial_state) // 2
            halves = [list(initial_state[:half]), list(initial_state[half:])]
        given = {} if constants is None else {"constants": constants}
        results = [layer(sequences, initial_state=states, mask=mask, training=training, **given)
                   for layer, states in zip((self.forward_layer, self.backward_layer), halves)]  # fmt: skip
        states = []
        if self.return_state:
            states = [state for result in results for state in result[1:]]
            results = [result[0] for result in results]
        forward, backward = results
        if self.return_sequences:
            axis = 0 if getattr(self.backward_layer, "time_major", False) else 1
            backward = ops.flip(backward, axis)
        output = _MERGES[self.merge_mode](forward, backward)
        if not self.return_state:
            return output
        return (*output, *states) if self.merge_mode is None else (output, *states)

    def compute_mask(self, inputs, previous_mask=None):
        mask = tree.flatten(previous_mask)[0] if self.return_sequences else None
        masks = [mask, mask] if self.merge_mode is None else [mask]
        return masks if len(masks) > 1 or self.return_state else masks[0]

    def __getattr__(self, name: str) -> Any:
        # No property: files would keep the forward layer's weights under its name.
        if name == "layer" and "forward_layer" in self.__dict__:
            return self.forward_layer
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    @property
    def states(self) -> Any:
        """The states of both layers, None unless they are stateful and built."""
        forward, backward = self.forward_layer.states, self.backward_layer.states
        return None if forward is None or backward is None else (*forward, *backward)

    def reset_state(self) -> None:
        """Sets the states of both layers to zero. Raises ``AttributeError`` unless they are stateful."""
        if not self.stateful:
            raise AttributeError(f"{self._label}: reset_state: the layer is not stateful")
        self.forward_layer.reset_state()
        self.backward_layer.reset_state()

    def reset_states(self) -> None:
        """Keras 2's name of ``reset_state``."""
        self.reset_state()

    def get_config(self):
        config = super().get_config()
        return {**config, "num_constants": self._num_constants} if self._num_constants else config

    @classmethod
    def from_config(cls, config):
        layers = {key: layer_from(config[key]) for key in ("layer", "backward_layer") if config.get(key) is not None}
        return cls(**{**config, **layers})
