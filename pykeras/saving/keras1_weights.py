"""Weights as Keras 1, or Keras on Theano, laid them out, brought to the layout of today.

From the documented layouts: Keras 1's LSTM and GRU keep W, U and b of each gate apart, LSTM in the order i, c, f, o;
its 1D convolutions have an axis of size 1 in their kernels; with ``dim_ordering="th"`` kernels are (filters, channels,
rows, columns). Theano's convolution turns the kernel round, so that kernels trained there are turned back.
"""

from __future__ import annotations

import numpy as np

_CONVOLUTIONS = ("Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "ConvLSTM2D")
# Gates of Keras 1 (three arrays each, in its order) in the order of today.
_GATES = {"GRU": (0, 1, 2), "LSTM": (0, 2, 1, 3)}


def applies(version, backend):
    """Whether files of this version and backend may hold other layouts."""
    return str(version or "1").startswith("1") or backend == "theano"


def convert(layer, arrays, version, backend):
    """The arrays of a layer in today's layout.

    Arguments:
        layer: that will get them.
        arrays: as they stand in the file.
        version, backend: of Keras, as the file says them; None where it does not.

    Raises:
        ValueError: a model inside the model that holds convolutions of Theano.
    """
    kind = type(layer).__name__
    if kind == "Bidirectional":
        half = len(arrays) // 2
        both = ((layer.forward_layer, arrays[:half]), (layer.backward_layer, arrays[half:]))
        return [each for inner, part in both for each in convert(inner, part, version, backend)]
    if kind == "TimeDistributed":
        return convert(layer.layer, arrays, version, backend)
    if backend == "theano" and any(type(each).__name__ in _CONVOLUTIONS for each in getattr(layer, "layers", ())):
        raise ValueError(f'{kind} "{layer.name}": a model inside the model with convolutions of Theano cannot be read')
    if str(version or "1").startswith("1"):
        arrays = _from_keras1(layer, kind, arrays)
    if backend == "theano" and kind in _CONVOLUTIONS:
        arrays = [_turned(arrays[0]), *arrays[1:]]
    return arrays


def _from_keras1(layer, kind, arrays):
    first = getattr(layer, "data_format", None) == "channels_first"
    if kind in _GATES and len(arrays) == 3 * len(_GATES[kind]):
        parts = [arrays[start::3] for start in range(3)]
        return [np.concatenate([part[gate] for gate in _GATES[kind]], axis=-1) for part in parts]
    if not arrays:
        return arrays
    kernel, rest = arrays[0], arrays[1:]
    if kind == "Conv1D" and kernel.ndim == 4:
        # (length, 1, in, out), or (out, in, length, 1) with Theano's order
        kernel = kernel[:, 0] if kernel.shape[1] == 1 else np.transpose(kernel[:, :, :, 0], (2, 1, 0))
    elif kind == "Conv2D" and first:
        kernel = np.transpose(kernel, (2, 3, 1, 0))
    elif kind == "Conv2DTranspose":
        kernel = np.transpose(kernel, (2, 3, 0, 1) if first else (0, 1, 3, 2))
    elif kind == "Conv3D" and first:
        kernel = np.transpose(kernel, (2, 3, 4, 1, 0))
    return [kernel, *rest]


def _turned(kernel):
    """A kernel (*window, in, out) turned round in its window."""
    window = kernel.ndim - 2
    return kernel[(slice(None, None, -1),) * window]
