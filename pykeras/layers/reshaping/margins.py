"""Zeros around, and edges cut off."""

from __future__ import annotations

from pykeras import check, ops
from pykeras.layers.input_spec import InputSpec
from pykeras.layers.layer import REGISTRY, Layer
from pykeras.layers.shaping import checked_data_format


def _pairs(name: str, value, rank: int) -> tuple:
    """(before, after) for each axis, from one number, one per axis or pairs."""
    if isinstance(value, int):
        return (check.int_tuple(name, value, 2, 0),) * rank
    try:
        items = list(value)
    except TypeError:
        items = []
    if len(items) != rank:
        raise ValueError(f"{name}: expected a number, {rank} numbers or {rank} pairs, got {value!r}")
    return tuple(check.int_tuple(name, item, 2, 0) for item in items)


class BaseMargins(Layer):
    """(before, after) for each of ``rank`` spatial axes."""

    def __init__(self, rank, data_format, **kwargs):
        super().__init__(**kwargs)
        self.data_format = checked_data_format(data_format)
        self._first_axis = 1 if self.data_format == "channels_last" else 2
        self.input_spec = InputSpec(ndim=rank + 2)

    def _crop(self, inputs, pairs):
        for axis, (before, after) in enumerate(pairs, self._first_axis):
            size = inputs.shape[axis]
            if size is not None and size - before - after < 1:
                raise ValueError(f"cropping {(before, after)} leaves nothing of axis {axis}, which is of size {size}")
        spans = [slice(before, -after or None) for before, after in pairs]
        return inputs[(slice(None),) * self._first_axis + tuple(spans)]

    def _pad(self, inputs, pairs):
        widths = [(0, 0)] * len(inputs.shape)
        widths[self._first_axis : self._first_axis + len(pairs)] = pairs
        return ops.pad(inputs, widths)


@REGISTRY.register
class ZeroPadding1D(BaseMargins):
    """Zeros before and after the steps.

    Arguments:
        padding: a number for both ends or (before, after).
        data_format: ``"channels_last"`` (batch, steps, channels) or ``"channels_first"``.

    >>> ZeroPadding1D((1, 0))([[[5.0]]]).tolist()
    [[[0.0], [5.0]]]
    """

    def __init__(self, padding=1, data_format=None, **kwargs):
        super().__init__(1, data_format, **kwargs)
        self.padding = check.int_tuple("padding", padding, 2, 0)

    def call(self, inputs):
        return self._pad(inputs, [self.padding])


@REGISTRY.register
class ZeroPadding2D(BaseMargins):
    """Zeros around images.

    Arguments:
        padding: a number for all sides, (height, width), or ((top, bottom), (left, right)).
        data_format: ``"channels_last"`` (N, H, W, C) or ``"channels_first"``.

    >>> ZeroPadding2D(((0, 1), (2, 2)))(ops.ones((1, 3, 3, 1))).shape
    (1, 4, 7, 1)
    """

    def __init__(self, padding=(1, 1), data_format=None, **kwargs):
        super().__init__(2, data_format, **kwargs)
        self.padding = _pairs("padding", padding, 2)

    def call(self, inputs):
        return self._pad(inputs, self.padding)


@REGISTRY.register
class ZeroPadding3D(BaseMargins):
    """Zeros around volumes. Arguments as for ``ZeroPadding2D``, for three axes."""

    def __init__(self, padding=((1, 1), (1, 1), (1, 1)), data_format=None, **kwargs):
        super().__init__(3, data_format, **kwargs)
        self.padding = _pairs("padding", padding, 3)

    def call(self, inputs):
        return self._pad(inputs, self.padding)


@REGISTRY.register
class Cropping1D(BaseMargins):
    """Steps cut off at both ends.

    Arguments:
        cropping: a number for both ends or (before, after).

    Raises ``ValueError`` when nothing is left.

    >>> Cropping1D((1, 0))([[[5.0], [6.0]]]).tolist()
    [[[6.0]]]
    """

    def __init__(self, cropping=(1, 1), **kwargs):
        super().__init__(1, "channels_last", **kwargs)
        self.cropping = check.int_tuple("cropping", cropping, 2, 0)

    def call(self, inputs):
        return self._crop(inputs, [self.cropping])


@REGISTRY.register
class Cropping2D(BaseMargins):
    """The edges of images cut off.

    Arguments:
        cropping: a number for all sides, (height, width), or ((top, bottom), (left, right)).
        data_format: ``"channels_last"`` (N, H, W, C) or ``"channels_first"``.

    Raises ``ValueError`` when nothing is left.

    >>> Cropping2D(((0, 1), (1, 1)))(ops.ones((1, 3, 3, 1))).shape
    (1, 2, 1, 1)
    """

    def __init__(self, cropping=((0, 0), (0, 0)), data_format=None, **kwargs):
        super().__init__(2, data_format, **kwargs)
        self.cropping = _pairs("cropping", cropping, 2)

    def call(self, inputs):
        return self._crop(inputs, self.cropping)


@REGISTRY.register
class Cropping3D(BaseMargins):
    """The edges of volumes cut off. Arguments as for ``Cropping2D``, for three axes."""

    def __init__(self, cropping=((1, 1), (1, 1), (1, 1)), data_format=None, **kwargs):
        super().__init__(3, data_format, **kwargs)
        self.cropping = _pairs("cropping", cropping, 3)

    def call(self, inputs):
        return self._crop(inputs, self.cropping)
