"""Convolution without shared weights: every place has a kernel of its own. Keras 2's layers, with the three forms in
which it stores the kernel."""

from __future__ import annotations

import itertools
import math

import numpy as np

from pykeras import check, ops
from pykeras.layers.convolution.base import BaseWindowed
from pykeras.layers.layer import REGISTRY
from pykeras.ops.windows import Windows


class CentredWindows(Windows):
    """Windows whose padding "same" is, as in these layers of Keras 2, half of their size in front."""

    def widths(self, sizes):
        if self.padding != "same":
            return super().widths(sizes)
        found = []
        for size, window, stride, count in zip(sizes, self.size, self.strides, self.results(sizes)):
            before = window // 2
            found += [before, max(0, (count - 1) * stride + window - size - before)]
        return found


class BaseLocallyConnected(BaseWindowed):
    """``activation(patch · kernel of its place + bias of its place)`` over ``rank`` spatial axes."""

    def __init__(self, rank, filters, kernel_size, strides, padding, data_format, activation, use_bias,
                 activity_regularizer, implementation, weight_options, options):  # fmt: skip
        super().__init__(rank, kernel_size, strides, padding, data_format, 1, activation, use_bias,
                         activity_regularizer, weight_options, options)  # fmt: skip
        self.filters = check.positive_int("filters", filters)
        self.implementation = check.one_of("implementation", implementation, (1, 2, 3))
        if self.implementation == 1 and self.padding != "valid":
            raise ValueError(f"padding: implementation 1 knows only 'valid', got {padding!r}")

    def build(self, input_shape):
        channels = self._channels(input_shape)
        last = self.data_format == "channels_last"
        self._sizes = tuple(input_shape[1:-1] if last else input_shape[2:])
        if None in self._sizes:
            raise ValueError(
                f"{self._label}: the spatial sizes must be known, for each place has its weights; got "
                f"{tuple(input_shape)}"
            )
        self.input_spec.axes.update(dict(enumerate(self._sizes, 1 if last else 2)))
        self._windows = CentredWindows(type(self).__name__, self.kernel_size, self.strides, self.padding)
        self._results = self._windows.results(self._sizes)
        taps = math.prod(self.kernel_size)
        if self.implementation == 1:
            self._places = None
            shape: tuple = (math.prod(self._results), taps * channels, self.filters)
        elif self.implementation == 2:
            self._places = self._dense_places(channels)
            ends = [(*self._sizes, channels), (*self._results, self.filters)]
            shape = sum(ends if last else [(end[-1], *end[:-1]) for end in ends], ())
        else:
            places = self._dense_places(channels)
            present = places[places >= 0]
            self._places = np.where(places >= 0, np.searchsorted(np.sort(present), places), -1)
            shape = (present.size,)
        self.kernel = self.add_weight("kernel", shape)
        self.bias = self.add_weight("bias", (*self._results, self.filters)) if self.use_bias else None
        self.built = True

    def _dense_places(self, channels: int) -> np.ndarray:
        """Where the weight (place, tap and channel, filter) stands: for implementation 2, in the kernel that joins all
        inputs with all outputs; for 3 in the order of (output, input). -1 for taps outside of the input."""
        last = self.data_format == "channels_last"
        sizes, results, filters = self._sizes, self._results, self.filters
        before = self._windows.widths(sizes)[::2]
        inside, seen = [], []
        for axis, (size, count) in enumerate(zip(sizes, results)):
            at = np.arange(count)[:, None] * self.strides[axis] - before[axis] + np.arange(self.kernel_size[axis])
            inside.append((at >= 0) & (at < size))
            seen.append(np.clip(at, 0, size - 1))
        shape = (*itertools.chain(results, self.kernel_size), channels, filters)
        index = np.indices(shape)
        out, tap = index[: self.rank], index[self.rank : 2 * self.rank]
        given = np.ones(shape, bool)
        place = []
        for axis in range(self.rank):
            given &= inside[axis][out[axis], tap[axis]]
            place.append(seen[axis][out[axis], tap[axis]])
        ends = [(*place, index[-2]), (*out, index[-1])]
        dims = [(*sizes, channels), (*results, filters)]
        if not last:
            ends, dims = [(end[-1], *end[:-1]) for end in ends], [(dim[-1], *dim[:-1]) for dim in dims]
        source, target = (np.ravel_multi_index(tuple(end), dim) for end, dim in zip(ends, dims))
        inputs, outputs = (math.prod(dim) for dim in dims)
        flat = source * outputs + target if self.implementation == 2 else target * inputs + source
        return np.where(given, flat, -1).reshape(math.prod(results), -1, filters)

    def _kernel_of_places(self, channels: int):
        """The kernel as (places, taps * channels, filters), channels innermost."""
        kernel = self.kernel
        if self._places is not None:
            flat = ops.concatenate([ops.reshape(kernel, (-1,)), np.zeros(1, kernel.dtype)])
            return ops.take(flat, np.where(self._places < 0, self.kernel.size, self._places))
        if self.data_format == "channels_first":
            places, _, filters = kernel.shape
            kernel = ops.transpose(ops.reshape(kernel, (places, channels, -1, filters)), (0, 2, 1, 3))
            kernel = ops.reshape(kernel, (places, -1, filters))
        return kernel

    def call(self, inputs):
        first = self.data_format == "channels_first"
        channels = inputs.shape[1 if first else -1]
        if first:
            inputs = ops.moveaxis(inputs, 1, -1)
        patches = ops.image.extract_windows(inputs, self._windows, "channels_last")
        places = math.prod(self._results)
        # (places, N, taps * C) times (places, taps * C, filters): one product per place.
        rows = ops.transpose(ops.reshape(patches, (-1, places, patches.shape[-1])), (1, 0, 2))
        outputs = ops.transpose(ops.matmul(rows, self._kernel_of_places(channels)), (1, 0, 2))
        outputs = ops.reshape(outputs, (-1, *self._results, self.filters))
        if first:
            outputs = ops.moveaxis(outputs, -1, 1)
        if self.use_bias:
            # Keras 2 takes the bias's values as they lie in memory, not by their axes.
            shape = (self.filters, *self._results) if first else self.bias.shape
            outputs = outputs + ops.reshape(self.bias, shape)
        return self.activation(outputs)


@REGISTRY.register
class LocallyConnected1D(BaseLocallyConnected):
    """``LocallyConnected2D`` over one axis; weights of implementation 1: ``kernel (places, size * C, filters)`` and
    ``bias (places, filters)``."""

    def __init__(self, filters, kernel_size, strides=1, padding="valid", data_format=None, activation=None,
                 use_bias=True, kernel_initializer="glorot_uniform", bias_initializer="zeros", kernel_regularizer=None,
                 bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, bias_constraint=None,
                 implementation=1, **kwargs):  # fmt: skip
        weights = {"kernel_initializer": kernel_initializer, "bias_initializer": bias_initializer,
                   "kernel_regularizer": kernel_regularizer, "bias_regularizer": bias_regularizer,
                   "kernel_constraint": kernel_constraint, "bias_constraint": bias_constraint}  # fmt: skip
        super().__init__(1, filters, kernel_size, strides, padding, data_format, activation, use_bias,
                         activity_regularizer, implementation, weights, kwargs)  # fmt: skip


@REGISTRY.register
class LocallyConnected2D(BaseLocallyConnected):
    """Convolution over two axes with a kernel and a bias of its own at every place.

    Arguments:
        filters, kernel_size, strides, data_format: as for ``Conv2D``.
        padding: ``"valid"``; with implementation 2 and 3 also ``"same"``.
        implementation: how the kernel is stored, as in Keras 2: 1 one matrix for each place, 2 from all inputs to all
            outputs (most of it without effect), 3 the connections alone in a row. The results are the same.

    Weights of implementation 1: ``kernel (places, h * w * C, filters)`` and ``bias (rows, columns, filters)``.
    Raises ``ValueError`` for inputs whose spatial sizes are unknown.

    >>> LocallyConnected2D(4, 3)(ops.zeros((1, 5, 5, 2))).shape
    (1, 3, 3, 4)
    """

    def __init__(self, filters, kernel_size, strides=(1, 1), padding="valid", data_format=None, activation=None,
                 use_bias=True, kernel_initializer="glorot_uniform", bias_initializer="zeros", kernel_regularizer=None,
                 bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, bias_constraint=None,
                 implementation=1, **kwargs):  # fmt: skip
        weights = {"kernel_initializer": kernel_initializer, "bias_initializer": bias_initializer,
                   "kernel_regularizer": kernel_regularizer, "bias_regularizer": bias_regularizer,
                   "kernel_constraint": kernel_constraint, "bias_constraint": bias_constraint}  # fmt: skip
        super().__init__(2, filters, kernel_size, strides, padding, data_format, activation, use_bias,
                         activity_regularizer, implementation, weights, kwargs)  # fmt: skip
