"""Initializers without randomness: constants, the identity, Fourier bases."""

import numpy as np

from pykeras import check, ops
from pykeras.dtypes import standardize_dtype
from pykeras.initializers.initializer import REGISTRY, Initializer, sizes
from pykeras.initializers.windows import window_values
from pykeras.registry import deserialize, serialize


@REGISTRY.register("zero")
class Zeros(Initializer):
    """Zeros.

    Example:
        >>> from pykeras import initializers
        >>> initializers.Zeros()((2,)).numpy().tolist()
        [0.0, 0.0]
    """

    def __call__(self, shape, dtype=None, **kwargs):
        return ops.zeros(sizes(shape), dtype=standardize_dtype(dtype))


@REGISTRY.register("one")
class Ones(Initializer):
    """Ones.

    Example:
        >>> from pykeras import initializers
        >>> initializers.Ones()((2,)).numpy().tolist()
        [1.0, 1.0]
    """

    def __call__(self, shape, dtype=None, **kwargs):
        return ops.ones(sizes(shape), dtype=standardize_dtype(dtype))


@REGISTRY.register
class Constant(Initializer):
    """One value everywhere, or an array that broadcasts to the shape.

    Arguments:
        value: a number, list, array or tensor.

    Raises:
        ValueError: a value that does not broadcast to the shape.

    Example:
        >>> from pykeras import initializers
        >>> initializers.Constant([1.0, 2.0])((3, 2)).numpy().tolist()
        [[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]]
    """

    # Set by ``initializers.get`` on an array given as the first value of one weight: no broadcasting then.
    exact_shape = False

    def __init__(self, value=0.0):
        self.value = value

    def __call__(self, shape, dtype=None, **kwargs):
        value = ops.convert_to_numpy(ops.convert_to_tensor(self.value, dtype=standardize_dtype(dtype)))
        shape = sizes(shape)
        if self.exact_shape and value.shape != shape:
            raise ValueError(f"initializer: an array of shape {value.shape} cannot be the first value of shape {shape}")
        try:
            full = np.broadcast_to(value, shape)
        except ValueError:
            raise ValueError(f"Constant: value of shape {value.shape} does not broadcast to shape {shape}") from None
        return ops.convert_to_tensor(np.ascontiguousarray(full).reshape(shape))

    def get_config(self):
        return {"value": serialize(self.value)}

    @classmethod
    def from_config(cls, config):
        return cls(deserialize(config.get("value", 0.0)))


@REGISTRY.register("IdentityInitializer")
class Identity(Initializer):
    """``gain`` on the main diagonal of a matrix and zeros elsewhere.

    Arguments:
        gain: value on the diagonal.

    Shape: a matrix; it need not be square.

    Raises:
        ValueError: a shape that is no matrix.

    Example:
        >>> from pykeras import initializers
        >>> initializers.Identity(gain=2.0)((2, 3)).numpy().tolist()
        [[2.0, 0.0, 0.0], [0.0, 2.0, 0.0]]
    """

    def __init__(self, gain=1.0):
        self.gain = check.number("gain", gain)

    def __call__(self, shape, dtype=None, **kwargs):
        shape = sizes(shape)
        if len(shape) != 2:
            raise ValueError(f"Identity: expected the shape of a matrix (rank 2), got {shape}")
        return ops.convert_to_tensor(np.asarray(self.gain * np.eye(*shape), standardize_dtype(dtype)))

    def get_config(self):
        return {"gain": self.gain}


@REGISTRY.register("STFTInitializer")
class STFT(Initializer):
    """Windowed Fourier basis, the kernel of a ``Conv1D`` that computes a short-time Fourier transform.

    Entry (n, 0, k) is ``s * window[n] * cos(2 pi n k / N)`` with N = 2 (filters - 1) the transform's length, or
    ``-sin`` in the place of cos for the imaginary side; s is ``1 / sqrt(sum(window^2))`` for "density",
    ``1 / sum(window)`` for "spectrum", 1 for None.

    Arguments:
        side: "real" or "imag".
        window: name of a window ("hann", "hamming", ...), its values (``frame_length`` of them), or None for ones.
        scaling: "density", "spectrum" or None.
        periodic: windows by name are periodic (for spectra) instead of symmetric (for filters).

    Shape: ``(frame_length, channels, filters)`` gives ``(frame_length, 1, filters)``, filters of 2 or more.

    Raises:
        ValueError: another side, scaling or window, a window of another length, or a shape of another rank.

    Example:
        >>> from pykeras import initializers
        >>> initializers.STFT(window=None, scaling=None)((4, 1, 3)).numpy().round(4)[1, 0, ::2].tolist()
        [1.0, -1.0]
    """

    def __init__(self, side="real", window="hann", scaling="density", periodic=False):
        self.side = check.one_of("side", side, ("real", "imag"))
        self.scaling = check.one_of("scaling", scaling, ("density", "spectrum", None))
        self.periodic = check.boolean("periodic", periodic)
        if isinstance(window, str):
            window_values(window, 8, self.periodic)
        self.window = window

    def __call__(self, shape, dtype=None, **kwargs):
        shape = sizes(shape)
        if len(shape) != 3 or shape[2] < 2:
            raise ValueError(f"STFT: expected shape (frame_length, channels, filters), filters >= 2, got {shape}")
        frame, _, filters = shape
        window = np.ones(frame) if self.window is None else self._window(frame)
        scale = 1.0
        if self.window is not None and self.scaling == "density":
            scale = 1.0 / np.sqrt(np.sum(window**2))
        elif self.window is not None and self.scaling == "spectrum":
            scale = 1.0 / np.sum(window)
        # n * k is reduced modulo N in integers, so that the angle stays exact for long frames.
        length = 2 * (filters - 1)
        turns = np.outer(np.arange(frame), np.arange(filters)) % length
        angle = 2.0 * np.pi * turns / length
        basis = np.cos(angle) if self.side == "real" else -np.sin(angle)
        values = scale * window[:, None] * basis
        return ops.convert_to_tensor(values[:, None, :].astype(standardize_dtype(dtype)))

    def _window(self, frame):
        if isinstance(self.window, str):
            return window_values(self.window, frame, self.periodic)
        values = np.asarray(self.window, "float64")
        if values.shape != (frame,):
            raise ValueError(f"STFT: window: expected {frame} values, got shape {values.shape}")
        return values

    def get_config(self):
        return {"side": self.side, "window": serialize(self.window), "periodic": self.periodic, "scaling": self.scaling}

    @classmethod
    def from_config(cls, config):
        return cls(**{**config, "window": deserialize(config.get("window", "hann"))})
