"""More values along the spatial axes."""

from __future__ import annotations

from pykeras import check, ops
from pykeras.keras_tensor import KerasTensor
from pykeras.layers.input_spec import InputSpec
from pykeras.layers.layer import REGISTRY, Layer
from pykeras.layers.shaping import checked_data_format


class BaseUpSampling(Layer):
    """``size`` values for each one along ``rank`` spatial axes."""

    def __init__(self, rank, size, data_format, **kwargs):
        super().__init__(**kwargs)
        self.size = check.int_tuple("size", size, rank) if rank > 1 else check.positive_int("size", _single(size))
        self.data_format = checked_data_format(data_format)
        self.input_spec = InputSpec(ndim=rank + 2)
        self._factors = self.size if rank > 1 else (self.size,)

    def _sizes(self, shape) -> list:
        """The shape of the outputs."""
        first = 1 if self.data_format == "channels_last" else 2
        sizes = list(shape)
        for axis, factor in enumerate(self._factors, first):
            sizes[axis] = None if sizes[axis] is None else sizes[axis] * factor
        return sizes

    def _repeat(self, inputs):
        """Each value side by side; as a broadcast, whose gradient is a sum."""
        sizes = self._sizes(inputs.shape)
        if isinstance(inputs, KerasTensor):
            return KerasTensor(tuple(sizes), inputs.dtype)
        split, spread = [], []
        for old, new in zip(inputs.shape, sizes):
            split += [old, 1]
            spread += [old, new // old if old else 1]
        return ops.reshape(ops.broadcast_to(ops.reshape(inputs, split), spread), sizes)

    def call(self, inputs):
        return self._repeat(inputs)


def _single(size):
    return size[0] if isinstance(size, (list, tuple)) and len(size) == 1 else size


@REGISTRY.register
class UpSampling1D(BaseUpSampling):
    """Each step ``size`` times: ``(batch, steps, channels)`` to ``(batch, size * steps, channels)``.

    >>> UpSampling1D(2)([[[1.0], [2.0]]]).tolist()
    [[[1.0], [1.0], [2.0], [2.0]]]
    """

    def __init__(self, size=2, **kwargs):
        super().__init__(1, size, "channels_last", **kwargs)


@REGISTRY.register
class UpSampling2D(BaseUpSampling):
    """Images made larger by whole factors.

    Arguments:
        size: factor of height and width, one number or two.
        data_format: ``"channels_last"`` (N, H, W, C) or ``"channels_first"``.
        interpolation: ``"nearest"``, ``"bilinear"``, ``"bicubic"``, ``"lanczos3"`` or ``"lanczos5"``.

    >>> UpSampling2D((2, 3))(ops.ones((1, 4, 4, 1))).shape
    (1, 8, 12, 1)
    """

    def __init__(self, size=(2, 2), data_format=None, interpolation="nearest", **kwargs):
        super().__init__(2, size, data_format, **kwargs)
        self.interpolation = check.one_of(
            "interpolation", interpolation.lower() if isinstance(interpolation, str) else interpolation,
            ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"))  # fmt: skip

    def call(self, inputs):
        if self.interpolation == "nearest":
            return self._repeat(inputs)
        shape = self._sizes(inputs.shape)
        size = shape[1:3] if self.data_format == "channels_last" else shape[2:]
        if None in size:
            return KerasTensor(tuple(shape), inputs.dtype)
        return ops.image.resize(inputs, size, self.interpolation, data_format=self.data_format)


@REGISTRY.register
class UpSampling3D(BaseUpSampling):
    """Each value of volumes repeated along depth, height and width.

    Arguments:
        size: the three factors, or one.
        data_format: ``"channels_last"`` (N, D, H, W, C) or ``"channels_first"``.

    >>> UpSampling3D(2)(ops.ones((1, 1, 2, 3, 1))).shape
    (1, 2, 4, 6, 1)
    """

    def __init__(self, size=(2, 2, 2), data_format=None, **kwargs):
        super().__init__(3, size, data_format, **kwargs)
