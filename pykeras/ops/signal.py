"""Fourier transforms of pairs (real part, imaginary part), and of overlapping pieces of signals."""

from __future__ import annotations

from typing import Any

import numpy as np

from pykeras import _core
from pykeras.dtypes import standardize_dtype
from pykeras.keras_tensor import operation
from pykeras.ops.core import cast, convert_to_tensor
from pykeras.ops.host import host
from pykeras.ops.indexing import getitem
from pykeras.ops.movement import pad
from pykeras.ops.numbers import as_operand, is_float, is_symbolic, unknown_like

op = _core.op


def _real(x):
    x = as_operand(x)
    return x if is_float(x) else cast(x, "float32")


def _pair(x: Any, name: str):
    if not isinstance(x, (tuple, list)) or len(x) != 2:
        raise ValueError(f"{name}: expected a pair (real part, imaginary part)")
    real, imag = (_real(part) for part in x)
    if real.shape != imag.shape:
        raise ValueError(f"{name}: expected parts of one shape, got {real.shape} and {imag.shape}")
    return real, imag


def _linear(name, function, adjoint, inputs, outputs):
    """A linear map by NumPy whose gradient is its transposed map, itself such an op."""

    def gradient(given, results, dy):
        present = [op.multiply(r, 0.0) if g is None else g for r, g in zip(results, dy)]
        back = _linear(name, adjoint, function, present, [(x.shape, x.dtype) for x in given])
        return list(back) if isinstance(back, tuple) else [back]

    return host(name, function, inputs, outputs, gradient)


def _parts(z):
    return np.ascontiguousarray(z.real), np.ascontiguousarray(z.imag)


def _whole_transform(x, name, forward, backward, axes):
    real, imag = _pair(x, name)
    if len(real.shape) < axes:
        raise ValueError(f"{name}: expected at least {axes} axes, got shape {real.shape}")

    def run(transform):
        return lambda re, im: _parts(transform(re + 1j * im))

    # The transposed map of a Fourier matrix, for gradients (d/d re, d/d im), is its conjugate.
    specs = [(real.shape, real.dtype), (imag.shape, imag.dtype)]
    return _linear(name, run(forward), run(backward), [real, imag], specs)


def _scaled(transform, axes, up: bool):
    """A transform times (or over) the number of points."""

    def run(z):
        n = float(np.prod(z.shape[-axes:]))
        return transform(z) * (n if up else 1 / n)

    return run


@operation
def fft(x):
    """The discrete Fourier transform along the last axis of a pair (real, imaginary)."""
    return _whole_transform(x, "fft", np.fft.fft, _scaled(np.fft.ifft, 1, True), 1)


@operation
def fft2(x):
    """The discrete Fourier transform along the last two axes of a pair (real, imaginary)."""
    return _whole_transform(x, "fft2", np.fft.fft2, _scaled(np.fft.ifft2, 2, True), 2)


@operation
def ifft2(x):
    """The inverse of ``fft2``."""
    return _whole_transform(x, "ifft2", np.fft.ifft2, _scaled(np.fft.fft2, 2, False), 2)


@operation
def rfft(x, fft_length=None):
    """The first ``fft_length // 2 + 1`` values of the transform of a real signal along the last axis, cut or filled
    with zeros to ``fft_length``: a pair (real, imaginary).

    >>> real, imag = rfft([1.0, 0.0, 0.0, 0.0])
    >>> real.tolist()
    [1.0, 1.0, 1.0]
    """
    x = _real(x)
    size = x.shape[-1]
    n = size if fft_length is None else int(fft_length)
    if n is None or size is None:
        return tuple(unknown_like([x], (*x.shape[:-1], None if n is None else n // 2 + 1)) for _ in range(2))

    def forward(a):
        return _parts(np.fft.rfft(a, n))

    def transposed(re, im):
        whole = np.zeros((*re.shape[:-1], n), "complex128")
        whole[..., : n // 2 + 1] = re + 1j * im
        signal = (np.fft.ifft(whole) * n).real[..., :size]
        return np.pad(signal, [(0, 0)] * (signal.ndim - 1) + [(0, max(size - n, 0))])

    specs = [((*x.shape[:-1], n // 2 + 1), x.dtype)] * 2
    return _linear("rfft", forward, transposed, [x], specs)


@operation
def irfft(x, fft_length=None):
    """The real signal of ``fft_length`` values (twice the number of values less 2, by default) whose ``rfft`` is the
    pair ``x``."""
    real, imag = _pair(x, "irfft")
    bins = real.shape[-1]
    if bins is None:
        return unknown_like([real], (*real.shape[:-1], fft_length))
    n = 2 * (bins - 1) if fft_length is None else int(fft_length)

    def forward(re, im):
        return np.fft.irfft(re + 1j * im, n)

    def transposed(signal):
        z = np.fft.rfft(signal, n) / n
        weight = np.full(z.shape[-1], 2.0)
        weight[0] = 1.0
        if n % 2 == 0:
            weight[-1] = 1.0
        z = z * weight
        z.imag[..., 0] = 0
        if n % 2 == 0:
            z.imag[..., -1] = 0
        z = z[..., :bins]
        return _parts(np.pad(z, [(0, 0)] * (z.ndim - 1) + [(0, bins - z.shape[-1])]))

    return _linear("irfft", forward, transposed, [real, imag], [((*real.shape[:-1], n), real.dtype)])


@operation
def extract_sequences(x, sequence_length: int, sequence_stride: int):
    """Overlapping pieces of the last axis: (..., n) to (..., pieces, sequence_length)."""
    x = as_operand(x)
    n = x.shape[-1]
    if n is None:
        return unknown_like([x], (*x.shape[:-1], None, sequence_length))
    count = max(0, 1 + (n - sequence_length) // sequence_stride)
    places = np.arange(count)[:, None] * sequence_stride + np.arange(sequence_length)
    return op.take(x, places.astype("int64"), len(x.shape) - 1)


def window_values(window: Any, length: int, periodic: bool = True) -> np.ndarray:
    """The values of a window: a name (``"hann"``, ``"hamming"``), an array, or ones for ``None``."""
    if window is None:
        return np.ones(length)
    if isinstance(window, str):
        if window not in ("hann", "hamming"):
            raise ValueError(f"window: expected 'hann', 'hamming', an array or None, got {window!r}")
        a = 0.5 if window == "hann" else 0.54
        points = length if periodic else length - 1
        return a - (1 - a) * np.cos(2 * np.pi * np.arange(length) / max(points, 1))
    values = np.asarray(convert_to_tensor(window), "float64")
    if values.shape != (length,):
        raise ValueError(f"window: expected {length} values, got shape {values.shape}")
    return values


def _padded_window(window, sequence_length, fft_length, dtype):
    before = (fft_length - sequence_length) // 2
    values = window_values(window, sequence_length)
    return np.pad(values, (before, fft_length - sequence_length - before)).astype(standardize_dtype(dtype))


def _check_lengths(name, sequence_length, fft_length):
    if fft_length < sequence_length:
        raise ValueError(f"{name}: fft_length ({fft_length}) must not be less than sequence_length ({sequence_length})")


@operation
def stft(x, sequence_length: int, sequence_stride: int, fft_length: int, window: Any = "hann", center: bool = True):
    """The ``rfft`` of overlapping, windowed pieces: a pair of (..., pieces, fft_length // 2 + 1). With ``center`` the
    signal is first reflected at both ends by half a piece."""
    _check_lengths("stft", sequence_length, fft_length)
    x = _real(x)
    if x.shape[-1] is None or is_symbolic(x):
        n = x.shape[-1]
        n = None if n is None else 1 + (n + (fft_length // 2 * 2 if center else 0) - fft_length) // sequence_stride
        return tuple(unknown_like([x], (*x.shape[:-1], n, fft_length // 2 + 1)) for _ in range(2))
    if center:
        x = pad(x, [(0, 0)] * (len(x.shape) - 1) + [(fft_length // 2, fft_length // 2)], "reflect")
    pieces = extract_sequences(x, fft_length, sequence_stride)
    return rfft(op.multiply(pieces, _padded_window(window, sequence_length, fft_length, x.dtype)), fft_length)


@operation
def istft(x, sequence_length: int, sequence_stride: int, fft_length: int, length: int | None = None,
          window: Any = "hann", center: bool = True):  # fmt: skip
    """The signal whose ``stft`` is the pair ``x``: pieces added where they overlap, over the sum of squared windows."""
    _check_lengths("istft", sequence_length, fft_length)
    pieces = irfft(x, fft_length)
    if is_symbolic(pieces) or None in pieces.shape:
        return unknown_like([pieces], (*pieces.shape[:-2], length))
    dtype = pieces.dtype
    values = _padded_window(window, sequence_length, fft_length, dtype)
    count = pieces.shape[-2]
    total = fft_length + (count - 1) * sequence_stride
    places = (np.arange(count)[:, None] * sequence_stride + np.arange(fft_length)).reshape(-1).astype("int64")
    lead = list(pieces.shape[:-2])
    flat = op.reshape(op.multiply(pieces, values), [*lead, count * fft_length])
    signal = op.take_grad(flat, places, len(lead), total)
    weight = np.zeros(total)
    np.add.at(weight, places, np.tile(np.square(values.astype("float64")), count))
    scale = np.where(weight > 1e-10, 1 / np.maximum(weight, 1e-10), 1.0).astype(dtype)
    signal = op.multiply(signal, scale)
    start = fft_length // 2 if center else 0
    stop = start + length if length is not None else total - start
    signal = getitem(signal, (..., slice(start, min(stop, total))))
    lack = 0 if length is None else length - signal.shape[-1]
    return pad(signal, [(0, 0)] * len(lead) + [(0, lack)]) if lack > 0 else signal


__all__ = ["extract_sequences", "fft", "fft2", "ifft2", "irfft", "istft", "rfft", "stft"]
