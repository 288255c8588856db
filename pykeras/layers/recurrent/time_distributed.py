"""A layer at every time step."""

from __future__ import annotations

from typing import Any

from pykeras import ops, tree
from pykeras.keras_tensor import KerasTensor, any_symbolic
from pykeras.layers.layer import REGISTRY
from pykeras.layers.shapes import signature_of
from pykeras.layers.wrapper import Wrapper


@REGISTRY.register
class TimeDistributed(Wrapper):
    """The same layer applied to every time step: ``outputs[:, t] = layer(inputs[:, t])``.

    Arguments:
        layer: any layer or model.

    Inputs ``(batch, time, ...)``; output ``(batch, time, ...)``. A mask ``(batch, time, ...)`` goes to a layer that
    takes one, step by step, and on to the output.

    Raises ``ValueError`` for inputs of fewer than three axes, and a mask whose first axes are not those of the inputs.

    >>> from pykeras import layers
    >>> TimeDistributed(layers.Dense(4))(ops.ones((2, 5, 3))).shape
    (2, 5, 4)
    """

    def __init__(self, layer, **kwargs):
        super().__init__(layer, **kwargs)
        self.supports_masking = True

    def build(self, input_shape):
        for shape in _shapes(input_shape):
            if len(shape) < 3:
                raise ValueError(f"{self._label}: expected (batch, time, ...) of at least three axes, got {shape}")
        super().build(_without_time(input_shape))

    def call(self, inputs, training=None, mask=None):
        batch, time = tree.flatten(inputs)[0].shape[:2]
        options: dict[str, Any] = {}
        if signature_of(self.layer).training:
            options["training"] = training
        if mask is not None:
            for each in tree.flatten(mask):
                self._check_mask(each, batch, time)
            mask = mask if signature_of(self.layer).mask else None
        if any_symbolic(inputs):
            step = tree.map_structure(lambda x: KerasTensor((x.shape[0], *x.shape[2:]), x.dtype), inputs)
            outputs = self.layer(step, **options)
            return tree.map_structure(lambda y: KerasTensor((y.shape[0], time, *y.shape[1:]), y.dtype), outputs)
        if self._steps_are_samples():
            if mask is not None:
                options["mask"] = tree.map_structure(_joined, mask)
            outputs = self.layer(tree.map_structure(_joined, inputs), **options)
            return tree.map_structure(lambda y: ops.reshape(y, (batch, time, *y.shape[1:])), outputs)
        steps = [self._step(inputs, mask, t, options) for t in range(time)]
        return tree.map_structure(lambda *each: ops.stack(each, 1), *steps)

    def _step(self, inputs, mask, t, options):
        if mask is not None:
            options = {**options, "mask": tree.map_structure(lambda x: x[:, t], mask)}
        return self.layer(tree.map_structure(lambda x: x[:, t], inputs), **options)

    def _steps_are_samples(self) -> bool:
        """Whether all steps can be samples of one call: no layer looks at its batch as a whole."""
        return all(
            type(layer) in REGISTRY
            and type(layer).__module__.startswith("pykeras.")
            and not getattr(layer, "stateful", False)
            and layer.activity_regularizer is None
            and type(layer).__name__ not in _LOOK_AT_THE_BATCH
            for layer in self.layer._flatten_layers()
        )

    def _check_mask(self, mask, batch, time):
        wanted = (batch, time)
        if len(mask.shape) < 2 or any(None not in (a, b) and a != b for a, b in zip(mask.shape, wanted)):
            raise ValueError(f"expected a mask of shape {wanted} (and more axes), got {mask.shape}")


_LOOK_AT_THE_BATCH = frozenset({"BatchNormalization", "ActivityRegularization", "Lambda", "SpectralNormalization"})


def _joined(x):
    """Batch and time as one axis."""
    return ops.reshape(x, (-1 if x.size else 0, *x.shape[2:]))


def _shapes(shape: Any) -> list:
    if isinstance(shape, dict):
        return [each for part in shape.values() for each in _shapes(part)]
    if any(isinstance(s, (list, tuple, dict)) for s in shape):
        return [each for part in shape for each in _shapes(part)]
    return [tuple(shape)]


def _without_time(shape: Any) -> Any:
    if isinstance(shape, dict):
        return {key: _without_time(part) for key, part in shape.items()}
    if any(isinstance(s, (list, tuple, dict)) for s in shape):
        return type(shape)(_without_time(part) for part in shape)
    return (shape[0], *shape[2:])
